import fc from 'fast-check';
import type { UdpFrame } from '#src/pcap/udp-frame.js';
import type { PlainDatagram } from './collect.ts';

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const port = fc.integer({ min: 0, max: 65_535 });
const vlan = fc.record({
  type: fc.constantFrom(0x8100, 0x88a8, 0x9100),
  control: fc.integer({ min: 0, max: 65_535 }),
});

/** A UDP datagram of either family, tagged or not, in one frame or in fragments. */
export const udpFrame: fc.Arbitrary<UdpFrame> = fc.constantFrom(4, 16).chain((length) =>
  fc.record(
    {
      source: octets(length),
      destination: octets(length),
      sourcePort: port,
      destinationPort: port,
      payload: fc.uint8Array({ maxLength: 400 }),
      vlans: fc.array(vlan, { maxLength: 4 }),
      mtu: fc.integer({ min: 64, max: 200 }),
    },
    { requiredKeys: ['source', 'destination', 'sourcePort', 'destinationPort', 'payload'] },
  ),
);

export const captureTime = fc.record({
  seconds: fc.integer({ min: 0, max: 0xffffffff }),
  nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** What a reader has to give for a datagram that was written. */
export function plain(udp: UdpFrame, time: { seconds: number; nanoseconds: number }): PlainDatagram {
  return {
    source: hex(udp.source),
    sourcePort: udp.sourcePort,
    destinationPort: udp.destinationPort,
    time: `${time.seconds}.${String(time.nanoseconds).padStart(9, '0')}`,
    payload: hex(udp.payload),
  };
}

import { data, packet } from '#src/simulate/packet.js';
import { ipv4 } from '#src/simulate/packet-ip.js';
import { ethernet } from '#src/simulate/packet-link.js';
import { udp } from '#src/simulate/packet-transport.js';
import { writeCapture } from './capture.ts';

/** NetFlow and IPFIX, and sFlow, go to these ports. */
export const FLOW_PORT = 2055;
export const SFLOW_PORT = 6343;

/** A datagram as it stands in a capture, from one exporter to one collector. */
export function datagramFrame(payload: Uint8Array, port: number): Uint8Array {
  return packet(
    ethernet(),
    ipv4({ source: '192.0.2.1', destination: '192.0.2.254' }),
    udp({ sourcePort: 50_000, destinationPort: port }),
    data(payload),
  );
}

/** Writes datagrams as a capture, one a second from `start` (Unix nanoseconds). */
export function writeDatagrams(
  path: string,
  payloads: readonly Uint8Array[],
  port: number,
  start = 1_700_000_000_000_000_000n,
): void {
  writeCapture(
    path,
    payloads.map((payload, i) => ({ bytes: datagramFrame(payload, port), time: start + BigInt(i) * 1_000_000_000n })),
  );
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { udpFrames } from '#src/pcap/udp-frame.js';
import type { UdpFrame } from '#src/pcap/udp-frame.js';
import { PcapWriter } from '#src/pcap/writer.js';
import { captureTime, plain, udpFrame } from './arbitraries.ts';
import { collect } from './collect.ts';

const entry = fc.record({ udp: udpFrame, time: captureTime });

test('what the writer writes is what the reader reads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (entries) => {
      const writer = new PcapWriter();
      entries.forEach(({ udp, time }, i) =>
        writer.datagram({ ...udp, identification: i }, time.seconds, time.nanoseconds),
      );
      const { datagrams, error } = await collect(writer.take());
      assert.equal(error, undefined);
      assert.deepEqual(
        datagrams,
        entries.map(({ udp, time }) => plain(udp, time)),
      );
    }),
  );
});

test('fragments of many datagrams in any order give the same payloads', async () => {
  const scene = fc.record({
    udps: fc.array(udpFrame, { minLength: 1, maxLength: 10 }),
    seed: fc.infiniteStream(fc.nat()),
  });
  await fc.assert(
    fc.asyncProperty(scene, async ({ udps, seed }) => {
      const frames = udps
        .flatMap((udp, i) => udpFrames({ ...udp, identification: i }))
        .map((frame) => ({ frame, rank: seed.next().value as number }))
        .sort((a, b) => a.rank - b.rank);
      const writer = new PcapWriter();
      for (const { frame } of frames) writer.frame(frame, 1_700_000_000, 0);
      const { datagrams, error } = await collect(writer.take());
      assert.equal(error, undefined);
      const expected = udps.map((udp) => plain(udp, { seconds: 1_700_000_000, nanoseconds: 0 }));
      assert.deepEqual(sorted(datagrams), sorted(expected));
    }),
  );
});

const sorted = (list: readonly object[]) => list.map((item) => JSON.stringify(item)).sort();

/** One's complement sum, written apart from the one that is tested. */
function onesComplement(octets: Uint8Array): number {
  let total = 0;
  octets.forEach((octet, i) => (total += i % 2 === 0 ? octet * 256 : octet));
  while (total >= 65_536) total = (total % 65_536) + Math.floor(total / 65_536);
  return total;
}

test('checksums and lengths are those of RFC 791 and RFC 768', () => {
  fc.assert(
    fc.property(udpFrame, (udp) => {
      for (const frame of udpFrames(udp)) {
        const ip = frame.subarray(14 + 4 * (udp.vlans?.length ?? 0));
        const isV4 = udp.source.length === 4;
        assert.equal((ip[isV4 ? 2 : 4]! << 8) | ip[isV4 ? 3 : 5]!, ip.length - (isV4 ? 0 : 40));
        if (isV4) assert.equal(onesComplement(ip.subarray(0, 20)), 0xffff);
      }
      const { mtu: _, ...whole } = udp;
      const [only] = udpFrames(whole);
      const segment = only!.subarray(only!.length - 8 - udp.payload.length);
      const pseudo = Uint8Array.of(0, 17, segment.length >> 8, segment.length & 255);
      assert.equal((segment[4]! << 8) | segment[5]!, segment.length);
      assert.equal(onesComplement(Buffer.concat([udp.source, udp.destination, pseudo, segment])), 0xffff);
      assert.notEqual((segment[6]! << 8) | segment[7]!, 0, 'none would be no checksum');
    }),
  );
});

const udp: UdpFrame = {
  source: Uint8Array.of(192, 0, 2, 1),
  destination: Uint8Array.of(192, 0, 2, 2),
  sourcePort: 50_000,
  destinationPort: 2055,
  payload: new Uint8Array(0),
};

test('the longest datagram of either family fits, whole and in fragments; a longer one is refused', async () => {
  const families = [
    { ...udp, length: 65_507 },
    { ...udp, source: new Uint8Array(16), destination: new Uint8Array(16), length: 65_527 },
  ];
  for (const { length, ...family } of families) {
    const payload = new Uint8Array(length).map((_, i) => i * 7);
    const writer = new PcapWriter();
    writer.datagram({ ...family, payload }, 1, 2);
    writer.datagram({ ...family, payload, mtu: 1500 }, 3, 4);
    const { datagrams, error } = await collect(writer.take(), 200_000);
    assert.equal(error, undefined);
    const expected = Buffer.from(payload).toString('hex');
    assert.deepEqual(
      datagrams.map((datagram) => datagram.payload === expected),
      [true, true],
    );
    assert.throws(() => udpFrames({ ...family, payload: new Uint8Array(length + 1) }), RangeError);
  }
  assert.throws(() => udpFrames({ ...udp, destination: new Uint8Array(16) }), /two addresses/);
  assert.throws(() => udpFrames({ ...udp, payload: new Uint8Array(100), mtu: 20 }), /no room/);
});

test('a capture is taken piece by piece', async () => {
  const writer = new PcapWriter();
  const pieces = [writer.take()];
  for (let i = 0; i < 1000; i++) {
    writer.datagram({ ...udp, payload: new Uint8Array(i) }, i, i);
    if (i % 300 === 0) pieces.push(writer.take());
  }
  pieces.push(writer.take());
  assert.equal(writer.length, 0);
  const { datagrams } = await collect(Buffer.concat(pieces));
  assert.deepEqual(
    datagrams.map(({ payload }) => payload.length / 2),
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

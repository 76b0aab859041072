import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CapturedPacket } from '#src/pcap/captured-packet.js';
import { outcomes } from '#src/pcap/outcome.js';
import { UdpExtractor } from '#src/pcap/udp-extractor.js';
import { udpFrames } from '#src/pcap/udp-frame.js';
import { udpFrame } from './arbitraries.ts';

const payload = Buffer.from('datagram');
const v4 = udpFrames({
  source: Uint8Array.of(192, 0, 2, 1),
  destination: Uint8Array.of(192, 0, 2, 2),
  sourcePort: 50_000,
  destinationPort: 2055,
  payload,
})[0]!.subarray(14);
const v6 = udpFrames({
  source: new Uint8Array(16).fill(1),
  destination: new Uint8Array(16).fill(2),
  sourcePort: 50_000,
  destinationPort: 2055,
  payload,
})[0]!.subarray(14);
const udp = Buffer.from(v4.subarray(20));

function packetOf(octets: Uint8Array, linkType = 101): CapturedPacket {
  const packet = new CapturedPacket();
  packet.bytes = octets;
  packet.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  packet.length = packet.originalLength = octets.length;
  packet.linkType = linkType;
  return packet;
}

function extract(octets: Uint8Array): string {
  const extractor = new UdpExtractor();
  const outcome = extractor.extract(packetOf(octets));
  if (outcome !== 'datagram') return outcome;
  const { bytes, offset, length } = extractor.datagram;
  return Buffer.from(bytes.subarray(offset, offset + length)).toString();
}

/** A copy with octets replaced. */
const changed = (octets: Uint8Array, at: number, ...values: number[]) => {
  const copy = Uint8Array.from(octets);
  copy.set(values, at);
  return copy;
};

/** IPv4 with options of `length` octets. */
function withOptions(length: number): Uint8Array {
  const header = Buffer.concat([v4.subarray(0, 20), Buffer.alloc(length, 1)]);
  header[0] = 0x40 | (header.length / 4);
  header.writeUInt16BE(header.length + udp.length, 2);
  return Buffer.concat([header, udp]);
}

/** IPv6 with headers between its own and what follows; each is its type and its octets, the first of which is set. */
function withExtensions(headers: [type: number, octets: Buffer][], last = 17, rest = udp): Uint8Array {
  const fixed = Buffer.from(v6.subarray(0, 40));
  fixed[6] = headers[0]?.[0] ?? last;
  headers.forEach(([, octets], i) => (octets[0] = headers[i + 1]?.[0] ?? last));
  const behind = Buffer.concat([...headers.map(([, octets]) => octets), rest]);
  fixed.writeUInt16BE(behind.length, 4);
  return Buffer.concat([fixed, behind]);
}

const options = (octets = 8) => {
  const header = Buffer.alloc(octets);
  header[1] = octets / 8 - 1;
  return header;
};

test('IPv4 options are passed over', () => {
  for (const length of [0, 4, 40]) assert.equal(extract(withOptions(length)), 'datagram');
});

test('IPv6 extension headers are walked to UDP', () => {
  const authentication = Buffer.alloc(24);
  authentication[1] = 4;
  const cases: [type: number, octets: Buffer][][] = [
    [],
    [[0, options()]],
    [
      [0, options(24)],
      [60, options()],
      [43, options(40)],
      [51, authentication],
      [60, options()],
    ],
    [[135, options()]],
    [[44, options()]], // an atomic fragment (RFC 6946)
    Array.from({ length: 8 }, () => [60, options()]),
  ];
  for (const headers of cases) assert.equal(extract(withExtensions(headers)), 'datagram');
});

test('octets behind the length of IP or UDP are not the payload', () => {
  assert.equal(extract(Buffer.concat([v4, Buffer.alloc(10)])), 'datagram');
  assert.equal(extract(Buffer.concat([v6, Buffer.alloc(10)])), 'datagram');
  assert.equal(extract(changed(v4, 25, 8 + 4)), 'data');
  assert.equal(extract(changed(v4, 25, 8)), '');
});

test('lengths that contradict each other, and what is not UDP', () => {
  const cases: [octets: Uint8Array, outcome: keyof typeof outcomes][] = [
    [changed(v4, 0, 0x44), 'malformed'], // header of 16 octets
    [changed(v4, 0, 0x4f), 'malformed'], // options behind the packet
    [changed(v4, 3, 19), 'malformed'], // total length below the header
    [changed(v4, 3, 27), 'malformed'], // no room for UDP
    [changed(v4, 2, 0xff, 0xff), 'malformed'], // total length above the packet
    [changed(v4, 25, 7), 'malformed'], // UDP length below its header
    [changed(v4, 25, 17), 'malformed'], // UDP length above the packet
    [changed(v4, 9, 6), 'not_udp'],
    [v4.subarray(0, 19), 'malformed'],
    [changed(v6, 5, 255), 'malformed'],
    [changed(v6, 5, 0), 'malformed'],
    [changed(v6, 6, 6), 'not_udp'],
    [changed(v6, 6, 59), 'not_udp'],
    [withExtensions([[50, options()]]), 'not_udp'],
    [withExtensions([[60, changed(options(), 1, 200) as Buffer]]), 'malformed'],
    [withExtensions([[0, options()]], 60, Buffer.alloc(3)), 'malformed'],
    [withExtensions(Array.from({ length: 9 }, () => [60, options()])), 'malformed'],
  ];
  for (const [octets, outcome] of cases) assert.equal(extract(octets), outcome);
});

test('any octets under any link type have one outcome, and a datagram lies inside of them', () => {
  const linkType = fc.constantFrom(0, 1, 12, 101, 108, 113, 228, 229, 276, 999);
  const frame = fc.tuple(udpFrame, fc.nat()).map(([datagram, pick]) => {
    const frames = udpFrames(datagram);
    return frames[pick % frames.length]!;
  });
  const damage = fc.array(fc.tuple(fc.nat({ max: 120 }), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
  const damaged = fc.tuple(frame, damage, fc.nat({ max: 60 })).map(([octets, changes, cut]) => {
    for (const [at, value] of changes) if (at < octets.length) octets[at] = value;
    return octets.slice(0, Math.max(0, octets.length - cut));
  });
  const octets = fc.oneof(damaged, fc.uint8Array({ maxLength: 120 }));
  const extractor = new UdpExtractor();
  let packets = 0;
  fc.assert(
    fc.property(octets, linkType, fc.nat({ max: 100 }), (bytes, type, seconds) => {
      const packet = packetOf(bytes, type);
      packet.seconds = seconds;
      packets++;
      if (extractor.extract(packet) !== 'datagram') return;
      const { datagram } = extractor;
      assert.ok(datagram.offset >= 0 && datagram.offset + datagram.length <= datagram.bytes.length);
      assert.ok(datagram.sourceAt + datagram.sourceLength <= datagram.sourceBytes.length);
    }),
    { numRuns: 5000 },
  );
  const total = Object.keys(outcomes).reduce((sum, name) => sum + extractor.counts[name as keyof typeof outcomes], 0);
  assert.equal(total, packets);
});

test('restart forgets fragments and counts', () => {
  const extractor = new UdpExtractor();
  const parts = udpFrames({
    source: Uint8Array.of(192, 0, 2, 1),
    destination: Uint8Array.of(192, 0, 2, 2),
    sourcePort: 50_000,
    destinationPort: 2055,
    payload: new Uint8Array(40),
    mtu: 44,
  });
  assert.equal(extractor.extract(packetOf(parts[0]!, 1)), 'fragment');
  assert.deepEqual([extractor.incomplete, extractor.counts.fragment], [1, 1]);
  extractor.restart();
  assert.deepEqual([extractor.incomplete, extractor.counts.fragment], [0, 0]);
  assert.equal(extractor.extract(packetOf(parts[1]!, 1)), 'fragment', 'the first one is gone');
});

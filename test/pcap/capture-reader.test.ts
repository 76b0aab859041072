import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { memorySource } from '#src/pcap/byte-source.js';
import type { ByteSource } from '#src/pcap/byte-source.js';
import { CaptureReader } from '#src/pcap/capture-reader.js';
import { PcapWriter } from '#src/pcap/writer.js';
import { PcapngBuilder } from './pcapng-builder.ts';

const LARGEST = 400;

/** A capture of either format with packets whose first octet is their number. */
function build(isPcapng: boolean, lengths: readonly number[]): Uint8Array {
  const packets = lengths.map((length, i) => new Uint8Array(length).fill(i));
  if (isPcapng) {
    const ng = new PcapngBuilder(true).section().interface(1);
    packets.forEach((octets) => ng.enhanced(0, 0n, octets).block(5, new Uint8Array(octets.length * 3)));
    return ng.bytes();
  }
  const writer = new PcapWriter();
  for (const octets of packets) writer.frame(octets, 1, 0);
  return writer.take();
}

async function lengthsOf(reader: CaptureReader): Promise<number[]> {
  const lengths: number[] = [];
  do {
    while (reader.next()) {
      const { bytes, offset, length } = reader.packet;
      if (length > 0) assert.equal(bytes[offset + length - 1], lengths.length, 'the octets are those of the packet');
      lengths.push(length);
    }
  } while (await reader.fill());
  return lengths;
}

test('reads of any size through a window of any size give the same packets, again after a rewind', async () => {
  const lengths = fc.array(fc.nat({ max: LARGEST }), { maxLength: 20 });
  const reads = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
  const window = fc.integer({ min: LARGEST + 40, max: 3000 });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), lengths, reads, window, async (isPcapng, sizes, most, windowSize) => {
      const memory = memorySource(build(isPcapng, sizes));
      let calls = 0;
      const source: ByteSource = {
        read: (buffer, at, length, position) =>
          memory.read(buffer, at, Math.min(length, most[calls++ % most.length]!), position),
        close: () => memory.close(),
      };
      const reader = new CaptureReader(source, 'test.pcap', windowSize);
      await reader.open();
      assert.deepEqual(await lengthsOf(reader), sizes);
      await reader.rewind();
      assert.deepEqual(await lengthsOf(reader), sizes);
    }),
  );
});

test('a file that cannot be read on is an error with its offset', async () => {
  const capture = build(false, [100, 100]);
  const memory = memorySource(capture.subarray(0, 200));
  const source: ByteSource = {
    ...memory,
    read: async (buffer, at, length, position) => {
      if (position === 200) throw new Error('EIO: i/o error, read');
      return memory.read(buffer, at, length, position);
    },
  };
  const reader = new CaptureReader(source, 'disk.pcap', 65_536);
  await reader.open();
  assert.equal(reader.next(), true);
  assert.equal(reader.next(), false);
  await assert.rejects(reader.fill(), {
    code: 'GF_REPLAY_FILE',
    file: 'disk.pcap',
    offset: 24 + 116,
    message: 'disk.pcap: offset 140: cannot be read: EIO: i/o error, read',
  });
});

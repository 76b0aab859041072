import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BinaryReader as Reader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { MessageCopy } from '#src/enricher/message-copy.js';
import { MessageScan } from '#src/enricher/message-scan.js';
import { MessageStream } from '#src/enricher/message-stream.js';
import { column } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { BinaryReader } from '#src/format/binary-reader.js';
import { createBinaryFormat } from '#src/format/binary.js';
import { ByteWriter } from '#src/format/byte-writer.js';
import { anyRecord } from '../support/random-record.ts';
import { written } from '../support/written.ts';

const replaced = ['sampling_rate', 'src_as', 'dst_as', 'src_country', 'dst_country'] as const;
const numbers = new Set(replaced.map((name) => column(name).number));
const seen = [...replaced, 'src_addr', 'dst_addr'] as const;

/** A stream that has found this message. */
function found(body: Uint8Array): MessageStream {
  const stream = new MessageStream();
  stream.push(new BinaryWriter().bytes(body).finish());
  assert.equal(stream.next(), 'message');
  return stream;
}

/** Fields as another library finds them: number and octets. */
function fieldsOf(body: Uint8Array): [number: number, octets: string][] {
  const fields: [number, string][] = [];
  const reader = new Reader(body);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    reader.skip(wireType, number);
    fields.push([number, Buffer.from(body.subarray(start, reader.pos)).toString('hex')]);
  }
  return fields;
}

/** Fields of any number and type, those that are replaced among them, once or more often. */
const anyField = fc.record({
  number: fc.oneof(fc.constantFrom(3, 6, 7, 14, 15, 1000, 1001, 500), fc.integer({ min: 1, max: 2 ** 29 - 1 })),
  wireType: fc.constantFrom(WireType.Varint, WireType.Bit64, WireType.LengthDelimited, WireType.Bit32),
  value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  octets: fc.oneof(
    fc.constantFrom(Buffer.from('DE'), Buffer.from('ABCDE'), Buffer.alloc(0), Buffer.alloc(4, 9), Buffer.alloc(16, 1)),
    fc.uint8Array({ maxLength: 200 }),
  ),
});

function fieldOctets({ number, wireType, value, octets }: typeof anyField extends fc.Arbitrary<infer T> ? T : never) {
  const out = new BinaryWriter().tag(number, wireType);
  if (wireType === WireType.Varint) return out.uint64(value).finish();
  if (wireType === WireType.Bit64) return out.fixed64(value).finish();
  return wireType === WireType.Bit32 ? out.fixed32(Number(value & 0xffffffffn)).finish() : out.bytes(octets).finish();
}

const anyMessage = fc
  .tuple(
    anyRecord(10).map((flow) => written(createBinaryFormat(), flow)),
    fc.array(anyField.map(fieldOctets), { maxLength: 8 }),
    fc.array(anyField.map(fieldOctets), { maxLength: 8 }),
  )
  .map(([delimited, before, behind]) => {
    const body = new Reader(delimited).bytes();
    return new Uint8Array(Buffer.concat([...before, body, ...behind]));
  });

function valuesOf(flow: FlowRecord): unknown[] {
  return seen.map((name) => {
    const { slot, type } = column(name);
    if (type === 'address') return Buffer.from(flow.address(slot)).toString('hex');
    return type === 'u64' ? flow.bigint(slot) : flow.words[slot];
  });
}

test('any message: the scan sees what a reader of all columns sees, and takes what that takes', () => {
  const [scan, scanned] = [new MessageScan(replaced), new FlowRecord()];
  const [reader, read] = [new BinaryReader(), new FlowRecord()];
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(anyMessage, damage, (message, damages) => {
      for (const [at, octet] of damages) if (message.length > 0) message[at % message.length] = octet;
      const stream = found(message);
      const expected = reader.read(stream.bytes, stream.from, stream.to, read);
      assert.equal(scan.read(stream, scanned), expected);
      if (expected) assert.deepEqual(valuesOf(scanned), valuesOf(read));
      if (expected) taken++;
      else refused++;
    }),
    { numRuns: 800 },
  );
  assert.ok(taken > 80 && refused > 80, `${taken} taken, ${refused} refused`);
});

test('any message: all fields that are not replaced are copied octet for octet, in their order', () => {
  const flow = new FlowRecord();
  const scan = new MessageScan(replaced);
  const copy = new MessageCopy(scan);
  const out = new ByteWriter(new Uint8Array(1 << 16));
  const others = (body: Uint8Array) => fieldsOf(body).filter(([number]) => !numbers.has(number));
  fc.assert(
    fc.property(anyMessage, (message) => {
      const stream = found(message);
      assert.ok(scan.read(stream, flow));
      const before = valuesOf(flow);
      const bound = copy.bound(stream);
      out.bytes.fill(0xa5, 0, bound + 8);
      out.pos = 0;
      copy.write(stream, flow, out);
      assert.ok(out.pos <= bound);
      assert.ok(out.bytes.subarray(bound, bound + 8).every((octet) => octet === 0xa5));
      const body = new Reader(out.bytes.subarray(0, out.pos)).bytes();
      assert.equal(out.pos, new BinaryWriter().bytes(body).finish().length);
      assert.deepEqual(others(body), others(message));
      assert.ok(scan.read(found(body), flow));
      assert.deepEqual(valuesOf(flow), before);
    }),
    { numRuns: 500 },
  );
});

test('nothing to replace: a message goes through as it is', () => {
  const scan = new MessageScan([]);
  const copy = new MessageCopy(scan);
  fc.assert(
    fc.property(anyMessage, (message) => {
      const stream = found(message);
      const out = new ByteWriter(new Uint8Array(copy.bound(stream)));
      assert.ok(scan.read(stream, new FlowRecord()));
      copy.write(stream, new FlowRecord(), out);
      assert.deepEqual(new Reader(out.bytes.subarray(0, out.pos)).bytes(), message);
    }),
    { numRuns: 200 },
  );
});

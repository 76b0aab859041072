import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BinaryReader as Reader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { MessageCopy } from '#src/enricher/message-copy.js';
import { MessageScan } from '#src/enricher/message-scan.js';
import { MessageStream } from '#src/enricher/message-stream.js';
import { column } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { BinaryReader } from '#src/format/binary-reader.js';
import { ByteWriter } from '#src/format/byte-writer.js';
import { anyMessage, damage, damaged } from '../support/any-message.ts';

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
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(anyMessage, damage, (message, damages) => {
      const stream = found(damaged(message, damages));
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

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, sizeDelimitedPeek } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { ADDRESS_WORDS, column, columns, slotOf } from '#src/flow/fields.js';
import type { Column } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { ByteWriter } from '#src/format/byte-writer.js';
import { createBinaryFormat } from '#src/format/binary.js';
import { FlowMessageSchema } from '../gen/flow_pb.js';
import { anyRecord, largestRecord } from '../support/random-record.ts';
import { written } from '../support/written.ts';

/** The body of a message that is alone in its buffer, after a check of its length. */
function bodyOf(message: Uint8Array): Uint8Array {
  const { size, offset } = sizeDelimitedPeek(message);
  assert.ok(offset !== null && size !== null);
  assert.equal(offset + size, message.length, 'the length before the body');
  return message.subarray(offset);
}

function addressAt(words: Uint32Array, at: number): Uint8Array {
  return new Uint8Array(words.slice(at, at + 4).buffer, 0, words[at + 4]);
}

function valueOf(flow: FlowRecord, { type, slot, list }: Column): unknown {
  const count = flow.words[slot]!;
  switch (type) {
    case 'u32':
    case 'enum':
      return count;
    case 'u64':
      return flow.bigint(slot);
    case 'address':
      return addressAt(flow.words, slot);
    case 'u32[]':
    case 'enum[]':
      return [...flow.lists[list]!.subarray(0, count)];
    case 'address[]':
    default:
      return Array.from({ length: count }, (_, i) => addressAt(flow.lists[list]!, i * ADDRESS_WORDS));
  }
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

test('C-074 any record is read by another protobuf library as what it was', () => {
  const binary = createBinaryFormat();
  fc.assert(
    fc.property(anyRecord(40), (flow) => {
      const message = fromBinary(FlowMessageSchema, bodyOf(written(binary, flow)));
      for (const each of columns) {
        assert.deepEqual(message[camelCase(each.name) as keyof typeof message], valueOf(flow, each), each.name);
      }
      assert.equal(message.$unknown, undefined);
    }),
    { numRuns: 1000 },
  );
});

test('fields ascend, zero and empty ones are left out, lists of numbers are one field', () => {
  const binary = createBinaryFormat();
  fc.assert(
    fc.property(anyRecord(), (flow) => {
      const reader = new BinaryReader(bodyOf(written(binary, flow)));
      const numbers: number[] = [];
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag();
        numbers.push(number);
        reader.skip(wireType, number);
      }
      const present = [...columns]
        .sort((a, b) => a.number - b.number)
        .flatMap((each) => {
          const value = valueOf(flow, each);
          const empty = value === 0 || value === 0n || (typeof value === 'object' && (value as []).length === 0);
          const times = each.type === 'address[]' ? (value as []).length : empty ? 0 : 1;
          return Array.from({ length: times }, () => each.number);
        });
      assert.deepEqual(numbers, present);
    }),
    { numRuns: 500 },
  );
});

test('an empty record is a message of no octets', () => {
  assert.deepEqual(written(createBinaryFormat(), new FlowRecord()), Uint8Array.of(0));
});

test('the length takes as many octets as it needs, whatever came before', () => {
  const binary = createBinaryFormat();
  const small = new FlowRecord();
  small.words[slotOf('src_port')] = 443;
  const large = largestRecord(10);
  const huge = largestRecord(2000);
  const alone = [small, large, huge].map((flow) => written(createBinaryFormat(), flow));
  assert.deepEqual(
    alone.map((message) => sizeDelimitedPeek(message).offset),
    [1, 2, 3],
  );
  for (const i of [0, 1, 0, 2, 0, 0, 2, 1, 1, 2, 2, 0]) {
    assert.deepEqual(written(binary, [small, large, huge][i]!), alone[i]);
  }
});

test('a body of 127 and of 128 octets', () => {
  const flow = new FlowRecord();
  const binary = createBinaryFormat();
  const lengths = new Set<number>();
  for (let entries = 0; entries < 140; entries++) {
    const message = written(binary, flow);
    const body = bodyOf(message);
    lengths.add(body.length);
    assert.equal(message.length - body.length, body.length < 128 ? 1 : 2);
    assert.deepEqual(
      [...fromBinary(FlowMessageSchema, body).asPath],
      Array.from({ length: entries }, () => 1),
    );
    flow.append(column('as_path'), 1);
  }
  assert.ok(lengths.has(127) && lengths.has(128));
});

test('messages follow each other in one buffer', () => {
  const binary = createBinaryFormat();
  const flows = [largestRecord(0), largestRecord(3), new FlowRecord(), largestRecord(0)];
  const out = new ByteWriter(new Uint8Array(100_000));
  for (const flow of flows) binary.write(flow, out);
  assert.deepEqual(
    Buffer.from(out.bytes.subarray(0, out.pos)),
    Buffer.concat(flows.map((flow) => written(createBinaryFormat(), flow))),
  );
});

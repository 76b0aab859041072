import { test } from 'node:test';
import assert from 'node:assert/strict';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { compileReader } from '#src/codegen/binary-reader.js';
import { ADDRESS_WORDS, column, columns } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { binaryPlan } from '#src/format/binary-plan.js';
import { BinaryReader, READ_SLACK } from '#src/format/binary-reader.js';
import { VARINT_SLACK, VarintReader, readLongVarint, writeVarint64 } from '#src/format/varint.js';
import { anyMessage, damage, damaged } from '../support/any-message.ts';

const [twin, read] = [new BinaryReader(), new FlowRecord()];
const [reader, flow] = [new BinaryReader(), new FlowRecord()];
const memory = new Uint8Array(1 << 16);
const view = new DataView(memory.buffer);
const compiled = compileReader(binaryPlan, reader, { flow, view });

/** Puts a message between octets that are none of it, as a stream has it; its beginning and end. */
function amid(message: Uint8Array, around: number): [at: number, end: number] {
  const end = 8 + message.length;
  memory.fill(around, 0, end + READ_SLACK);
  memory.set(message, 8);
  return [8, end];
}

const listsOf = ({ words, lists }: FlowRecord) =>
  columns
    .filter(({ list }) => list >= 0)
    .map(({ list, slot, type }) => lists[list]!.slice(0, words[slot]! * (type === 'address[]' ? ADDRESS_WORDS : 1)));

const othersOf = ({ others, othersLength }: BinaryReader) => others.slice(0, othersLength);

test('any message: the compiled reader reads what its twin reads, and refuses what that refuses', () => {
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(anyMessage, damage, fc.nat(255), (message, damages, around) => {
      const [at, end] = amid(damaged(message, damages), around);
      const expected = twin.read(memory, at, end, read);
      assert.equal(compiled(memory, view, at, end), expected);
      if (!expected) {
        refused++;
        return;
      }
      taken++;
      assert.deepEqual(flow.words, read.words);
      assert.deepEqual(listsOf(flow), listsOf(read));
      assert.deepEqual(othersOf(reader), othersOf(twin));
    }),
    { numRuns: 1500 },
  );
  assert.ok(taken > 150 && refused > 150, `${taken} taken, ${refused} refused`);
});

test('a message that is cut off anywhere: both say the same', () => {
  fc.assert(
    fc.property(anyMessage, fc.nat(255), (message, around) => {
      for (let length = 0; length < Math.min(message.length, 60); length++) {
        const [at, end] = amid(message.subarray(0, length), around);
        const expected = twin.read(memory, at, end, read);
        assert.equal(compiled(memory, view, at, end), expected);
        if (expected) assert.deepEqual(flow.words, read.words);
      }
    }),
    { numRuns: 100 },
  );
});

test('packed lists of every length, in a record whose lists have grown', () => {
  const { slot, list } = column('as_path');
  const tag = (column('as_path').number << 3) | WireType.LengthDelimited;
  for (const length of [300, 200, 140, 128, 127, 16, 1, 0]) {
    for (const last of [1, 300]) {
      const entries = Array.from({ length }, (_, i) => (i === length - 1 ? last : i & 127));
      const packed = entries.reduce((writer, entry) => writer.uint32(entry), new BinaryWriter()).finish();
      const message = new BinaryWriter().uint32(tag).bytes(packed).uint32(tag).bytes(packed).finish();
      assert.ok(compiled(memory, view, ...amid(message, 0xa5)));
      assert.deepEqual([...flow.lists[list]!.subarray(0, flow.words[slot])], [...entries, ...entries]);
    }
  }
});

test('numbers of five octets and more are read as what was written', () => {
  const words = new Uint32Array(2);
  const bytes = new Uint8Array(10 + VARINT_SLACK);
  const octets = new DataView(bytes.buffer);
  const varint = new VarintReader();
  fc.assert(
    fc.property(fc.bigInt({ min: 2n ** 28n, max: 2n ** 64n - 1n }), (value) => {
      const written = Uint32Array.of(Number(value & 0xffffffffn), Number(value >> 32n));
      const end = writeVarint64(octets, 0, written, 0);
      assert.equal(readLongVarint(octets, 0, words, 0), end);
      assert.deepEqual(words, written);
      assert.equal(varint.read(bytes, 0, end), end);
    }),
    { numRuns: 1000 },
  );
  bytes.fill(0xff);
  assert.equal(readLongVarint(octets, 0, words, 0), -1);
});

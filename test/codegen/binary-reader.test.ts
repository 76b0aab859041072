import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileReader } from '#src/codegen/binary-reader.js';
import { ADDRESS_WORDS, columns } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { binaryPlan } from '#src/format/binary-plan.js';
import { BinaryReader, READ_SLACK } from '#src/format/binary-reader.js';
import { VARINT_SLACK, VarintReader, readLongVarint, writeVarint64 } from '#src/format/varint.js';
import { anyMessage, damage, damaged } from '../support/any-message.ts';

const [twin, read] = [new BinaryReader(), new FlowRecord()];
const [reader, flow] = [new BinaryReader(), new FlowRecord()];
const compiled = compileReader(binaryPlan, reader, flow);

/** A message between octets that are none of it, as a stream has it. */
function amid(message: Uint8Array, around: number): Uint8Array {
  const bytes = new Uint8Array(8 + message.length + READ_SLACK).fill(around);
  bytes.set(message, 8);
  return bytes;
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
      const bytes = amid(damaged(message, damages), around);
      const end = 8 + message.length;
      const expected = twin.read(bytes, 8, end, read);
      assert.equal(compiled(bytes, new DataView(bytes.buffer), 8, end), expected);
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
        const bytes = amid(message.subarray(0, length), around);
        const expected = twin.read(bytes, 8, 8 + length, read);
        assert.equal(compiled(bytes, new DataView(bytes.buffer), 8, 8 + length), expected);
        if (expected) assert.deepEqual(flow.words, read.words);
      }
    }),
    { numRuns: 100 },
  );
});

test('numbers of five octets and more are read as what was written', () => {
  const words = new Uint32Array(2);
  const bytes = new Uint8Array(10 + VARINT_SLACK);
  const view = new DataView(bytes.buffer);
  const varint = new VarintReader();
  fc.assert(
    fc.property(fc.bigInt({ min: 2n ** 28n, max: 2n ** 64n - 1n }), (value) => {
      const written = Uint32Array.of(Number(value & 0xffffffffn), Number(value >> 32n));
      const end = writeVarint64(view, 0, written, 0);
      assert.equal(readLongVarint(view, 0, words, 0), end);
      assert.deepEqual(words, written);
      assert.equal(varint.read(bytes, 0, end), end);
    }),
    { numRuns: 1000 },
  );
  bytes.fill(0xff);
  assert.equal(readLongVarint(view, 0, words, 0), -1);
});

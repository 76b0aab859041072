import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { varintLength, writeVarint, writeVarint64, writeVarintExactly } from '#src/format/varint.js';
import { wordsOf } from './scratch.ts';

function encode(value: bigint): number[] {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) octets.push(Number(rest & 0x7fn) | 0x80);
  return [...octets, Number(rest)];
}

const view = new DataView(new ArrayBuffer(32));
const taken = (end: number): number[] => [...new Uint8Array(view.buffer, 1, end - 1)];

const edges = Array.from({ length: 64 }, (_, i) => 1n << BigInt(i)).flatMap((value) => [value - 1n, value]);
const anyU64 = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 0, max: 63 }))
  .map(([value, by]) => value >> BigInt(by));

function check(value: bigint): void {
  assert.deepEqual(taken(writeVarint64(view, 1, wordsOf(value), 0)), encode(value));
  if (value >= 2n ** 32n) return;
  const number = Number(value);
  assert.deepEqual(taken(writeVarint(view, 1, number)), encode(value));
  assert.deepEqual(taken(writeVarint(view, 1, number | 0)), encode(value), 'with a sign');
  assert.equal(varintLength(number | 0), encode(value).length);
  view.setUint32(1 + encode(value).length, 0xa5a5a5a5);
  assert.deepEqual(taken(writeVarintExactly(view, 1, number)), encode(value));
  assert.equal(view.getUint32(1 + encode(value).length), 0xa5a5a5a5, 'nothing behind it is touched');
}

test('varints at every edge', () => {
  for (const value of [...edges, 2n ** 64n - 1n]) check(value);
});

test('varints of any size', () => {
  fc.assert(fc.property(anyU64, check), { numRuns: 20_000 });
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { division, divideByBillion, writeNineDigits, writeU32, writeU64 } from '#src/format/decimal.js';
import { textOf, wordsOf } from './scratch.ts';

const MAX = 2n ** 64n - 1n;
/** Numbers of all lengths, and those next to powers of two and of ten. */
const edges = Array.from({ length: 65 }, (_, i) => 2n ** BigInt(i))
  .concat(Array.from({ length: 20 }, (_, i) => 10n ** BigInt(i)))
  .concat(Array.from({ length: 19 }, (_, i) => BigInt(i) * 10n ** 18n))
  .flatMap((value) => [value - 1n, value, value + 1n])
  .filter((value) => value >= 0n && value <= MAX);
const anyU64 = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX }),
  fc.tuple(fc.bigInt({ min: 0n, max: MAX }), fc.integer({ min: 0, max: 63 })).map(([value, by]) => value >> BigInt(by)),
  fc.tuple(fc.integer({ min: 0, max: 18_446_744_073 }), fc.integer({ min: -2, max: 2 })).map(([billions, off]) => {
    const value = BigInt(billions) * 1_000_000_000n + BigInt(off);
    return value < 0n ? 0n : value;
  }),
);

const u64Text = (value: bigint): string => textOf((view, pos) => writeU64(view, pos, wordsOf(value), 0));

test('64-bit numbers at every edge', () => {
  for (const value of edges) assert.equal(u64Text(value), String(value));
});

test('C-074 64-bit numbers are exact over their whole range in text', () => {
  fc.assert(
    fc.property(anyU64, (value) => assert.equal(u64Text(value), String(value))),
    { numRuns: 20_000 },
  );
});

test('division by 10^9 is exact', () => {
  fc.assert(
    fc.property(anyU64, (value) => {
      divideByBillion(wordsOf(value), 0);
      assert.deepEqual(Array.from(division, BigInt), [value / 1_000_000_000n, value % 1_000_000_000n], `${value}`);
    }),
    { numRuns: 20_000 },
  );
});

test('32-bit numbers, with their highest bit as a number or as a sign', () => {
  const check = (value: number): void => {
    assert.equal(
      textOf((view, pos) => writeU32(view, pos, value)),
      String(value),
    );
    assert.equal(
      textOf((view, pos) => writeU32(view, pos, value | 0)),
      String(value),
    );
  };
  for (const value of edges) if (value < 2n ** 32n) check(Number(value));
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), check), { numRuns: 5000 });
});

test('nine digits keep their zeros', () => {
  for (const value of [0, 7, 1000, 999_999, 1_000_000, 123_456_789, 999_999_999]) {
    assert.equal(
      textOf((view, pos) => writeNineDigits(view, pos, value)),
      String(value).padStart(9, '0'),
    );
  }
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { putMilliseconds, putMillisecondsBefore, putNumber, putSeconds, toNumber } from '#src/flow/u64.js';

const words = new Uint32Array(2);
const value = () => (BigInt(words[1]!) << 32n) | BigInt(words[0]!);

test('putSeconds equals BigInt arithmetic', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 34 }), fc.integer({ min: 0, max: 2 ** 32 }), (seconds, nanoseconds) => {
      putSeconds(words, 0, seconds, nanoseconds);
      assert.equal(value(), BigInt.asUintN(64, BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)));
    }),
    { numRuns: 5000 },
  );
});

test('putMilliseconds equals BigInt arithmetic up to 2^64 nanoseconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 18_446_744_073_709 }), (ms) => {
      putMilliseconds(words, 0, ms);
      assert.equal(value(), BigInt(ms) * 1_000_000n);
    }),
    { numRuns: 5000 },
  );
});

test('putNumber keeps every integer up to 2^53', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (n) => {
      putNumber(words, 0, n);
      assert.equal(value(), BigInt(n));
      assert.equal(toNumber(words, 0), n);
    }),
    { numRuns: 5000 },
  );
});

test('putMillisecondsBefore equals BigInt arithmetic, and refuses what does not fit', () => {
  const base = new Uint32Array(2);
  const word = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 2 ** 32 - 1));
  const milliseconds = fc.oneof(fc.integer({ min: -(2 ** 33), max: 2 ** 33 }), fc.integer({ min: -3, max: 3 }));
  fc.assert(
    fc.property(word, word, milliseconds, (low, high, ms) => {
      base.set([low, high]);
      words.set([7, 7]);
      const expected = ((BigInt(high) << 32n) | BigInt(low)) - BigInt(ms) * 1_000_000n;
      const fits = expected >= 0n && expected < 2n ** 64n;
      assert.equal(putMillisecondsBefore(words, 0, base, 0, ms), fits);
      assert.equal(value(), fits ? expected : (7n << 32n) | 7n);
    }),
    { numRuns: 5000 },
  );
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { putMilliseconds, putNumber, putSeconds, toNumber } from '#src/flow/u64.js';

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

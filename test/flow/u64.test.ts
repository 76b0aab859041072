import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  nearestTo,
  putDifference,
  putMicroseconds,
  putMilliseconds,
  putMillisecondsBefore,
  putNtp,
  putNumber,
  putProduct,
  putSeconds,
  putSum,
  toNumber,
} from '#src/flow/u64.js';

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

test('putMicroseconds equals BigInt arithmetic', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (microseconds) => {
      putMicroseconds(words, 0, microseconds);
      assert.equal(value(), BigInt(microseconds) * 1000n);
    }),
    { numRuns: 5000 },
  );
});

test('C-080 putNtp uses the whole fraction and is less than a nanosecond off', () => {
  const near = 1_700_000_000;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (unix, fraction) => {
        assert.ok(putNtp(words, 0, (unix + 2_208_988_800) % 2 ** 32, fraction, near));
        assert.equal(value(), BigInt(unix) * 1_000_000_000n + ((BigInt(fraction) * 1_000_000_000n) >> 32n));
      },
    ),
    { numRuns: 5000 },
  );
});

test('C-081 putNtp takes the era that is nearest to the date', () => {
  const ntp = (unix: number) => (((unix + 2_208_988_800) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 33 }),
      fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
      (near, distance) => {
        const unix = near + distance;
        const stored = putNtp(words, 0, ntp(unix), 0, near);
        assert.equal(stored, unix >= 0);
        if (stored) assert.equal(value(), BigInt(unix) * 1_000_000_000n);
      },
    ),
    { numRuns: 5000 },
  );
});

test('nearestTo stays within half of 2^32', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (near, value) => {
      const found = nearestTo(value, near);
      assert.ok(Math.abs(found - near) <= 2 ** 31);
      assert.equal((found - value) % 2 ** 32 === 0, true);
    }),
  );
});

test('putSum and putDifference equal BigInt arithmetic and refuse what leaves 64 bits', () => {
  const halves = (n: bigint) => [Number(n & 0xffff_ffffn), Number(n >> 32n)];
  const four = new Uint32Array(4);
  const result = () => (BigInt(four[3]!) << 32n) | BigInt(four[2]!);
  const untouched = (7n << 32n) | 7n;
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n), (a, b) => {
      four.set([...halves(a), 7, 7]);
      assert.equal(putSum(four, 2, 0, Uint32Array.from(halves(b))), a + b < 2n ** 64n);
      assert.equal(result(), a + b < 2n ** 64n ? a + b : untouched);
      four.set([...halves(a), 7, 7]);
      assert.equal(putDifference(four, 2, 0, Uint32Array.from(halves(b))), a >= b);
      assert.equal(result(), a >= b ? a - b : untouched);
    }),
    { numRuns: 5000 },
  );
});

test('putProduct equals BigInt arithmetic, and stops at the largest number', () => {
  const factor = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: 0n, max: 2n ** 33n }),
    fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n - 1n),
  );
  const three = new Uint32Array(6);
  fc.assert(
    fc.property(factor, factor, (a, b) => {
      three.set([Number(a & 0xffffffffn), Number(a >> 32n), Number(b & 0xffffffffn), Number(b >> 32n)], 2);
      putProduct(three, 0, 2, 4);
      const product = a * b;
      const largest = 2n ** 64n - 1n;
      assert.equal((BigInt(three[1]!) << 32n) | BigInt(three[0]!), product > largest ? largest : product);
    }),
    { numRuns: 5000 },
  );
});

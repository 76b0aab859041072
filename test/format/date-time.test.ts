import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { writeDateTime, writeDateTimeNano } from '#src/format/date-time.js';
import { textOf, wordsOf } from './scratch.ts';

const nano = (value: bigint): string => textOf((view, pos) => writeDateTimeNano(view, pos, wordsOf(value), 0));
const seconds = (value: bigint, wide = true): string =>
  textOf((view, pos) => writeDateTime(view, pos, wordsOf(value), 0, wide));

/** The same by the clock of the language: milliseconds, and the fraction by hand. */
function expected(value: bigint): string {
  const whole = new Date(Number(value / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = String(value % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${whole}${fraction === '' ? '' : '.'}${fraction}Z`;
}

test('nanoseconds as a point in time', () => {
  assert.equal(nano(1_700_000_000_123_456_789n), '2023-11-14T22:13:20.123456789Z');
  assert.equal(nano(1_700_000_000_120_000_000n), '2023-11-14T22:13:20.12Z');
  assert.equal(nano(1_700_000_000_000_000_000n), '2023-11-14T22:13:20Z');
  assert.equal(nano(0n), '1970-01-01T00:00:00Z');
  assert.equal(nano(2n ** 64n - 1n), '2554-07-21T23:34:33.709551615Z');
});

test('nanoseconds over the whole range', () => {
  const value = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const round = fc.tuple(value, fc.constantFrom(1_000_000n, 1_000_000_000n)).map(([n, unit]) => n - (n % unit));
  fc.assert(
    fc.property(fc.oneof(value, round), (n) => assert.equal(nano(n), expected(n))),
    { numRuns: 10_000 },
  );
});

test('seconds as a point in time', () => {
  assert.equal(seconds(1500n), '1970-01-01T00:25:00Z');
  assert.equal(seconds(951_782_400n), '2000-02-29T00:00:00Z');
  assert.equal(seconds(4_107_542_400n), '2100-03-01T00:00:00Z');
  assert.equal(seconds(253_402_300_799n), '9999-12-31T23:59:59Z');
  assert.equal(seconds(4_294_967_295n, false), '2106-02-07T06:28:15Z');
});

test('every day of four hundred years, after which the calendar repeats', () => {
  for (let day = 0; day < 146_097; day++) {
    const second = day * 86_400 + (day % 86_400);
    assert.equal(seconds(BigInt(second)), `${new Date(second * 1000).toISOString().slice(0, 19)}Z`);
  }
});

test('seconds after the year 9999 stay a number', () => {
  assert.equal(seconds(253_402_300_800n), '253402300800');
  assert.equal(seconds(2n ** 64n - 1n), '18446744073709551615');
});

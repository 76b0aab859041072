import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bucketCount, bucketMiddle, bucketOf, quantile } from '#src/metrics/log-buckets.js';
import { Timing } from '#src/metrics/timing.js';

const value = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 2 ** 16 - 1 }), fc.nat({ max: 2 ** 31 - 1 }));

test('the middle of a bucket is within 3 % of every number in it', () => {
  fc.assert(
    fc.property(value, (number) => {
      const middle = bucketMiddle(bucketOf(number));
      assert.ok(Math.abs(middle - number) <= 0.032 * number, `${number}: ${middle}`);
    }),
    { numRuns: 5_000 },
  );
});

test('buckets are in the order of the numbers, without a gap', () => {
  let last = -1;
  for (let number = 0; number < 70_000; number++) {
    const bucket = bucketOf(number);
    assert.ok(bucket === last || bucket === last + 1);
    last = bucket;
  }
  for (const bits of [16, 20, 31]) assert.equal(bucketOf(2 ** bits - 1), bucketCount(bits) - 1);
});

test('quantiles are those of the numbers, to 3 %', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.9, 0.99, 1),
      (numbers, share) => {
        const counts = new Float64Array(bucketCount(31));
        for (const number of numbers) counts[bucketOf(number)]! += 1;
        const exact = [...numbers].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * numbers.length)) - 1]!;
        assert.ok(Math.abs(quantile(counts, share) - exact) <= 0.032 * exact);
      },
    ),
  );
  assert.ok(Number.isNaN(quantile(new Float64Array(4), 0.5)));
});

test('timings are added up, and quantiles forget what is over ten minutes old', () => {
  const timing = new Timing();
  timing.tick(1);
  timing.add(20, 10); // 2 ms each
  timing.add(1_000, 1);
  const at = (share: number) => {
    const counts = Timing.buckets();
    new Timing(timing.memory).addBuckets(counts);
    return Timing.quantile(counts, share);
  };
  assert.ok(Math.abs(at(0.5) - 0.002) < 0.0001);
  assert.ok(Math.abs(at(1) - 1) < 0.03);
  timing.tick(300_002);
  timing.add(4, 1);
  assert.ok(Math.abs(at(0.5) - 0.002) < 0.0001, 'still within ten minutes');
  timing.tick(600_003);
  assert.ok(Math.abs(at(1) - 0.004) < 0.0002);
  assert.deepEqual([timing.count, timing.sum.toFixed(3)], [12, '1.024']);
});

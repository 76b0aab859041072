import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mix32, Random, unmix32 } from '#src/simulate/random.js';

test('mix32 is a permutation that unmix32 undoes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
      assert.equal(unmix32(mix32(value)), value);
      assert.equal(mix32(unmix32(value)), value);
    }),
    { numRuns: 5_000 },
  );
});

test('the same seeds give the same numbers, other seeds others', () => {
  const draw = (...seeds: number[]) => {
    const random = new Random(...seeds);
    return Array.from({ length: 8 }, () => random.next());
  };
  assert.deepEqual(draw(1, 2), draw(1, 2));
  assert.notDeepEqual(draw(1, 2), draw(2, 1));
  assert.notDeepEqual(draw(1), draw(1, 0));
});

test('numbers are spread evenly, sizes have a heavy tail', () => {
  const random = new Random(42);
  const buckets = new Array<number>(16).fill(0);
  for (let i = 0; i < 160_000; i++) buckets[random.below(16)]!++;
  for (const count of buckets) assert.ok(Math.abs(count - 10_000) < 500, `bucket of ${count}`);
  const sizes = Array.from({ length: 100_000 }, () => random.zipf(1_000_000));
  const atLeast = (limit: number) => sizes.filter((size) => size >= limit).length / sizes.length;
  for (const limit of [2, 10, 100])
    assert.ok(Math.abs(atLeast(limit) * limit - 1) < 0.2, `${limit}: ${atLeast(limit)}`);
  assert.ok(Math.min(...sizes) === 1);
});

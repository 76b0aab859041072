import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MAX_RATES_PER_SCOPE } from '#src/decode/limits.js';
import { DomainRates } from '#src/produce/sampling.js';

test('as many rates as the limit are remembered; one more drives out the first', () => {
  const rates = new DomainRates();
  const learn = (samplerId: number) =>
    rates.learn(
      { samplerId, selectorId: undefined, inputInterface: undefined, outputInterface: undefined },
      { low: samplerId, high: 0 },
    );
  const of = (samplerId: number) => rates.of(samplerId, undefined, 0, 0)?.low;
  for (let id = 1; id <= MAX_RATES_PER_SCOPE; id++) learn(id);
  assert.deepEqual([of(1), of(2), of(MAX_RATES_PER_SCOPE)], [1, 2, MAX_RATES_PER_SCOPE]);
  learn(MAX_RATES_PER_SCOPE + 1);
  assert.deepEqual([of(1), of(2), of(MAX_RATES_PER_SCOPE + 1)], [undefined, 2, MAX_RATES_PER_SCOPE + 1]);
});

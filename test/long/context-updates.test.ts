/** How soon a change of the bucket shows, on a machine that has nothing else to do: `npm run test:long`. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { UpdatedContext, percentile } from '../support/context-updates.ts';
import { natsServerMissing as skip } from '../support/nats-server.ts';

test('10,000 keys: an update shows within 200 ms', { skip }, async (t) => {
  const context = await UpdatedContext.start(t, 10_000);
  const delays: number[] = [];
  for (let round = 1; round <= 50; round++) delays.push(await context.timeOfOne(round));
  const median = percentile(
    delays.toSorted((a, b) => a - b),
    50,
  );
  t.diagnostic(`median ${median} ms, slowest ${Math.max(...delays)} ms`);
  assert.ok(median <= 200, `${median} ms`);
});

test(
  '100 updates a second for 30 s, 5,000 flows a second: p99 from put to the first flow with it is 300 ms at most',
  { skip },
  async (t) => {
    const context = await UpdatedContext.start(t, 100);
    const { puts, flows, delays, unseen, mixed, generations } = await context.update(100, 30, 5000);
    const p99 = percentile(delays, 99);
    t.diagnostic(`p99 ${p99} ms, ${generations} generations, ${flows.sent} flows`);
    assert.deepEqual(mixed, []);
    assert.deepEqual([delays.length, unseen, flows.received], [puts, 0, flows.sent]);
    assert.ok(p99 <= 300, `${p99} ms`);
  },
);

/** How soon a change shows is held in `test/long/`: here a machine that has other things to do changes nothing. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { UpdatedContext, percentile } from '../support/context-updates.ts';
import { natsServerMissing as skip } from '../support/nats-server.ts';

test('10,000 keys of a bucket are taken into use, and one of them that changes shows', { skip }, async (t) => {
  const context = await UpdatedContext.start(t, 10_000);
  const all = () => context.process.log.some(({ msg, networks }) => msg === 'context in use' && networks === 10_002);
  await context.process.until(all, 60_000); // with the first flow, unless the machine has too much to do
  t.diagnostic(`shown after ${Math.round(await context.timeOfOne(1))} ms`);
});

test(
  '100 updates a second under load: no flow mixes generations, nothing is lost, each one shows',
  { skip },
  async (t) => {
    const context = await UpdatedContext.start(t, 100);
    const { puts, flows, delays, unseen, mixed, generations, books } = await context.update(100, 3, 1000);
    t.diagnostic(`p99 ${Math.round(percentile(delays, 99))} ms, ${generations} generations, ${flows.sent} flows`);
    assert.deepEqual(mixed, []);
    assert.deepEqual([delays.length, unseen], [puts, 0]);
    assert.equal(flows.received, flows.sent);
    assert.equal(books['flows_delivered'], flows.sent);
    assert.equal(books['context_loads'], generations);
    assert.equal(books['context_errors'] ?? 0, 0);
    assert.ok(generations > 2, `${generations} generations`);
  },
);

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { collectionsAtLoad } from '../support/collections-at-load.ts';

test('at load nothing is collected: neither a worker nor the main thread makes garbage by the flow', async (t) => {
  // 26,000 flows: an object of 100 octets for each would be three young generations of a thread that is young itself.
  const { datagrams, worker, main } = await collectionsAtLoad(t, 'netflow-v9', 'json', {
    rate: 1000,
    warmSeconds: 3,
    seconds: 2,
  });
  assert.ok(datagrams > 1000, `${datagrams}`);
  // What is done by the second and by the batch may fill what was left of the young generation.
  assert.ok(worker.length <= 1, worker.join('\n'));
  assert.ok(main.length <= 1, main.join('\n'));
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { collectionsAtLoad, MOST_A_SECOND } from '../support/collections-at-load.ts';

test('at load nothing is collected: neither a worker nor the main thread makes garbage by the flow', async (t) => {
  const { datagrams, seconds, worker, main } = await collectionsAtLoad(t, 'netflow-v9', 'json', {
    rate: 6000,
    warmSeconds: 3,
    seconds: 3,
  });
  assert.ok(datagrams > 2000, `${datagrams}`);
  assert.ok(worker.length <= MOST_A_SECOND * seconds, worker.join('\n'));
  assert.ok(main.length <= MOST_A_SECOND * seconds, main.join('\n'));
});

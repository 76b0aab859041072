import { test } from 'node:test';
import { noCollectionsAtLoad } from '../support/collections-at-load.ts';

test('at load nothing is collected: neither a worker nor the main thread makes garbage by the flow', async (t) => {
  await noCollectionsAtLoad(t, 'netflow-v9', 'json', { flowsPerSecond: 150_000, warmSeconds: 3, seconds: 3 });
});

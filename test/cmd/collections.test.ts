import { test } from 'node:test';
import { noCollectionsAtLoad, noWholeCollectionsByDgram } from '../support/collections-at-load.ts';

test('at load nothing is collected: neither a worker nor the main thread makes garbage by the flow', async (t) => {
  await noCollectionsAtLoad(t, 'netflow-v9', 'json', { flowsPerSecond: 150_000, warmSeconds: 3, seconds: 3 });
});

test('datagrams of node:dgram do not make a worker collect its whole heap', async (t) => {
  await noWholeCollectionsByDgram(t, { flowsPerSecond: 400_000, warmSeconds: 2, seconds: 3 });
});

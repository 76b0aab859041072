/** The full form of `cmd/collections.test.ts`: ten seconds of every protocol in every format. */
import { test } from 'node:test';
import { loads, noCollectionsAtLoad } from '../support/collections-at-load.ts';

for (const load of Object.keys(loads) as (keyof typeof loads)[]) {
  for (const format of ['json', 'text', 'bin']) {
    test(`no scavenge is caused by the data path in ten seconds at load (${load} ${format})`, async (t) => {
      await noCollectionsAtLoad(t, load, format, { flowsPerSecond: 150_000, warmSeconds: 5, seconds: 10 });
    });
  }
}

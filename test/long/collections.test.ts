/** The full form of `cmd/collections.test.ts`: ten seconds of every protocol in every format. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { collectionsAtLoad, loads, MOST_A_SECOND } from '../support/collections-at-load.ts';

const SECONDS = 10;

for (const load of Object.keys(loads) as (keyof typeof loads)[]) {
  for (const format of ['json', 'text', 'bin']) {
    test(`no scavenge is caused by the data path in ten seconds at load (${load} ${format})`, async (t) => {
      const { datagrams, seconds, worker, main } = await collectionsAtLoad(t, load, format, {
        rate: 5000,
        warmSeconds: 5,
        seconds: SECONDS,
      });
      t.diagnostic(JSON.stringify({ datagrams, seconds, worker, main }));
      assert.ok(datagrams > 2000 * SECONDS, `${datagrams}`);
      assert.ok(worker.length <= MOST_A_SECOND * seconds, worker.join('\n'));
      assert.ok(main.length <= MOST_A_SECOND * seconds, main.join('\n'));
    });
  }
}

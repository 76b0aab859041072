/** The full form of `cmd/collections.test.ts`: ten seconds of every protocol in every format. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { collectionsAtLoad, loads } from '../support/collections-at-load.ts';

const SECONDS = 10;

for (const load of Object.keys(loads) as (keyof typeof loads)[]) {
  for (const format of ['json', 'text', 'bin']) {
    test(`no scavenge is caused by the data path in ten seconds at load (${load} ${format})`, async (t) => {
      const { datagrams, worker, main } = await collectionsAtLoad(t, load, format, {
        rate: 3000,
        warmSeconds: 5,
        seconds: SECONDS,
      });
      t.diagnostic(JSON.stringify({ datagrams, worker, main }));
      assert.ok(datagrams > 2000 * SECONDS, `${datagrams}`);
      // Hundreds of thousands of flows. Batches and timers, some dozens a second, make the garbage of one scavenge.
      assert.ok(worker.length <= 1, worker.join('\n'));
      assert.ok(main.length <= 2, main.join('\n'));
    });
  }
}

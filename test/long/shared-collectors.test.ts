/** The full form of collectors that share: `npm run test:long`. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Random } from '#src/simulate/random.js';
import { natsServerMissing as skip } from '../support/nats-server.ts';
import { SharedCollectors } from '../support/shared-collectors.ts';

const MINUTES = 10;

for (const collectors of [2, 3]) {
  test(
    `F-03 ${collectors} collectors behind a spreader, ${MINUTES} minutes, with restarts of theirs and kills of the server`,
    { skip },
    async (t) => {
      const random = new Random(3, collectors, 0);
      const shared = await SharedCollectors.start(t, collectors);
      await shared.addExporter(9);
      await shared.addExporter(10);
      const until = performance.now() + MINUTES * 60_000;
      for (let turn = 0; performance.now() < until; turn++) {
        await shared.traffic(3000 + random.below(5000), 200);
        await shared.restart(random.below(collectors));
        if (turn % 4 !== 3) continue;
        await shared.server.stop('SIGKILL');
        if (turn < 40) await shared.addExporter(turn % 8 === 3 ? 9 : 10);
        await shared.forge(50);
        await shared.traffic(2000 + random.below(15_000), 200);
        await shared.serverBack();
      }
      await shared.traffic(5000, 200);
      assert.deepEqual(
        (await shared.keys()).filter((key) => /7f0003/.test(key)),
        [],
      );
      t.diagnostic(JSON.stringify(await shared.settle()));
    },
  );
}

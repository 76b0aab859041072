/** The full form, ten minutes with restarts at random, is in `test/long/`. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { natsServerMissing as skip } from '../support/nats-server.ts';
import { SharedCollectors } from '../support/shared-collectors.ts';

test(
  'F-03 two and three collectors behind a spreader decode everything: one joins, one restarts, the server is killed',
  { skip },
  async (t) => {
    const shared = await SharedCollectors.start(t, 2);
    await shared.addExporter(9);
    await shared.addExporter(10);
    await shared.traffic(1200, 100);
    await shared.join();
    await shared.traffic(800, 100);
    await shared.restart(0);
    await shared.traffic(800, 100);

    await shared.server.stop('SIGKILL');
    await shared.addExporter(10);
    await shared.forge(50);
    await shared.traffic(1200, 100);
    await shared.serverBack();
    await shared.traffic(1200, 100);
    const keys = await shared.keys();
    assert.ok(keys.length > 6, `${keys.length} keys`);
    assert.deepEqual(
      keys.filter((key) => /7f0003/.test(key)),
      [],
      'forged sources write no key',
    );

    // a fresh one, when all is known: nothing has to wait, not even the first datagram
    await shared.join();
    await shared.traffic(600, 100);
    await shared.leave(shared.size - 1);
    assert.equal(shared.lastBooks['pending_in'] ?? 0, 0);
    assert.ok(shared.lastBooks['flows_delivered']! > 0);
    t.diagnostic(JSON.stringify(await shared.settle()));
  },
);

/** Goals for the whole program in full, on a machine that does nothing else: `npm run test:long`. */
import { join } from 'node:path';
import { test } from 'node:test';
import { latency, overload, stall } from '../support/goals.ts';
import { NatsServer, natsServerMissing } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('R-02 from the socket into the file: 99 of 100 flows take 100 ms at most', async (t) => {
  await latency(t, [`-transport.file=${join(temporaryFolder(t), 'flows')}`], 5_000, 60, 0.1);
});

test(
  'R-02 from the socket until NATS has acknowledged: 99 of 100 flows take 250 ms at most',
  { skip: natsServerMissing },
  async (t) => {
    const server = await NatsServer.start(t);
    await latency(t, ['-transport=nats', `-transport.nats.servers=${server.url}`], 2_000, 60, 0.25);
  },
);

test('R-05 more than it can take for two minutes', async (t) => {
  await overload(t, 120, 1_000);
});

test('R-06 the main thread stands still for 200 ms, again and again: what comes is read all the same', async (t) => {
  await stall(t, { times: 50, datagrams: 100, ms: 200 });
});

test('R-06 the main thread stands still for ten seconds while little comes: all of it is read, and nothing is lost', async (t) => {
  await stall(t, { times: 1, datagrams: 2_000, rate: 200 });
});

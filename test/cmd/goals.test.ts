/** Goals for the whole program in small; those of R rows have their full forms in test/long/goals.test.ts. */
import { join } from 'node:path';
import { test } from 'node:test';
import { LOAD_SECONDS, inFull } from '../support/extent.ts';
import { httpAttack, latency, overload, stall } from '../support/goals.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A machine that runs other tests beside this one gets more time than the goals give.
test('R-02 from the socket into the file: 99 of 100 flows take a second at most', async (t) => {
  await latency(t, [`-transport.file=${join(temporaryFolder(t), 'flows')}`], 1_000, 2, 1);
});

test('R-05 more than it can take: all is counted, memory holds, /live answers, and nothing is lost afterwards', async (t) => {
  await overload(t, 2, 10_000);
});

test('R-06 the main thread stands still: what comes slowly is read all the same, and nothing is lost', async (t) => {
  await stall(t, { times: 1, datagrams: 150, rate: 100 });
});

test('S-08 an attack on HTTP costs no datagram, and /live answers those who come from elsewhere', async (t) => {
  await httpAttack(t, inFull ? 5_000 : 1_000, LOAD_SECONDS, inFull ? 1_000 : 10_000);
});

import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How far tests of faults go. With every other test: a few turns, two seconds of load. In `.ci/run`: ten seconds of it
 * on one version of Node.js. In full, as `npm run test:long` asks for: a minute of load, and twenty kills, crashes or
 * repeats. The tests are the same.
 */
const extent = process.env['GOFLOW2_TEST_EXTENT'];
export const inFull = extent === 'full';

/** How often a fault happens. */
export const TIMES = inFull ? 20 : 3;

/** How long datagrams come. */
export const LOAD_SECONDS = inFull ? 60 : extent === 'ci' ? 10 : 2;

/** The turns of a fault, spread over the time in which datagrams come. */
export async function* turns(): AsyncGenerator<number> {
  const begin = performance.now();
  for (let turn = 0; turn < TIMES; turn++) {
    yield turn;
    await sleep(Math.max(0, begin + ((turn + 1) * LOAD_SECONDS * 1000) / TIMES - performance.now()));
  }
}

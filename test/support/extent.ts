import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How far tests of faults go. With every other test: a few turns, two seconds of load. In `.ci/run`: ten seconds of it
 * on one version of Node.js. In full, as `npm run test:long` asks for: a minute of load, and twenty kills, crashes or
 * repeats. The tests are the same.
 */
const extent = process.env['GOFLOW2_TEST_EXTENT'];
export const inFull = extent === 'full';

/** Whether tests take their time: in full, or ten seconds. */
export const inExtent = inFull || extent === 'ci';

/** How often a fault happens. */
export const TIMES = inFull ? 20 : 3;

/** How long datagrams come. */
export const LOAD_SECONDS = inFull ? 60 : extent === 'ci' ? 10 : 2;

/** What of that time each fault has. */
export const SECONDS_A_TURN = LOAD_SECONDS / TIMES;

/**
 * The turns of a fault, spread over the time in which datagrams come. What is left of a turn is for `meanwhile`, again
 * and again: sending, where nothing else does.
 */
export async function* turns(meanwhile: () => Promise<unknown> = () => sleep(20)): AsyncGenerator<number> {
  const begin = performance.now();
  for (let turn = 0; turn < TIMES; turn++) {
    yield turn;
    while (performance.now() < begin + (turn + 1) * SECONDS_A_TURN * 1000) await meanwhile();
  }
}

/**
 * Hostile inputs for the decoders: `npm run fuzz -- [--inputs N | --minutes N] [--seed N] [--target NAME] [--no-coverage]`.
 *
 * With `--inputs` (by default 1,000,000 for each target) sessions are made from the seeds alone, as fast as possible.
 * With `--minutes` V8's coverage guides: a session that reaches a block of code for the first time is kept, and later
 * ones are made from it. Either way every session is held to the promises in examine.ts, a session that breaks one is
 * made as short as possible and written to test/fixtures/fuzz, and the coverage of src/decode is printed.
 *
 * Each target has a process of its own, as many at a time as there are processors.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BlockStates } from './coverage.ts';
import { CoverageUnion } from './coverage-union.ts';
import { parts } from './parts.ts';
import { reportCoverage } from './report-coverage.ts';

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    inputs: { type: 'string', default: '1000000' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string', multiple: true },
    coverage: { type: 'boolean', default: true },
  },
});

const chosen = options.target ?? parts;
for (const part of chosen) if (!parts.includes(part)) throw new Error(`no such target: ${part}`);
const places = Math.min(chosen.length, availableParallelism());
const coverage = new CoverageUnion();

/** Milliseconds for a part when time limits: all together take the minutes that were asked for. */
const milliseconds =
  options.minutes === undefined ? undefined : (Number(options.minutes) * 60_000) / Math.ceil(chosen.length / places);

/** Fuzzes one part in a process of its own; whether nothing was found. Its lines are printed when it has ended. */
function fuzz(part: string): Promise<boolean> {
  const limit = milliseconds === undefined ? ['--inputs', options.inputs] : ['--milliseconds', String(milliseconds)];
  const args = ['--part', part, ...limit, '--seed', options.seed, ...(options.coverage ? ['--coverage'] : [])];
  const child = fork(fileURLToPath(new URL('fuzz-part.js', import.meta.url)), args, { silent: true });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  child.on('message', (blocks: BlockStates) => coverage.add(blocks));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      process.stdout.write(output);
      if (code !== 0) console.error(`${part}: failed (exit ${code})`);
      resolve(code === 0);
    });
  });
}

console.log(`seed ${options.seed}`);
const waiting = [...chosen];
let clean = true;
async function work(): Promise<void> {
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    if (!(await fuzz(part))) clean = false; // eslint-disable-line no-await-in-loop
  }
}
await Promise.all(Array.from({ length: places }, work));

// What a few minutes reach depends on the machine: the share is asked of the million inputs.
const enough =
  !options.coverage || reportCoverage(coverage, chosen.length === parts.length) || milliseconds !== undefined;
process.exitCode = clean && enough ? 0 : 1;

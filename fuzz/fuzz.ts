/**
 * Hostile inputs for the decoders: `npm run fuzz -- [--inputs N | --minutes N] [--seed N] [--target NAME] [--no-coverage]`.
 *
 * With `--inputs` (by default 1,000,000 for each target) sessions are made from the seeds alone, as fast as possible.
 * With `--minutes` V8's coverage guides: a session that reaches a block of code for the first time is kept, and later
 * ones are made from it. Either way every session is held to the promises in examine.ts, a session that breaks one is
 * made as short as possible and written to test/fixtures/fuzz, and the coverage of src/decode is printed.
 */
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.ts';
import { store } from './finding.ts';
import { reportCoverage } from './report-coverage.ts';
import type { Session, Target } from './seeds.ts';

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

const seed = Number(options.seed);
const minutes = options.minutes === undefined ? undefined : Number(options.minutes);
const limit = minutes === undefined ? Number(options.inputs) : Infinity;

/** Sessions whose coverage is looked at together when coverage guides. */
const GUIDED_BATCH = 4;

/** One session in so many is looked at thoroughly. */
const THOROUGH = 16;

// Coverage counts only functions that were compiled after it was started: the rest is loaded behind it.
const coverage = new Coverage('/dist/decode/');
if (options.coverage) await coverage.start();
const { examine } = await import('./examine.ts');
const { Generator } = await import('./generator.ts');
const { examineReader, hostileText, readers } = await import('./readers.ts');
const { loadSeeds, targets } = await import('./seeds.ts');
const { Random } = await import('./random.ts');
const { shorten } = await import('./shorten.ts');

const chosen = (options.target ?? targets) as Target[];
for (const target of chosen) if (!targets.includes(target)) throw new Error(`no such target: ${target}`);
const seeds = await loadSeeds();
let findings = 0;

function report(target: Target, session: Session, broken: string): void {
  const short = shorten(session, (candidate) => examine(target, candidate, true).broken !== undefined);
  const path = store({ target, what: examine(target, short, true).broken ?? broken, session: short });
  console.error(`${target}: ${broken.split('\n')[0]}\n  written to ${path}`);
  findings++;
}

async function fuzz(target: Target, deadline: number): Promise<void> {
  const generator = new Generator(new Random(seed), seeds[target]);
  const begin = performance.now();
  // What the seeds alone reach is reached a hundred times faster without looking at the coverage each time.
  const guidedFrom = begin + (deadline - begin) / 3;
  let inputs = 0;
  let past = 0;
  let flows = 0;
  let kept = 0;
  let batch: Session[] = [];
  const take = (session: Session, thorough: boolean): void => {
    const result = examine(target, session, thorough);
    inputs += result.inputs;
    past += result.past;
    flows += result.flows;
    if (result.broken !== undefined) report(target, session, result.broken);
  };
  for (const session of seeds[target]) take(session, true);
  if (minutes !== undefined) await coverage.take();
  for (let round = 0; inputs < limit && performance.now() < deadline && findings < 20; round++) {
    const session = generator.next(limit - inputs);
    take(session, round % THOROUGH === 0);
    if (minutes === undefined || performance.now() < guidedFrom) continue;
    batch.push(session);
    if (batch.length < GUIDED_BATCH) continue;
    if ((await coverage.take()) > 0) {
      for (const candidate of batch) generator.keep(candidate);
      kept += batch.length;
    }
    batch = [];
  }
  const seconds = (performance.now() - begin) / 1000;
  const share = ((100 * past) / inputs).toFixed(1);
  console.log(
    `${target}: ${inputs} inputs in ${seconds.toFixed(1)} s (${Math.round(inputs / seconds)}/s), ` +
      `${share} % past the header check, ${flows} flows` +
      (minutes === undefined ? '' : `, ${kept} sessions kept`),
  );
  if (past / inputs < 0.3) {
    console.error(`${target}: fewer than 30 % of the inputs got past the header check`);
    findings++;
  }
}

/** Files and expressions of users: one in two hundred of the inputs, since a text takes longer than a datagram. */
const TEXT_SHARE = 200;

function fuzzReaders(most: number, milliseconds: number): void {
  const random = new Random(seed);
  for (const reader of readers) {
    const begin = performance.now();
    let inputs = 0;
    for (; inputs < most && performance.now() - begin < milliseconds && findings < 20; inputs++) {
      const octets = hostileText(reader, random);
      const broken = examineReader(reader, octets);
      if (broken === undefined) continue;
      console.error(`${reader.name}: ${broken}\n  read from ${Buffer.from(octets).toString('base64')}`);
      findings++;
    }
    console.log(`${reader.name}: ${inputs} texts in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }
}

console.log(`seed ${seed}`);
for (const target of chosen) {
  const share = minutes === undefined ? Infinity : (minutes * 60_000) / chosen.length;
  await fuzz(target, minutes === undefined ? Infinity : performance.now() + share);
}
if (options.target === undefined) {
  const most = Math.ceil(limit / TEXT_SHARE / readers.length);
  fuzzReaders(most, minutes === undefined ? Infinity : (minutes * 6000) / readers.length);
}
let enough = true;
if (options.coverage) {
  await coverage.take();
  await coverage.stop();
  // What a few minutes reach depends on the machine: the share is asked of the million inputs.
  enough = reportCoverage(coverage, chosen.length === targets.length) || minutes !== undefined;
}
process.exitCode = findings > 0 || !enough ? 1 : 0;

/** One part of fuzz.ts in a process of its own: prints how it went, sends the coverage, exits 1 when it found something. */
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.ts';
import { TEXTS } from './parts.ts';
import type { Target } from './parts.ts';
import type { Session } from './seeds.ts';

const { values: options } = parseArgs({
  options: {
    part: { type: 'string', default: '' },
    inputs: { type: 'string' },
    milliseconds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    coverage: { type: 'boolean', default: false },
  },
});

const seed = Number(options.seed);
const limit = Number(options.inputs ?? Infinity);
/** Whether time limits and coverage guides. */
const guided = options.milliseconds !== undefined;
const milliseconds = Number(options.milliseconds ?? Infinity);

/** Sessions whose coverage is looked at together when coverage guides. */
const GUIDED_BATCH = 4;

/** One session in so many is looked at thoroughly. */
const THOROUGH = 16;

/** Most findings: whoever has so many need not have more. */
const MOST_FINDINGS = 20;

// Coverage counts only functions that were compiled after it was started: the rest is loaded behind it.
const coverage = new Coverage('/dist/decode/');
if (options.coverage) await coverage.start();
const { examine } = await import('./examine.ts');
const { store } = await import('./finding.ts');
const { Generator } = await import('./generator.ts');
const { examineReader, hostileText, readers } = await import('./readers.ts');
const { loadSeeds } = await import('./seeds.ts');
const { Random } = await import('./random.ts');
const { shorten } = await import('./shorten.ts');

let findings = 0;

function report(target: Target, session: Session, broken: string): void {
  const short = shorten(session, (candidate) => examine(target, candidate, true).broken !== undefined);
  const path = store({ target, what: examine(target, short, true).broken ?? broken, session: short });
  console.error(`${target}: ${broken.split('\n')[0]}\n  written to ${path}`);
  findings++;
}

async function fuzz(target: Target): Promise<void> {
  const seeds = (await loadSeeds())[target];
  const generator = new Generator(new Random(seed), seeds);
  const begin = performance.now();
  const deadline = begin + milliseconds;
  // What the seeds alone reach is reached a hundred times faster without looking at the coverage each time.
  const guidedFrom = begin + milliseconds / 3;
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
  for (const session of seeds) take(session, true);
  if (guided) await coverage.take();
  for (let round = 0; inputs < limit && performance.now() < deadline && findings < MOST_FINDINGS; round++) {
    const session = generator.next(limit - inputs);
    take(session, round % THOROUGH === 0);
    if (!guided || performance.now() < guidedFrom) continue;
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
      `${share} % past the header check, ${flows} flows${guided ? `, ${kept} sessions kept` : ''}`,
  );
  if (past / inputs < 0.3) {
    console.error(`${target}: fewer than 30 % of the inputs got past the header check`);
    findings++;
  }
}

/** Files and expressions of users: one in two hundred of the inputs, since a text takes longer than a datagram. */
const TEXT_SHARE = 200;

function fuzzTexts(): void {
  const random = new Random(seed);
  const most = Math.ceil(limit / TEXT_SHARE / readers.length);
  for (const reader of readers) {
    const begin = performance.now();
    const deadline = begin + milliseconds / readers.length;
    let inputs = 0;
    for (; inputs < most && performance.now() < deadline && findings < MOST_FINDINGS; inputs++) {
      const octets = hostileText(reader, random);
      const broken = examineReader(reader, octets);
      if (broken === undefined) continue;
      console.error(`${reader.name}: ${broken}\n  read from ${Buffer.from(octets).toString('base64')}`);
      findings++;
    }
    console.log(`${reader.name}: ${inputs} texts in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }
}

if (options.part === TEXTS) fuzzTexts();
else await fuzz(options.part as Target);
if (options.coverage) {
  await coverage.take();
  process.send?.(coverage.blocks);
  await coverage.stop();
}
process.exitCode = findings > 0 ? 1 : 0;

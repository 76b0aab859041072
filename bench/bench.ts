/**
 * `npm run bench`: how many flow messages a second of CPU time gives, in memory and on one thread, for each protocol
 * and format, beside naive programs that do the same (P-01 to P-04). Prints a table and writes `bench/results.json`.
 *
 *     npm run bench -- --rounds 9 --seed 2
 */
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { version } from '#src/config/version.js';
import { NetFlowV5Exporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { race } from './micro/contestant.ts';
import type { Contestant, Outcome } from './micro/contestant.ts';
import { naiveJson, naiveProtobuf } from './micro/naive.ts';
import { ours } from './micro/ours.ts';
import { root } from './root.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);

const start = 1_700_000_000_000_000_000n;
const flows = [...new Traffic({ seed, start }).flows(0, 2_400)];
const v4 = [...new Traffic({ seed, start, ipv6: 0 }).flows(0, 2_400)];
const once = { boot: start, refreshEvery: 1e9 };
const v9 = new TemplatedExporter({ version: 9, ...once }).export(v4, start);
const v5 = new NetFlowV5Exporter({ boot: start }).export(v4, start);
const ipfix = new TemplatedExporter({ version: 10, ...once }).export(flows, start);
const sflow = new SFlowExporter({ boot: start }).export(flows, start);

interface Race {
  readonly title: string;
  readonly contestants: readonly (Contestant | undefined)[];
}

const races: Race[] = [
  {
    title: 'P-01 NetFlow v9 to protobuf',
    contestants: [ours('compiled', v9, 'bin', true), ours('interpreted', v9, 'bin', false), naiveProtobuf(v9)],
  },
  {
    title: 'P-02 NetFlow v9 to JSON',
    contestants: [ours('compiled', v9, 'json', true), ours('interpreted', v9, 'json', false), naiveJson(v9)],
  },
  {
    title: 'P-03 sFlow to protobuf',
    contestants: [ours('compiled', sflow, 'bin', true), ours('interpreted', sflow, 'bin', false)],
  },
  {
    title: 'P-04 IPFIX to protobuf',
    contestants: [ours('compiled', ipfix, 'bin', true), ours('interpreted', ipfix, 'bin', false)],
  },
  {
    title: 'P-04 NetFlow v5 to protobuf',
    contestants: [ours('compiled', v5, 'bin', true), ours('interpreted', v5, 'bin', false)],
  },
  { title: 'sFlow to JSON', contestants: [ours('compiled', sflow, 'json', true)] },
  { title: 'NetFlow v5 to JSON', contestants: [ours('compiled', v5, 'json', true)] },
];

const perSecond = (rate: number): string => `${(rate / 1e6).toFixed(2)} M/s`;

function row(title: string, { name, median, least, most }: Outcome, first: Outcome): string {
  const ratio = name === first.name ? '' : `${(first.median / median).toFixed(1)} x slower`;
  const spread = `${perSecond(least)} to ${perSecond(most)}`;
  return [title.padEnd(30), name.padEnd(28), perSecond(median).padStart(10), spread.padEnd(24), ratio].join('  ');
}

const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), node: process.version };
console.log(`GoFlow2+ ${version}, Node.js ${process.version}, ${machine.cores} cores, seed ${seed}, ${rounds} rounds`);
const results = races.map(({ title, contestants }) => {
  const outcomes = race(
    contestants.filter((contestant) => contestant !== undefined),
    rounds,
  );
  for (const [i, outcome] of outcomes.entries())
    console.log(row(i === 0 ? title : '', outcome, outcomes[0]!).trimEnd());
  return { title, outcomes };
});
writeFileSync(
  new URL('bench/results.json', root),
  `${JSON.stringify({ version, machine, seed, rounds, results }, null, 2)}\n`,
);

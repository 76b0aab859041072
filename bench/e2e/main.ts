/**
 * `npm run bench:e2e`: what a datagram costs from the wire to a file (P-05 to P-08, P-15), beside programs of Debian
 * that do the same. One process is measured on one core, the sender is on the other; contestants take turns.
 *
 *     npm run bench:e2e -- --runs 5 --seconds 4 P-05 P-06
 *
 * With the folder of an earlier, built version in GOFLOW2_BENCH_EARLIER it is the opponent in all of them.
 */
import { parseArgs } from 'node:util';
import { machine } from '../machine.ts';
import { writeResults } from '../results.ts';
import { earlier } from './contestants.ts';
import { duels, duelsWithEarlier } from './duels.ts';
import { linesOf, resultOf } from './duel-result.ts';
import type { DuelResult } from './duel-result.ts';
import { run } from './run.ts';
import type { Run } from './run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    /** Code is compiled in the first seconds of load, and runs for months after that. */
    warm: { type: 'string', default: '5' },
    rate: { type: 'string' },
    buffer: { type: 'string', default: '4194304' },
    exporters: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
  },
});
const common = {
  seconds: Number(values.seconds),
  warmSeconds: Number(values.warm),
  receiveBuffer: Number(values.buffer),
  exporters: Number(values.exporters),
  seed: Number(values.seed),
};
const runs = Number(values.runs);
const chosen = (earlier === undefined ? duels : duelsWithEarlier).filter(
  ({ id, rate }) =>
    (positionals.length === 0 || positionals.includes(id)) &&
    (values.rate === undefined || rate === Number(values.rate)),
);

console.log(`${machine().text}; seed ${common.seed}`);
console.log(
  `medians of ${runs} runs of ${common.seconds} s in turns; microseconds of CPU, user and system, a datagram`,
);
const results: DuelResult[] = [];
for (const duel of chosen) {
  console.log(`${duel.id} ${duel.title}, ${duel.rate} datagrams/s`);
  const rounds: (readonly [Run, Run])[] = [];
  for (let round = 0; round < runs; round++) {
    const [first, second] = duel.sides;
    const options = { ...common, rate: duel.rate };
    rounds.push([await run({ ...options, ...first }), await run({ ...options, ...second })]); // eslint-disable-line no-await-in-loop
  }
  const result = resultOf(duel, rounds);
  for (const line of linesOf(result)) console.log(line);
  results.push(result);
}
writeResults(earlier === undefined ? 'e2e' : 'e2e-earlier', { runs, ...common, results });

/**
 * `npm run bench:micro`: what a second of CPU time gives in memory and on one thread (P-01 to P-04, P-13, P-15),
 * beside naive programs that do the same. Prints a table and writes `bench/results.json`.
 *
 *     npm run bench:micro -- --long --seed 2 P-01 P-02
 */
import { parseArgs } from 'node:util';
import { machine } from '../machine.ts';
import { writeResults } from '../results.ts';
import { race } from './race.ts';
import { races } from './races.ts';
import { lineOf, rowsOf } from './table.ts';
import type { Row } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, long: { type: 'boolean', default: false } },
});
const seed = Number(values.seed);
const options = { seed, rounds: values.long ? 15 : 5, seconds: values.long ? 0.5 : 0.12 };

console.log(machine().text);
console.log(
  `seed ${seed}; medians of ${options.rounds} alternating rounds of ${options.seconds} s of CPU; ratio: first / this`,
);
const rows: Row[] = [];
for (const each of races.filter(({ id }) => positionals.length === 0 || positionals.includes(id))) {
  console.log(`${each.id} ${each.title}`);
  const found = rowsOf(each, await race(each.entries, options));
  for (const row of found) console.log(lineOf(row));
  rows.push(...found);
}
writeResults('micro', { ...options, rows });

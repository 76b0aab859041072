import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { machine } from './machine.ts';
import { root } from './root.ts';

const file = new URL('bench/results.json', root);

/** Parts that are measured apart; each has the machine and the date of its own. */
export type Part = 'micro' | 'e2e' | 'e2e-earlier' | 'limits' | 'loss';

/** Puts the figures of a part into `bench/results.json`, in place of older ones. */
export function writeResults(part: Part, figures: object): void {
  const others = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  const { text: _, ...where } = machine();
  writeFileSync(file, `${JSON.stringify({ ...others, [part]: { machine: where, ...figures } }, null, 2)}\n`);
}

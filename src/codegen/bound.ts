import type { Bound, BoundPlan } from '../format/bound.ts';
import { code } from './code.ts';
import { wordsOf } from './home.ts';
import type { Home } from '../format/home.ts';
import { Source } from './source.ts';

/** Compiles the plan of a bound. */
export function compileBound({ fixed, lists }: BoundPlan, home: Home | undefined): Bound {
  const source = new Source();
  source.emit(code`const words = ${wordsOf(source, home)}; let v = ${fixed};`);
  for (const { slot, entry } of lists) source.emit(code`v = v + Math.imul(words[${slot}], ${entry}) | 0;`);
  source.emit(code`return v;`);
  return source.compile(['flow']);
}

import type { DraftPrefixes, PrefixRow } from './draft.ts';
import { prefixText } from '../../flow/prefix-text.ts';

/** How what is said about prefixes is put together. */
export interface Merging<State> {
  /** What holds for addresses outside of every prefix. */
  readonly outside: State;
  /** What holds inside of a prefix, by what holds around it and one row about it. */
  apply(around: State, row: PrefixRow): State;
  /** Two rows of one source are about the same prefix. */
  duplicate(first: PrefixRow, second: PrefixRow, prefix: string): void;
  /** The value of a lookup: 1 or above; 0 for what looks as if nothing matched. */
  valueOf(state: State): number;
}

/** Prefixes for a trie: each one once, in its order, with values by index. */
export interface MergedPrefixes {
  readonly order: Uint32Array;
  readonly values: Uint32Array;
}

/**
 * Walks prefixes from the least to the most specific: each inherits from the one around it, and rows about the same
 * prefix are applied in the order that they were added in.
 */
export function mergePrefixes<State>(prefixes: DraftPrefixes, merging: Merging<State>): MergedPrefixes {
  const { list } = prefixes;
  const sorted = list.sorted();
  const values = new Uint32Array(list.count);
  // The prefixes around the one at hand, outermost first.
  const around: number[] = [];
  const states: State[] = [];
  let unique = 0;
  for (let i = 0; i < sorted.length;) {
    const index = sorted[i]!;
    while (around.length > 0 && !list.contains(around.at(-1)!, index)) {
      around.pop();
      states.pop();
    }
    let state = states.at(-1) ?? merging.outside;
    let previous: PrefixRow | undefined;
    for (; i < sorted.length && list.same(sorted[i]!, index); i++) {
      const row = prefixes.row(sorted[i]!);
      if (previous?.source === row.source) merging.duplicate(previous, row, prefixText(prefixes.prefix(index)));
      state = merging.apply(state, row);
      previous = row;
    }
    values[index] = merging.valueOf(state);
    sorted[unique++] = index;
    around.push(index);
    states.push(state);
  }
  return { order: sorted.slice(0, unique), values };
}

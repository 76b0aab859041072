import { buildTrie } from '../lpm/build-trie.ts';
import { AttributeSets } from './attribute-sets.ts';
import type { NetworkDraft, PrefixRow } from './draft.ts';
import { FragmentFiller, addAttributes, beginFragments, layFragments } from './fragments.ts';
import type { ContextOutput } from './fragments.ts';
import { mergePrefixes } from './merge-prefixes.ts';
import type { MergedPrefixes } from './merge-prefixes.ts';
import { NETWORK_ENTRY } from './network-table.ts';
import type { NetworkTable } from './network-table.ts';
import type { NetworkReferences } from './network-references.ts';
import { WordTable } from './sequence-table.ts';
import { TableLayout, sectionOf } from './table-memory.ts';
import type { AllocateMemory } from './table-memory.ts';

/** What holds inside of a prefix. */
interface NetworkState {
  /** Number of the name plus 1; 0 = none. */
  readonly name: number;
  /** Set of attributes. */
  readonly set: number;
  /** Set of references that the prefix lies in. */
  readonly members: number;
}

/** Told of a prefix that stands in one source twice. */
export type OnDuplicate = (first: PrefixRow, second: PrefixRow, prefix: string) => void;

/**
 * Compiles networks: prefixes become tries whose values are entries, one for each combination of name, attributes and
 * references that occurs, and each entry has its key-values ready, as source and as destination.
 */
export function compileNetworks(
  draft: NetworkDraft,
  references: NetworkReferences,
  output: ContextOutput,
  allocate: AllocateMemory,
  onDuplicate: OnDuplicate,
): NetworkTable {
  const sets = new AttributeSets(draft);
  const entries = new Entries();
  const merging = {
    outside: { name: 0, set: 0, members: 0 },
    apply: (around: NetworkState, row: PrefixRow): NetworkState => {
      if (references.isReference(row)) return { ...around, members: references.add(around.members, row.subject) };
      return {
        name: row.subject + 1,
        set: sets.merge(row.inherit ? around.set : 0, row.attributes),
        members: references.addName(around.members, row.subject),
      };
    },
    duplicate: (first: PrefixRow, second: PrefixRow, prefix: string): void => {
      if (!references.isReference(first)) onDuplicate(first, second, prefix);
    },
    valueOf: (state: NetworkState): number => entries.number(state),
  };
  const v4 = mergePrefixes(draft.prefixes.v4, merging);
  const v6 = mergePrefixes(draft.prefixes.v6, merging);
  return layOut(draft, sets, entries, references, v4, v6, output, allocate);
}

/** Entries by number, from 1; 0 is what no prefix contains. */
class Entries {
  readonly #table = new WordTable();
  readonly #words = new Uint32Array(3);

  constructor() {
    this.number({ name: 0, set: 0, members: 0 });
  }

  get count(): number {
    return this.#table.count;
  }

  number({ name, set, members }: NetworkState): number {
    this.#words[0] = name;
    this.#words[1] = set;
    this.#words[2] = members;
    return this.#table.intern(this.#words);
  }

  memberSets(): Uint32Array {
    const { words } = this;
    return Uint32Array.from({ length: this.count }, (_, entry) => words[3 * entry + 2]!);
  }

  /** Name, set and members of all entries, one after the other. */
  get words(): Uint32Array {
    return this.#table.items;
  }
}

function layOut(
  draft: NetworkDraft,
  sets: AttributeSets,
  entries: Entries,
  references: NetworkReferences,
  v4: MergedPrefixes,
  v6: MergedPrefixes,
  output: ContextOutput,
  allocate: AllocateMemory,
): NetworkTable {
  const filler = new FragmentFiller(draft.texts, output);
  const fill = fragmentsOf(draft, sets, entries, filler);
  fill();
  const layout = new TableLayout()
    .add('trie4', buildTrie(draft.prefixes.v4.list, v4.order, v4.values))
    .add('trie6', buildTrie(draft.prefixes.v6.list, v6.order, v6.values))
    .add('members', references.words())
    .add('memberSets', entries.memberSets())
    .reserve('entries', entries.count * NETWORK_ENTRY);
  layFragments(layout, filler, draft.texts);
  const table = layout.make(allocate);
  beginFragments(table, filler, draft.texts);
  fill(sectionOf(table, 'entries'));
  return {
    table,
    keys: filler.keys.names,
    prefixes: v4.order.length + v6.order.length,
    memberWords: references.setWords,
  };
}

/** Fills the fragments of all entries, each name and each set of attributes once; the second time the entries too. */
function fragmentsOf(
  draft: NetworkDraft,
  sets: AttributeSets,
  entries: Entries,
  filler: FragmentFiller,
): (out?: Uint32Array) => void {
  const groups = new Uint32Array(2 * draft.texts.count);
  const attributes = new Uint32Array(2 * sets.count);
  const pair = new Uint32Array(2);
  const groupKeys = [filler.keys.number('source_group'), filler.keys.number('destination_group')];
  return (out) => {
    groups.fill(0);
    attributes.fill(0);
    const { words } = entries;
    for (let entry = 0; entry < entries.count; entry++) {
      const group = 2 * (words[3 * entry]! - 1);
      const set = 2 * words[3 * entry + 1]!;
      for (let side = 0; side < 2; side++) {
        if (group >= 0 && groups[group + side] === 0) {
          pair[0] = groupKeys[side]!;
          pair[1] = group / 2;
          groups[group + side] = filler.add(pair, 2);
        }
        if (set > 0) attributes[set + side] ||= addAttributes(filler, sets, set / 2, sides[side]!);
      }
      if (out === undefined) continue;
      for (let side = 0; side < 2; side++) {
        out[entry * NETWORK_ENTRY + side] = group < 0 ? 0 : groups[group + side]!;
        out[entry * NETWORK_ENTRY + 2 + side] = attributes[set + side]!;
      }
    }
  };
}

const sides = ['source_', 'destination_'];

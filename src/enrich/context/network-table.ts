import type { FlowRecord } from '../../flow/flow-record.ts';
import { NATIVE_LITTLE_ENDIAN } from '../../flow/u64.ts';
import type { FragmentBank } from '../../flow/flow-context.ts';
import { PrefixTrie } from '../lpm/prefix-trie.ts';
import { bankOf } from './fragments.ts';
import { sectionOf } from './table-memory.ts';
import type { TableMemory } from './table-memory.ts';

/**
 * Words of an entry: fragments of the group as source and as destination, and of the attributes as source and as
 * destination. Four, so that an entry lies in one line of the processor's cache. Entry 0 is what no network contains.
 */
export const NETWORK_ENTRY = 4;
const ENTRY_SHIFT = 2;

/** The networks of a generation, as they go from thread to thread. */
export interface NetworkTable {
  readonly table: TableMemory;
  readonly keys: readonly string[];
  /** How many different prefixes there are. */
  readonly prefixes: number;
  /** Words of a set of references. */
  readonly memberWords: number;
}

/** Finds the entry of an address. */
export class PrefixTries {
  readonly #v4: PrefixTrie;
  readonly #v6: PrefixTrie;

  /** @param table with the sections `trie4` and `trie6` */
  constructor(table: TableMemory) {
    this.#v4 = new PrefixTrie(4, sectionOf(table, 'trie4'));
    this.#v6 = new PrefixTrie(16, sectionOf(table, 'trie6'));
  }

  /** Value of the longest prefix that the address column at `slot` lies in, IPv4-mapped addresses as IPv4; else 0. */
  lookup(flow: FlowRecord, slot: number): number {
    const { words, octets } = flow;
    return words[slot + 4] === 4 ? this.#v4.lookup(words, octets, slot) : this.#lookupOther(flow, slot);
  }

  #lookupOther({ words, octets }: FlowRecord, slot: number): number {
    if (words[slot + 4] !== 16) return 0;
    const mapped = words[slot + 2] === MAPPED && (words[slot]! | words[slot + 1]!) === 0;
    return mapped ? this.#v4.lookup(words, octets, slot + 3) : this.#v6.lookup(words, octets, slot);
  }
}

/** The octets 00 00 FF FF as a word. */
const MAPPED = NATIVE_LITTLE_ENDIAN ? 0xffff0000 : 0x0000ffff;

/** The networks of a generation, for lookups. */
export class Networks {
  readonly bank: FragmentBank;
  readonly entries: Uint32Array;
  readonly prefixes: number;
  readonly #tries: PrefixTries;
  /** By entry: the set of references that its addresses lie in. */
  readonly #memberSets: Uint32Array;
  readonly #members: Uint32Array;
  readonly #memberWords: number;

  constructor({ table, keys, prefixes, memberWords }: NetworkTable) {
    this.bank = bankOf(table, keys);
    this.entries = sectionOf(table, 'entries');
    this.prefixes = prefixes;
    this.#tries = new PrefixTries(table);
    this.#memberSets = sectionOf(table, 'memberSets');
    this.#members = sectionOf(table, 'members');
    this.#memberWords = memberWords;
  }

  /** Index of the first word of the entry for the address column at `slot`. */
  lookup(flow: FlowRecord, slot: number): number {
    return this.#tries.lookup(flow, slot) << ENTRY_SHIFT;
  }

  /** Whether the addresses of an entry lie in what an application rule refers to. */
  isMember(entry: number, reference: number): boolean {
    const set = this.#memberSets[entry / NETWORK_ENTRY]! * this.#memberWords;
    return (this.#members[set + (reference >>> 5)]! & (1 << (reference & 31))) !== 0;
  }
}

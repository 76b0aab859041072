import { CONTEXT_PAIR_EXPANSION, CONTEXT_PAIR_EXTRA } from '../../format/context-pair.ts';
import type { WriteContextPair } from '../../format/context-pair.ts';
import { Boundary, FragmentBank } from '../../flow/flow-context.ts';
import type { AttributeSets } from './attribute-sets.ts';
import { MAX_NAME, MAX_VALUE } from './limits.ts';
import type { TextTable } from './sequence-table.ts';
import { sectionOf } from './table-memory.ts';
import type { TableLayout, TableMemory } from './table-memory.ts';

/** How the key-values of flows are written, and which. */
export interface ContextOutput {
  /** Of the format at work. */
  readonly write: WriteContextPair;
  /** Whether a key is part of the output. */
  readonly shows: (key: string) => boolean;
}

/** Octets that one key-value may take. */
const PAIR_MAX = CONTEXT_PAIR_EXTRA + CONTEXT_PAIR_EXPANSION * (2 * MAX_NAME + MAX_VALUE + MAX_NAME);

/** The keys of one table: names by number. */
export class FragmentKeys {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** Number of a key, which is added if it is not there. */
  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) this.#numbers.set(name, (number = this.names.push(name) - 1));
    return number;
  }
}

/**
 * Fills the fragments of a table (see `FragmentBank`), twice over: the first time to find out their size and where
 * each one begins, the second time, in the same order, into memory of that size.
 */
export class FragmentFiller {
  readonly keys = new FragmentKeys();
  /** Words so far; the first two are the empty fragment, number 0. */
  end = 2;
  readonly #texts: TextTable;
  readonly #output: ContextOutput;
  readonly #keyOctets: (Uint8Array | undefined)[] = [];
  readonly #scratch = new DataView(new ArrayBuffer(PAIR_MAX));
  #words: Uint32Array | undefined;
  #view: DataView = this.#scratch;

  constructor(texts: TextTable, output: ContextOutput) {
    this.#texts = texts;
    this.#output = output;
  }

  /** Begins the second time; or goes on, at `end`, in larger memory that has what was filled so far. */
  into(words: Uint32Array, end = 2): void {
    this.#words = words;
    this.#view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    this.end = end;
  }

  /** Words that a fragment of these pairs takes at most. */
  bound(pairs: readonly number[]): number {
    let octets = 0;
    for (let i = 0; i < pairs.length; i += 2) {
      const key = (this.#keyOctets[pairs[i]!] ??= this.#octetsOfKey(pairs[i]!));
      const value = this.#texts.start(pairs[i + 1]! + 1) - this.#texts.start(pairs[i + 1]!);
      octets += CONTEXT_PAIR_EXTRA + CONTEXT_PAIR_EXPANSION * (key.length + value);
    }
    return 2 + pairs.length + ((octets + 3) >>> 2);
  }

  /**
   * Adds a fragment and returns its number; 0 for one that says nothing.
   *
   * @param pairs numbers of keys and of texts, by twos; `count` words of it
   * @param boundary see `Boundary`
   */
  add(pairs: ArrayLike<number>, count: number, boundary = 0): number {
    if (count === 0 && boundary === 0) return 0;
    const fragment = this.end;
    const text = fragment + 2 + count;
    let octets = 0;
    for (let i = 0; i < count; i += 2) octets += this.#writePair(pairs[i]!, pairs[i + 1]!, text * 4 + octets);
    const words = this.#words;
    if (words !== undefined) {
      words[fragment] = octets;
      words[fragment + 1] = (count >>> 1) | (boundary << 16);
      for (let i = 0; i < count; i++) words[fragment + 2 + i] = pairs[i]!;
    }
    this.end = text + ((octets + 3) >>> 2);
    return fragment;
  }

  /** Writes a key-value, the first time to nowhere, and returns its octets. */
  #writePair(key: number, value: number, at: number): number {
    const octets = (this.#keyOctets[key] ??= this.#octetsOfKey(key));
    if (octets.length === 0) return 0;
    const pos = this.#words === undefined ? 0 : at;
    const texts = this.#texts;
    return this.#output.write(this.#view, pos, octets, texts.items, texts.start(value), texts.start(value + 1)) - pos;
  }

  /** A key in UTF-8; nothing for one that is not shown. */
  #octetsOfKey(key: number): Uint8Array {
    const name = this.keys.names[key]!;
    return new TextEncoder().encode(this.#output.shows(name) ? name : '');
  }
}

/**
 * Adds a fragment of attributes, whose keys begin with `prefix`, behind the pairs that are given.
 *
 * @returns its number; 0 for one that says nothing
 */
export function addAttributes(
  filler: FragmentFiller,
  sets: AttributeSets,
  set: number,
  prefix: string,
  before: readonly number[] = [],
): number {
  const words = sets.words(set);
  const pairs = [...before];
  let boundary: number = Boundary.none;
  for (let i = 0; i < words.length; i += 2) {
    const name = sets.name(words[i]!);
    pairs.push(filler.keys.number(prefix + name), words[i + 1]!);
    if (name === 'boundary') boundary = boundaries.get(sets.valueText(words[i + 1]!)) ?? Boundary.none;
  }
  return filler.add(pairs, pairs.length, boundary);
}

const boundaries = new Map<string, number>([
  ['internal', Boundary.internal],
  ['external', Boundary.external],
]);

/** Adds the sections of texts, and of fragments as large as the filler has found out, to be filled. */
export function layFragments(layout: TableLayout, filler: FragmentFiller, texts: TextTable): void {
  layout
    .add('textStarts', texts.starts)
    .reserve('textOctets', (texts.start(texts.count) + 3) >>> 2)
    .reserve('fragments', filler.end);
}

/** Fills in the texts, and has the filler begin the second time. */
export function beginFragments(table: TableMemory, filler: FragmentFiller, texts: TextTable): void {
  octetsOf(table).set(texts.items.subarray(0, texts.start(texts.count)));
  filler.into(sectionOf(table, 'fragments'));
}

function octetsOf(table: TableMemory): Uint8Array {
  const { buffer, byteOffset, byteLength } = sectionOf(table, 'textOctets');
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The bank of a table. */
export function bankOf(table: TableMemory, keys: readonly string[]): FragmentBank {
  return new FragmentBank(sectionOf(table, 'fragments'), keys, sectionOf(table, 'textStarts'), octetsOf(table));
}

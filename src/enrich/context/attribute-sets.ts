import { CLEARED } from './draft.ts';
import type { TextTables } from './draft.ts';
import { WordTable } from './sequence-table.ts';

/** Sets that are remembered by what they were made of, besides those of lists that inherit nothing. */
const MEMO = 4096;

/**
 * Attributes as they are after inheritance: each name once, in alphabetical order, nothing cleared. A set has a
 * number; 0 is the one without attributes.
 */
export class AttributeSets {
  readonly #tables: TextTables;
  readonly #sets = new WordTable();
  readonly #names = new Map<number, string>();
  readonly #memo = new Map<number, number>();
  /** Set plus 1 by the list that it is made of, where nothing is inherited: most of bulk data. */
  #plain = new Uint32Array(256);
  #scratch = new Uint32Array(256);
  #length = 0;

  constructor(tables: TextTables) {
    this.#tables = tables;
    this.#sets.intern(this.#scratch, 0, 0);
  }

  /** How many sets there are. */
  get count(): number {
    return this.#sets.count;
  }

  /** Numbers of names and values, by twos. */
  words(set: number): Uint32Array {
    return this.#sets.items.subarray(this.#sets.start(set), this.#sets.start(set + 1));
  }

  /** Name of an attribute by its number. */
  name(number: number): string {
    let name = this.#names.get(number);
    if (name === undefined) this.#names.set(number, (name = this.#tables.texts.text(number)));
    return name;
  }

  /** A value by its number. */
  valueText(number: number): string {
    return this.#tables.texts.text(number);
  }

  /** The set that a list of attributes makes of the set that it inherits. */
  merge(inherited: number, list: number): number {
    if (list === this.#tables.none) return inherited;
    if (inherited === 0) return this.#ofList(list);
    const key = inherited * 0x40000000 + list;
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    const set = this.#make(inherited, list);
    if (this.#memo.size < MEMO) this.#memo.set(key, set);
    return set;
  }

  #ofList(list: number): number {
    if (list >= this.#plain.length) {
      const grown = new Uint32Array(Math.max(2 * this.#plain.length, list + 1));
      grown.set(this.#plain);
      this.#plain = grown;
    }
    return (this.#plain[list] ||= this.#make(0, list) + 1) - 1;
  }

  #make(inherited: number, list: number): number {
    const { attributes } = this.#tables;
    this.#begin(inherited);
    for (let i = attributes.start(list); i < attributes.start(list + 1); i += 2) {
      this.#apply(attributes.items[i]!, attributes.items[i + 1]!);
    }
    return this.#sets.intern(this.#scratch, 0, this.#length);
  }

  #begin(set: number): void {
    const words = this.words(set);
    if (words.length + 256 > this.#scratch.length) this.#scratch = new Uint32Array(2 * words.length + 256);
    this.#scratch.set(words);
    this.#length = words.length;
  }

  #apply(name: number, value: number): void {
    const merged = this.#scratch;
    const text = this.name(name);
    let at = 0;
    while (at < this.#length && merged[at] !== name && this.name(merged[at]!) < text) at += 2;
    const found = at < this.#length && merged[at] === name;
    if (value === CLEARED) {
      if (!found) return;
      merged.copyWithin(at, at + 2, this.#length);
      this.#length -= 2;
      return;
    }
    if (!found) {
      merged.copyWithin(at + 2, at, this.#length);
      this.#length += 2;
    }
    merged[at] = name;
    merged[at + 1] = value;
  }
}

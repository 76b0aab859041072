import { ByteTable } from './byte-table.ts';
import { CLEARED } from './draft.ts';
import type { TextTables } from './draft.ts';

/**
 * Attributes as they are after inheritance: each name once, in alphabetical order, nothing cleared. A set has a
 * number; 0 is the one without attributes.
 */
export class AttributeSets {
  readonly #tables: TextTables;
  readonly #sets = new ByteTable();
  readonly #names = new Map<number, string>();
  readonly #scratch: number[] = [];

  constructor(tables: TextTables) {
    this.#tables = tables;
    this.#sets.internWords(new Uint32Array(0), 0);
  }

  /** How many sets there are. */
  get count(): number {
    return this.#sets.count;
  }

  /** Numbers of names and values, by twos. */
  words(set: number): Uint32Array {
    return this.#sets.words(set);
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
    const merged = this.#scratch;
    merged.length = 0;
    merged.push(...this.words(inherited));
    const own = this.#tables.attributes.words(list);
    for (let i = 0; i < own.length; i += 2) this.#apply(merged, own[i]!, own[i + 1]!);
    return this.#sets.internWords(Uint32Array.from(merged), merged.length);
  }

  #apply(merged: number[], name: number, value: number): void {
    const text = this.name(name);
    let at = 0;
    while (at < merged.length && merged[at] !== name && this.name(merged[at]!) < text) at += 2;
    const found = merged[at] === name ? 2 : 0;
    if (value === CLEARED) merged.splice(at, found);
    else merged.splice(at, found, name, value);
  }
}

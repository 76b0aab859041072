import { MAX_ATTRIBUTES, MAX_VALUE } from './limits.ts';
import { CLEARED } from './draft.ts';
import type { TextTables } from './draft.ts';

/** Puts a list of attributes together, again and again. */
export class AttributeList {
  readonly #tables: TextTables;
  #words = new Uint32Array(16);
  #length = 0;

  constructor(tables: TextTables) {
    this.#tables = tables;
  }

  /**
   * Adds an attribute; `null` clears it.
   *
   * @returns a sentence for people when that is not possible
   */
  add(name: string, value: string | null): string | undefined {
    if (value !== null && Buffer.byteLength(value) > MAX_VALUE) return tooLong;
    const { texts } = this.#tables;
    return this.addNumbers(texts.internText(name), value === null ? CLEARED : texts.internText(value));
  }

  /** The same with a value of the octets from `from` to `to`. */
  addOctets(name: number, octets: Uint8Array, from: number, to: number): string | undefined {
    if (to - from > MAX_VALUE) return tooLong;
    return this.addNumbers(name, this.#tables.texts.intern(octets, from, to));
  }

  /** The same with a name and a value that have numbers already. */
  addNumbers(name: number, value: number): string | undefined {
    if (this.#length === 2 * MAX_ATTRIBUTES) return `there are more than ${MAX_ATTRIBUTES} attributes`;
    if (this.#length === this.#words.length) {
      const grown = new Uint32Array(2 * this.#length);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[this.#length++] = name;
    this.#words[this.#length++] = value;
    return undefined;
  }

  /** Number of the list, which is empty again afterwards. */
  finish(): number {
    const number = this.#tables.attributes.intern(this.#words, 0, this.#length);
    this.#length = 0;
    return number;
  }
}

const tooLong = `is longer than ${MAX_VALUE} octets`;

import { randomBytes } from 'node:crypto';

/**
 * Sequences of octets, each held once and named by a number, counted from 0: the strings of a context, and whatever
 * else has to be told apart by its content.
 *
 * A million of them are typed arrays and no object each, where a `Map` of strings would take 100 MB.
 */
export class ByteTable {
  count = 0;
  #octets = new Uint8Array(1024);
  /** Where each sequence begins, and the end of the last one. */
  #starts = new Uint32Array(256);
  /** Numbers plus 1 by hash; 0 = free. The size is a power of two. */
  #slots = new Uint32Array(512);

  /** Octets of all sequences, one after the other; what lies behind the last one is spare. */
  get octets(): Uint8Array {
    return this.#octets;
  }

  /** Where each sequence begins in {@link octets}, and where the last one ends. */
  get starts(): Uint32Array {
    return this.#starts.subarray(0, this.count + 1);
  }

  /** Where a sequence begins in {@link octets}; for {@link count}, where the last one ends. */
  start(number: number): number {
    return this.#starts[number]!;
  }

  /** Number of the sequence from `from` to `to` of `source`, which is added if it is not there. */
  intern(source: Uint8Array, from = 0, to = source.length): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(source, from, to) & mask;
    for (let held; (held = this.#slots[slot]!) !== 0; slot = (slot + 1) & mask) {
      if (this.#equals(held - 1, source, from, to)) return held - 1;
    }
    const number = this.#append(source, from, to);
    this.#slots[slot] = number + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  /** Number of a text, in UTF-8. */
  internText(text: string): number {
    const { read, written } = encoder.encodeInto(text, scratch);
    if (read === text.length) return this.intern(scratch, 0, written);
    return this.intern(encoder.encode(text));
  }

  /** Number of a sequence of words. */
  internWords(words: Uint32Array, count: number): number {
    return this.intern(new Uint8Array(words.buffer, words.byteOffset, count * 4));
  }

  /** The sequence as text. */
  text(number: number): string {
    return decoder.decode(this.#octets.subarray(this.#starts[number], this.#starts[number + 1]));
  }

  /** The sequence of words (a copy). */
  words(number: number): Uint32Array {
    return new Uint32Array(this.#octets.slice(this.#starts[number], this.#starts[number + 1]).buffer);
  }

  #equals(number: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[number]!;
    if (this.#starts[number + 1]! - start !== to - from) return false;
    const octets = this.#octets;
    for (let i = from, at = start; i < to; i++, at++) if (octets[at] !== source[i]) return false;
    return true;
  }

  #append(source: Uint8Array, from: number, to: number): number {
    const start = this.#starts[this.count]!;
    const end = start + to - from;
    if (end > this.#octets.length) {
      const grown = new Uint8Array(Math.max(end, Math.ceil(this.#octets.length * 1.5)));
      grown.set(this.#octets);
      this.#octets = grown;
    }
    for (let i = from, at = start; i < to; i++, at++) this.#octets[at] = source[i]!;
    const number = this.count++;
    if (this.count === this.#starts.length) {
      const grown = new Uint32Array(Math.ceil(this.#starts.length * 1.5));
      grown.set(this.#starts);
      this.#starts = grown;
    }
    this.#starts[this.count] = end;
    return number;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = hashOf(this.#octets, this.#starts[number]!, this.#starts[number + 1]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const scratch = new Uint8Array(4096);

/** Another one in each process: nobody can choose texts that all fall into one slot. */
const seed = 0x811c9dc5 ^ randomBytes(4).readUInt32LE();

/** FNV-1a, with its bits mixed once more: the low ones choose the slot. */
function hashOf(octets: Uint8Array, from: number, to: number): number {
  let hash = seed;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ octets[i]!, 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85ebca6b) ^ (hash >>> 13);
}

import { randomBytes } from 'node:crypto';

/** Another one in each process: nobody can choose sequences that all fall into one slot. */
const seed = 0x811c9dc5 ^ randomBytes(4).readUInt32LE();

/**
 * Sequences of octets or of words, each held once and named by a number, counted from 0.
 *
 * A million of them are typed arrays and no object each, where a `Map` of strings would take 100 MB.
 */
export class SequenceTable<Items extends Uint8Array | Uint32Array> {
  count = 0;
  #items: Items;
  /** Where each sequence begins, and the end of the last one. */
  #starts = new Uint32Array(256);
  /** Numbers plus 1 by hash; 0 = free. The size is a power of two. */
  #slots = new Uint32Array(512);
  /** Hash of each sequence: asked before a sequence is compared, and when there are more slots. */
  #hashes = new Int32Array(256);

  /** @param items memory to begin with */
  constructor(items: Items) {
    this.#items = items;
  }

  /** All sequences, one after the other; what lies behind the last one is spare. */
  get items(): Items {
    return this.#items;
  }

  /** Where each sequence begins in {@link items}, and where the last one ends. */
  get starts(): Uint32Array {
    return this.#starts.subarray(0, this.count + 1);
  }

  /** Where a sequence begins in {@link items}; for {@link count}, where the last one ends. */
  start(number: number): number {
    return this.#starts[number]!;
  }

  /** Number of the sequence from `from` to `to` of `source`, which is added if it is not there. */
  intern(source: Items, from = 0, to = source.length): number {
    const mask = this.#slots.length - 1;
    const hash = hashOf(source, from, to);
    let slot = hash & mask;
    for (let held; (held = this.#slots[slot]!) !== 0; slot = (slot + 1) & mask) {
      if (this.#hashes[held - 1] === hash && this.#equals(held - 1, source, from, to)) return held - 1;
    }
    const number = this.#append(source, from, to);
    if (number === this.#hashes.length) this.#hashes = doubled(this.#hashes);
    this.#hashes[number] = hash;
    this.#slots[slot] = number + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  #equals(number: number, source: Items, from: number, to: number): boolean {
    const start = this.#starts[number]!;
    if (this.#starts[number + 1]! - start !== to - from) return false;
    const items = this.#items;
    for (let i = from, at = start; i < to; i++, at++) if (items[at] !== source[i]) return false;
    return true;
  }

  #append(source: Items, from: number, to: number): number {
    const start = this.#starts[this.count]!;
    const end = start + to - from;
    if (end > this.#items.length) this.#items = grown(this.#items, end);
    const items = this.#items;
    for (let i = from, at = start; i < to; i++, at++) items[at] = source[i]!;
    const number = this.count++;
    if (this.count === this.#starts.length) this.#starts = grown(this.#starts, this.count + 1);
    this.#starts[this.count] = end;
    return number;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = this.#hashes[number]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** Sequences of words. */
export class WordTable extends SequenceTable<Uint32Array> {
  constructor() {
    super(new Uint32Array(256));
  }
}

/** Texts, as sequences of UTF-8 octets. */
export class TextTable extends SequenceTable<Uint8Array> {
  constructor() {
    super(new Uint8Array(1024));
  }

  /** Number of a text. */
  internText(text: string): number {
    const { read, written } = encoder.encodeInto(text, scratch);
    return read === text.length ? this.intern(scratch, 0, written) : this.intern(encoder.encode(text));
  }

  /** The text of a number. */
  text(number: number): string {
    return decoder.decode(this.items.subarray(this.start(number), this.start(number + 1)));
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const scratch = new Uint8Array(4096);

/** A copy with room for so many items, and for half as many again as there were. */
function grown<Items extends Uint8Array | Uint32Array>(items: Items, needed: number): Items {
  const length = Math.max(needed, Math.ceil(items.length * 1.5));
  const larger = items instanceof Uint8Array ? new Uint8Array(length) : new Uint32Array(length);
  larger.set(items);
  return larger as Items;
}

function doubled(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/** FNV-1a, with its bits mixed once more: the low ones choose the slot. */
function hashOf(items: Uint8Array | Uint32Array, from: number, to: number): number {
  let hash = seed;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ items[i]!, 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

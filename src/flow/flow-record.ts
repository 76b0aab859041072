import { ARENA_USED, CUSTOM_ENTRY_WORDS, noCustomFields } from './custom-fields.ts';
import type { CustomField, CustomLayout } from './custom-fields.ts';
import { ADDRESS_WORDS, columns } from './fields.ts';
import type { Column } from './fields.ts';
import { FlowContext } from './flow-context.ts';
import { NATIVE_LITTLE_ENDIAN } from './u64.ts';

/**
 * One flow message. A worker has one instance, resets it and fills it again for every flow: nothing is allocated
 * a flow, and nobody may keep a reference to it past the call that it was handed to.
 *
 * All columns live in one block of 32-bit words whose layout is made from the table in `fields.ts`:
 *
 * - `u32`, `enum`: one word;
 * - `code`: one word with up to four ASCII characters, the first one in its lowest octet;
 * - `u64`: two words, low half first, so that every 64-bit value is exact;
 * - `address`: four words that hold the octets in network byte order, then one word with the length (0, 4 or 16);
 * - lists: one word with the number of entries; the entries are in `lists[column.list]`, one word each, or five
 *   words each (as above) for lists of addresses.
 *
 * Fields of a user's own lie behind the columns: see `custom-fields.ts`.
 *
 * `words` and `octets` are two views of the same memory, so an address copies as words or as octets.
 */
export class FlowRecord {
  readonly words: Uint32Array;
  readonly octets: Uint8Array;
  /** Entries of the list columns. Grown by {@link reserve}; what lies past the count is stale. */
  readonly lists: Uint32Array[];
  /** What the context says of the flow. */
  readonly context = new FlowContext();
  /** The fields of a user's own, and the octets of those of them that are no numbers. Grown when one needs more. */
  readonly custom: CustomLayout;
  arena = new Uint8Array(256);

  constructor(custom: CustomLayout = noCustomFields) {
    this.custom = custom;
    const memory = new ArrayBuffer(custom.words * 4);
    this.words = new Uint32Array(memory);
    this.octets = new Uint8Array(memory);
    this.lists = Array.from({ length: custom.lists }, () => new Uint32Array(16));
  }

  /** Sets every column to zero or empty. */
  reset(): void {
    this.words.fill(0);
    this.context.reset();
  }

  /** Storage of a list with room for `count` words; what was in it stays. */
  reserve(list: number, count: number): Uint32Array {
    let entries = this.lists[list]!;
    if (entries.length < count) {
      const grown = new Uint32Array(Math.max(count, entries.length * 2));
      grown.set(entries);
      this.lists[list] = entries = grown;
    }
    return entries;
  }

  /** Appends one number to a list column. */
  append(column: Column, value: number): void {
    const count = this.words[column.slot]!;
    this.reserve(column.list, count + 1)[count] = value;
    this.words[column.slot] = count + 1;
  }

  /** Appends an address of `length` octets (4 or 16) at `offset` of `from` to a list column. */
  appendAddress(column: Column, from: Uint8Array, offset: number, length: number): void {
    const count = this.words[column.slot]!;
    const at = count * ADDRESS_WORDS;
    const entries = this.reserve(column.list, at + ADDRESS_WORDS);
    for (let i = 0; i < 4; i++) entries[at + i] = 4 * i < length ? wordAt(from, offset + 4 * i) : 0;
    entries[at + 4] = length;
    this.words[column.slot] = count + 1;
  }

  /** Gives a field of a user's own the octets at `at` of `from`; one that is a list gets one more. Always true. */
  putOctets({ slot, presence, list }: CustomField, from: Uint8Array, at: number, length: number): true {
    const { words } = this;
    const start = words[ARENA_USED]!;
    // One octet more, so that what is shown of a value without octets is bounded by the arena too.
    const used = start + length + 1;
    if (used > this.arena.length) this.#growArena(used);
    const { arena } = this;
    for (let i = 0; i < length; i++) arena[start + i] = from[at + i]!;
    words[ARENA_USED] = used;
    if (list < 0) {
      words[slot] = start;
      words[slot + 1] = length;
      words[presence] = 1;
    } else {
      this.#appendCustom(slot, list, start, length);
    }
    return true;
  }

  /** Adds a number to a list of a user's own. */
  appendNumber({ slot, list }: CustomField, high: number, low: number): void {
    this.#appendCustom(slot, list, low, high);
  }

  #appendCustom(slot: number, list: number, first: number, second: number): void {
    const count = this.words[slot]!;
    const at = count * CUSTOM_ENTRY_WORDS;
    const entries = this.reserve(list, at + CUSTOM_ENTRY_WORDS);
    entries[at] = first;
    entries[at + 1] = second;
    this.words[slot] = count + 1;
  }

  #growArena(least: number): void {
    const grown = new Uint8Array(Math.max(least, 2 * this.arena.length));
    grown.set(this.arena);
    this.arena = grown;
  }

  /** Copies an address of `length` octets (4 or 16) into the column whose first word is `slot`. */
  setAddress(slot: number, from: Uint8Array, offset: number, length: number): void {
    const { words, octets } = this;
    words[slot] = words[slot + 1] = words[slot + 2] = words[slot + 3] = 0;
    words[slot + 4] = length;
    const at = slot * 4;
    for (let i = 0; i < length; i++) octets[at + i] = from[offset + i]!;
  }

  /** {@link setAddress} for the 4 octets at `offset` of `from`, which were checked: a word at a time. */
  setIPv4(slot: number, from: DataView, offset: number): void {
    const { words } = this;
    words[slot] = from.getUint32(offset, NATIVE_LITTLE_ENDIAN);
    words[slot + 1] = words[slot + 2] = words[slot + 3] = 0;
    words[slot + 4] = 4;
  }

  /** {@link setAddress} for the 16 octets at `offset` of `from`, which were checked: a word at a time. */
  setIPv6(slot: number, from: DataView, offset: number): void {
    const { words } = this;
    words[slot] = from.getUint32(offset, NATIVE_LITTLE_ENDIAN);
    words[slot + 1] = from.getUint32(offset + 4, NATIVE_LITTLE_ENDIAN);
    words[slot + 2] = from.getUint32(offset + 8, NATIVE_LITTLE_ENDIAN);
    words[slot + 3] = from.getUint32(offset + 12, NATIVE_LITTLE_ENDIAN);
    words[slot + 4] = 16;
  }

  /** A 64-bit column as BigInt: for tests and reports, never on the hot path. */
  bigint(slot: number): bigint {
    return (BigInt(this.words[slot + 1]!) << 32n) | BigInt(this.words[slot]!);
  }

  /** The octets of an address column (a copy): for tests and reports. */
  address(slot: number): Uint8Array {
    return this.octets.slice(slot * 4, slot * 4 + this.words[slot + 4]!);
  }

  /** Makes this record equal to another of the same layout. */
  copyFrom(other: FlowRecord): void {
    this.words.set(other.words);
    this.context.fragments.set(other.context.fragments);
    this.context.banks = [...other.context.banks];
    for (const column of columns) {
      if (column.list < 0) continue;
      const count = other.words[column.slot]! * (column.type === 'address[]' ? ADDRESS_WORDS : 1);
      this.reserve(column.list, count).set(other.lists[column.list]!.subarray(0, count));
    }
    for (const { slot, list } of this.custom.fields) {
      if (list < 0) continue;
      const count = other.words[slot]! * CUSTOM_ENTRY_WORDS;
      this.reserve(list, count).set(other.lists[list]!.subarray(0, count));
    }
    this.arena = other.arena.slice();
  }
}

/** Four octets as the word that has them in the same order in memory. */
export function wordAt(octets: Uint8Array, at: number): number {
  const a = octets[at]!;
  const b = octets[at + 1]!;
  const c = octets[at + 2]!;
  const d = octets[at + 3]!;
  return NATIVE_LITTLE_ENDIAN ? a | (b << 8) | (c << 16) | (d << 24) : d | (c << 8) | (b << 16) | (a << 24);
}

/** Re-exported so that whoever copies words knows how the octets of an address lie in them. */
export { NATIVE_LITTLE_ENDIAN };

import { column, wordsOf } from '../flow/fields.ts';
import type { Column, ColumnName } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { Kind, kindOf, tagOf } from '../format/binary-plan.ts';
import { putCode } from '../format/binary-reader.ts';
import { pastVarint, VARINT_U64_MAX, VarintReader, WireType } from '../format/varint.ts';
import type { MessageStream } from './message-stream.ts';

/** Tags of one and two octets: those of all columns. */
const TAGS = 1 << 14;

/** Where the words of an address have its length. */
const ADDRESS_LENGTH = 4;

/** Index of a field that is passed. */
const PASSED = 0;

/**
 * Finds in the octets of a message what an enricher looks at, the addresses, and what it replaces. All other fields are
 * passed, whatever they are: the message is never taken apart.
 */
export class MessageScan {
  /** Columns whose fields are left out of {@link kept}. */
  readonly replaced: readonly Column[];
  /** Where octets begin and end that stay as they are, in pairs, in the order of the last message. */
  kept = new Int32Array(64);
  keptLength = 0;
  readonly #varint = new VarintReader();
  /** Index of each field that is read by its tag, and by that index what it is. */
  readonly #byTag = new Uint8Array(TAGS);
  readonly #kinds = new Uint8Array(16);
  readonly #slots = new Int32Array(16);
  /** Words of the record that are zero where a message does not have what is read. */
  readonly #emptied: Int32Array;
  #length = 0;
  #taken = false;

  /** @param replaced columns that are given other values */
  constructor(replaced: readonly ColumnName[]) {
    this.replaced = replaced.map(column);
    const addresses = (['src_addr', 'dst_addr'] as const).map(column);
    const scanned = [...addresses, ...this.replaced];
    this.#emptied = Int32Array.from([
      ...addresses.map(({ slot }) => slot + ADDRESS_LENGTH),
      ...this.replaced.flatMap(wordsOf),
    ]);
    scanned.forEach((one, i) => {
      const index = PASSED + 1 + i;
      this.#byTag[tagOf(one)] = index;
      this.#kinds[index] = kindOf(one);
      this.#slots[index] = one.slot;
    });
  }

  /**
   * Reads the message that a stream has found into a record, of which no other columns are touched. Of a field that is
   * there twice the last one counts. A field of another type than its column has is kept as it is.
   *
   * @returns false for octets that are no message
   */
  read({ bytes, view, from, to }: MessageStream, flow: FlowRecord): boolean {
    const { words } = flow;
    for (let i = 0; i < this.#emptied.length; i++) words[this.#emptied[i]!] = 0;
    this.keptLength = 0;
    const byTag = this.#byTag;
    let pos = from;
    let keep = from;
    while (pos < to) {
      const start = pos;
      let tag = bytes[pos++]!;
      if (tag >= 0x80) {
        pos = this.#varint.read(bytes, start, to);
        if (pos < 0 || this.#varint.high !== 0) return false;
        tag = this.#varint.low;
      }
      const index = (tag & ~(TAGS - 1)) === 0 ? byTag[tag]! : PASSED;
      if (index !== PASSED) {
        pos = this.#take(index, bytes, view, pos, to, flow);
        if (pos < 0) return false;
        if (this.#taken) {
          if (start > keep) this.#keep(keep, start);
          keep = pos;
        }
        continue;
      }
      if (tag >>> 3 === 0) return false;
      const wireType = tag & 7;
      if (wireType === WireType.varint) {
        pos = pos < to && bytes[pos]! < 0x80 ? pos + 1 : pastNumber(bytes, view, pos, to);
        if (pos < 0) return false;
      } else if (wireType === WireType.octets) {
        pos = this.#pastLength(bytes, pos, to);
        if (pos < 0) return false;
        pos += this.#length;
      } else if (wireType === WireType.fixed64 || wireType === WireType.fixed32) {
        pos += wireType === WireType.fixed64 ? 8 : 4;
        if (pos > to) return false;
      } else {
        return false;
      }
    }
    if (to > keep) this.#keep(keep, to);
    return true;
  }

  /** Reads a field that is looked at, behind its tag; the position after it, or -1. {@link #taken}: whether it is replaced. */
  #take(index: number, bytes: Uint8Array, view: DataView, from: number, to: number, flow: FlowRecord): number {
    const kind = this.#kinds[index]!;
    const slot = this.#slots[index]!;
    const { words } = flow;
    this.#taken = false;
    if (kind === Kind.u32 || kind === Kind.u64) {
      const end = this.#varint.read(bytes, from, to);
      if (end < 0) return -1;
      words[slot] = this.#varint.low;
      if (kind === Kind.u64) words[slot + 1] = this.#varint.high;
      this.#taken = true;
      return end;
    }
    const at = this.#pastLength(bytes, from, to);
    if (at < 0) return -1;
    const length = this.#length;
    if (kind === Kind.code) this.#taken = putCode(bytes, at, length, words, slot);
    else if (length === 4) flow.setIPv4(slot, view, at);
    else if (length === 16) flow.setIPv6(slot, view, at);
    else if (length === 0) words[slot + ADDRESS_LENGTH] = 0;
    return at + length;
  }

  /** Reads the length of octets that are all there into {@link #length}; the position after it, or -1. */
  #pastLength(bytes: Uint8Array, from: number, to: number): number {
    const end = this.#varint.read(bytes, from, to);
    this.#length = this.#varint.low >>> 0;
    return end < 0 || this.#varint.high !== 0 || this.#length > to - end ? -1 : end;
  }

  #keep(start: number, end: number): void {
    if (this.keptLength + 2 > this.kept.length) {
      const larger = new Int32Array(2 * this.kept.length);
      larger.set(this.kept);
      this.kept = larger;
    }
    this.kept[this.keptLength++] = start;
    this.kept[this.keptLength++] = end;
  }
}

const CONTINUED = 0x80808080;

/** {@link pastVarint}, four octets at a time where there are enough of them. */
function pastNumber(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  if (from + VARINT_U64_MAX > to) return pastVarint(bytes, from, to);
  const first = ~view.getInt32(from, true) & CONTINUED;
  if (first !== 0) return from + octetsTo(first);
  const second = ~view.getInt32(from + 4, true) & CONTINUED;
  if (second !== 0) return from + 4 + octetsTo(second);
  if (bytes[from + 8]! < 0x80) return from + 9;
  return bytes[from + 9]! < 0x80 ? from + 10 : -1;
}

/** How many octets there are to the end of the first one that is marked. */
function octetsTo(marks: number): number {
  return (32 - Math.clz32(marks & -marks)) >> 3;
}

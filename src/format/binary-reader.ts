/** Flow messages as `BinaryFormat` and other programs write them, read into a record. */
import { countryColumns, columns, optionalColumns } from '../flow/fields.ts';
import type { Column } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { Kind, kindOf } from './binary-plan.ts';
import { VARINT_U64_MAX } from './varint.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const NOT_READ = -1;

/** Reads messages. What is in no column of a record is not lost: {@link others} says where it is. */
export class BinaryReader {
  /** Where fields that became no column begin and end, in pairs, in the order of the last message. */
  others = new Int32Array(64);
  othersLength = 0;
  /** The columns that are read, by their numbers. */
  readonly #columns: (Column | undefined)[];
  readonly #kinds: Int8Array;
  readonly #slots: Int32Array;
  #low = 0;
  #high = 0;

  /** @param read the columns that are read: the others stay in {@link others} */
  constructor(read: readonly Column[] = [...columns, ...optionalColumns, ...countryColumns]) {
    const numbers = 1 + Math.max(...read.map(({ number }) => number));
    this.#columns = Array.from({ length: numbers });
    this.#kinds = new Int8Array(numbers).fill(NOT_READ);
    this.#slots = new Int32Array(numbers);
    for (const column of read) {
      this.#columns[column.number] = column;
      this.#kinds[column.number] = kindOf(column);
      this.#slots[column.number] = column.slot;
    }
  }

  /**
   * Reads the message from `from` to `to` into a record, whatever was in it. Of a field that is there twice the last
   * one counts. A field of another type than its column has is kept as it is.
   *
   * @returns false for octets that are no message
   */
  read(bytes: Uint8Array, from: number, to: number, flow: FlowRecord): boolean {
    flow.reset();
    this.othersLength = 0;
    const kinds = this.#kinds;
    let pos = from;
    while (pos < to) {
      const start = pos;
      let tag = bytes[pos++]!;
      if (tag >= 0x80) {
        pos = this.#varint(bytes, start, to);
        if (pos < 0 || this.#high !== 0) return false;
        tag = this.#low;
      }
      const number = tag >>> 3;
      if (number === 0) return false;
      const wireType = tag & 7;
      const kind = number < kinds.length ? kinds[number]! : NOT_READ;
      let taken = false;
      if (wireType === VARINT) {
        if (kind === NOT_READ) {
          pos = pastVarint(bytes, pos, to);
          if (pos < 0) return false;
        } else {
          pos = this.#varint(bytes, pos, to);
          if (pos < 0) return false;
          taken = this.#putNumber(kind, number, flow);
        }
      } else if (wireType === LENGTH_DELIMITED) {
        pos = this.#varint(bytes, pos, to);
        const length = this.#low >>> 0;
        if (pos < 0 || this.#high !== 0 || length > to - pos) return false;
        if (kind !== NOT_READ) taken = this.#putOctets(kind, number, bytes, pos, length, flow);
        pos += length;
      } else if (wireType === FIXED64 || wireType === FIXED32) {
        pos += wireType === FIXED64 ? 8 : 4;
        if (pos > to) return false;
      } else {
        return false;
      }
      if (!taken) this.#keep(start, pos);
    }
    return true;
  }

  #putNumber(kind: number, number: number, flow: FlowRecord): boolean {
    const { words } = flow;
    if (kind === Kind.u32) words[this.#slots[number]!] = this.#low;
    else if (kind === Kind.u64) {
      words[this.#slots[number]!] = this.#low;
      words[this.#slots[number]! + 1] = this.#high;
    } else if (kind === Kind.u32List) flow.append(this.#columns[number]!, this.#low);
    else return false;
    return true;
  }

  #putOctets(kind: number, number: number, bytes: Uint8Array, at: number, length: number, flow: FlowRecord): boolean {
    const isAddress = length === 4 || length === 16;
    switch (kind) {
      case Kind.address:
        if (!isAddress && length !== 0) return false;
        flow.setAddress(this.#slots[number]!, bytes, at, length);
        return true;
      case Kind.addressList:
        if (isAddress) flow.appendAddress(this.#columns[number]!, bytes, at, length);
        return isAddress;
      case Kind.u32List:
        return this.#putPacked(this.#columns[number]!, bytes, at, at + length, flow);
      case Kind.code:
        return putCode(bytes, at, length, flow.words, this.#slots[number]!);
      default:
        return false;
    }
  }

  /** All entries or, of a list that cannot be read, none. */
  #putPacked(column: Column, bytes: Uint8Array, from: number, to: number, flow: FlowRecord): boolean {
    const before = flow.words[column.slot]!;
    for (let pos = from; pos < to;) {
      pos = this.#varint(bytes, pos, to);
      if (pos < 0) {
        flow.words[column.slot] = before;
        return false;
      }
      flow.append(column, this.#low >>> 0);
    }
    return true;
  }

  #keep(start: number, end: number): void {
    if (this.othersLength + 2 > this.others.length) {
      const larger = new Int32Array(2 * this.others.length);
      larger.set(this.others);
      this.others = larger;
    }
    this.others[this.othersLength++] = start;
    this.others[this.othersLength++] = end;
  }

  /** Reads a number into its two halves; the position after it, or -1. */
  #varint(bytes: Uint8Array, from: number, to: number): number {
    if (from >= to) return -1;
    const first = bytes[from]!;
    this.#high = 0;
    if (first < 0x80) {
      this.#low = first;
      return from + 1;
    }
    let low = first & 0x7f;
    let high = 0;
    for (let pos = from + 1, shift = 7; pos < to; pos++, shift += 7) {
      const octet = bytes[pos]!;
      const bits = octet & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (octet < 0x80) {
        this.#low = low;
        this.#high = high;
        return pos + 1;
      }
      if (shift === 63) return -1;
    }
    return -1;
  }
}

/** The position after a number that nobody asks for, or -1. */
function pastVarint(bytes: Uint8Array, from: number, to: number): number {
  const end = Math.min(to, from + VARINT_U64_MAX);
  for (let pos = from; pos < end;) if (bytes[pos++]! < 0x80) return pos;
  return -1;
}

/** Letters and digits, four at most; anything else is no code. */
function putCode(bytes: Uint8Array, at: number, length: number, words: Uint32Array, slot: number): boolean {
  if (length > 4) return false;
  let code = 0;
  for (let i = length - 1; i >= 0; i--) {
    const octet = bytes[at + i]!;
    const letter = octet | 0x20;
    if (!((letter >= 0x61 && letter <= 0x7a) || (octet >= 0x30 && octet <= 0x39))) return false;
    code = (code << 8) | octet;
  }
  words[slot] = code;
  return true;
}

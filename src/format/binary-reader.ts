/** Flow messages as `BinaryFormat` and other programs write them, read into a record. */
import { countryColumns, columns, optionalColumns } from '../flow/fields.ts';
import type { Column } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { Kind, kindOf } from './binary-plan.ts';
import { pastVarint, VarintReader, WireType } from './varint.ts';

const NOT_READ = -1;

/**
 * Reads the message from `at` to `end` into the record that it was made for; false for octets that are no message.
 * `bytes` and `view` are of the same memory, and have {@link READ_SLACK} octets behind the message.
 */
export type MessageReader = (bytes: Uint8Array, view: DataView, at: number, end: number) => boolean;

/** Octets behind the end of a message that a reader may look at: a tag, and an address with its length. */
export const READ_SLACK = 32;

/** Reads messages. What is in no column of a record is not lost: {@link others} says where it is. */
export class BinaryReader {
  /** Where fields that became no column begin and end, in pairs, in the order of the last message. */
  others = new Int32Array(64);
  othersLength = 0;
  /** The columns that are read, by their numbers. */
  readonly #columns: (Column | undefined)[];
  readonly #kinds: Int8Array;
  readonly #slots: Int32Array;
  readonly #varint = new VarintReader();

  constructor() {
    const read = [...columns, ...optionalColumns, ...countryColumns];
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
    this.begin(flow);
    let pos = from;
    while (pos >= 0 && pos < to) pos = this.readField(bytes, pos, to, flow);
    return pos >= 0;
  }

  /** Another message comes, into this record. */
  begin(flow: FlowRecord): void {
    flow.words.fill(0);
    this.beginEmpty(flow);
  }

  /** Another message comes, into this record whose words are zero. */
  beginEmpty(flow: FlowRecord): void {
    flow.context.reset();
    this.othersLength = 0;
  }

  /** Reads the field at `start`; the position after it, or -1 where there is none before `to`. */
  readField(bytes: Uint8Array, start: number, to: number, flow: FlowRecord): number {
    const kinds = this.#kinds;
    const varint = this.#varint;
    let pos = start;
    let tag = bytes[pos++]!;
    if (tag >= 0x80) {
      pos = varint.read(bytes, start, to);
      if (pos < 0 || varint.high !== 0) return -1;
      tag = varint.low;
    }
    const number = tag >>> 3;
    if (number === 0) return -1;
    const wireType = tag & 7;
    const kind = number < kinds.length ? kinds[number]! : NOT_READ;
    let taken = false;
    if (wireType === WireType.varint) {
      if (kind === NOT_READ) {
        pos = pastVarint(bytes, pos, to);
        if (pos < 0) return -1;
      } else {
        pos = varint.read(bytes, pos, to);
        if (pos < 0) return -1;
        taken = this.#putNumber(kind, number, flow);
      }
    } else if (wireType === WireType.octets) {
      pos = varint.read(bytes, pos, to);
      const length = varint.low >>> 0;
      if (pos < 0 || varint.high !== 0 || length > to - pos) return -1;
      if (kind !== NOT_READ) taken = this.#putOctets(kind, number, bytes, pos, length, flow);
      pos += length;
    } else if (wireType === WireType.fixed64 || wireType === WireType.fixed32) {
      pos += wireType === WireType.fixed64 ? 8 : 4;
      if (pos > to) return -1;
    } else {
      return -1;
    }
    if (!taken) this.#keep(start, pos);
    return pos;
  }

  #putNumber(kind: number, number: number, flow: FlowRecord): boolean {
    const { words } = flow;
    const varint = this.#varint;
    if (kind === Kind.u32) words[this.#slots[number]!] = varint.low;
    else if (kind === Kind.u64) {
      words[this.#slots[number]!] = varint.low;
      words[this.#slots[number]! + 1] = varint.high;
    } else if (kind === Kind.u32List) flow.append(this.#columns[number]!, varint.low);
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
    const varint = this.#varint;
    const before = flow.words[column.slot]!;
    for (let pos = from; pos < to;) {
      pos = varint.read(bytes, pos, to);
      if (pos < 0) {
        flow.words[column.slot] = before;
        return false;
      }
      flow.append(column, varint.low >>> 0);
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
}

/** Letters and digits, four at most; anything else is no code. */
export function putCode(bytes: Uint8Array, at: number, length: number, words: Uint32Array, slot: number): boolean {
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

import { ADDRESS_WORDS, columns } from '../flow/fields.ts';
import type { Column, ColumnType } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Format } from './format.ts';
import {
  VARINT_SLACK,
  VARINT_U32_MAX,
  VARINT_U64_MAX,
  varintLength,
  writeVarint,
  writeVarint64,
  writeVarintExactly,
} from './varint.ts';

/** Protobuf wire types: a varint, or octets with their length before them. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

const U32 = 0;
const U64 = 1;
const ADDRESS = 2;
const U32_LIST = 3;
const ADDRESS_LIST = 4;

const kinds: Record<ColumnType, number> = {
  u32: U32,
  enum: U32,
  u64: U64,
  address: ADDRESS,
  'u32[]': U32_LIST,
  'enum[]': U32_LIST,
  'address[]': ADDRESS_LIST,
};

/**
 * A column as numbers in a row, which the loop over all columns reads faster than objects (measured: by a quarter).
 * `tag` is field number and wire type as a varint, the first octet lowest; numbers up to 2,047 take at most two.
 */
const KIND = 0;
const SLOT = 1;
const LIST = 2;
const TAG = 3;
const TAG_LENGTH = 4;
const STEP = 5;

const TAG_MAX = 2;
/** Octets of an address with its length. */
const ADDRESS_MAX = 1 + 16;
/** Most octets of one entry of a list. */
const ENTRY_MAX = TAG_MAX + ADDRESS_MAX;

function toStep(column: Column): number[] {
  const kind = kinds[column.type];
  const tag = (column.number << 3) | (kind === U32 || kind === U64 ? VARINT : LENGTH_DELIMITED);
  const octets = tag < 0x80 ? tag : (tag & 0x7f) | 0x80 | ((tag >> 7) << 8);
  const step = new Array<number>(STEP);
  step[KIND] = kind;
  step[SLOT] = column.slot;
  step[LIST] = column.list;
  step[TAG] = octets;
  step[TAG_LENGTH] = varintLength(tag);
  return step;
}

/** Most octets of a column; of a list without its entries. */
function fixedBound({ type }: Column): number {
  switch (kinds[type]) {
    case U64:
      return TAG_MAX + VARINT_U64_MAX;
    case ADDRESS:
      return TAG_MAX + ADDRESS_MAX;
    default:
      return TAG_MAX + VARINT_U32_MAX;
  }
}

/** All columns, ascending by field number. A constant of the module, so that its place and size are known to the compiler. */
const steps = Int32Array.from([...columns].sort((a, b) => a.number - b.number).flatMap(toStep));

const lists = columns.filter((column) => column.list >= 0);
const fixedMax = columns.reduce((sum, column) => sum + fixedBound(column), VARINT_U32_MAX + VARINT_SLACK);

/**
 * A `FlowMessage` of `pb/flow.proto`, with its length as a varint before it. Fields stand in ascending order of
 * their numbers, zero and empty ones are left out, lists of numbers are packed.
 */
class BinaryFormat implements Format {
  /** Octets of the length of the message before: the guess for the next one. */
  #prefix = 1;

  bound(flow: FlowRecord): number {
    let bound = fixedMax;
    for (let i = 0; i < lists.length; i++) bound += flow.words[lists[i]!.slot]! * ENTRY_MAX;
    return bound;
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    const { view, pos: start } = out;
    const body = start + this.#prefix;
    const end = writeColumns(flow, view, body);
    const length = end - body;
    const prefix = varintLength(length);
    if (prefix !== this.#prefix) {
      out.bytes.copyWithin(start + prefix, body, end);
      this.#prefix = prefix;
    }
    writeVarintExactly(view, start, length);
    out.pos = start + prefix + length;
  }
}

function writeColumns(flow: FlowRecord, view: DataView, start: number): number {
  const { words } = flow;
  let pos = start;
  for (let i = 0; i < steps.length; i += STEP) {
    const kind = steps[i + KIND]!;
    const slot = steps[i + SLOT]!;
    if (kind === U32) {
      const value = words[slot]! | 0;
      if (value === 0) continue;
      view.setUint16(pos, steps[i + TAG]!, true);
      pos += steps[i + TAG_LENGTH]!;
      // Most values are small: one octet is written here, without a call.
      if (value >>> 0 < 0x80) view.setUint8(pos++, value);
      else pos = writeVarint(view, pos, value);
    } else if (kind === U64) {
      if ((words[slot]! | words[slot + 1]!) === 0) continue;
      view.setUint16(pos, steps[i + TAG]!, true);
      pos = writeVarint64(view, pos + steps[i + TAG_LENGTH]!, words, slot);
    } else if (kind === ADDRESS) {
      if (words[slot + 4] === 0) continue;
      view.setUint16(pos, steps[i + TAG]!, true);
      pos = writeAddressOctets(view, pos + steps[i + TAG_LENGTH]!, words, slot);
    } else if (words[slot] !== 0) {
      pos = writeList(flow, view, pos, i);
    }
  }
  return pos;
}

function writeList(flow: FlowRecord, view: DataView, start: number, step: number): number {
  const count = flow.words[steps[step + SLOT]!]!;
  const entries = flow.lists[steps[step + LIST]!]!;
  const tag = steps[step + TAG]!;
  const tagLength = steps[step + TAG_LENGTH]!;
  if (steps[step + KIND] === U32_LIST) {
    view.setUint16(start, tag, true);
    return writePacked(view, start + tagLength, entries, count);
  }
  let pos = start;
  for (let i = 0; i < count; i++) {
    view.setUint16(pos, tag, true);
    pos = writeAddressOctets(view, pos + tagLength, entries, i * ADDRESS_WORDS);
  }
  return pos;
}

/** Writes the length of the address at word `at`, and the address. */
function writeAddressOctets(view: DataView, pos: number, words: Uint32Array, at: number): number {
  const length = words[at + 4]!;
  view.setUint8(pos, length);
  view.setUint32(pos + 1, words[at]!, NATIVE_LITTLE_ENDIAN);
  if (length <= 4) return pos + 1 + length;
  view.setUint32(pos + 5, words[at + 1]!, NATIVE_LITTLE_ENDIAN);
  view.setUint32(pos + 9, words[at + 2]!, NATIVE_LITTLE_ENDIAN);
  view.setUint32(pos + 13, words[at + 3]!, NATIVE_LITTLE_ENDIAN);
  return pos + 1 + length;
}

/** Writes numbers as one packed field, after the tag. */
function writePacked(view: DataView, pos: number, entries: Uint32Array, count: number): number {
  let length = 0;
  for (let i = 0; i < count; i++) length += varintLength(entries[i]! | 0);
  let next = writeVarint(view, pos, length);
  for (let i = 0; i < count; i++) next = writeVarint(view, next, entries[i]! | 0);
  return next;
}

/** The format `bin`. Columns are what the schema has, whatever the options say. */
export function createBinaryFormat(): Format {
  return new BinaryFormat();
}

import { slotOf } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { writeColumns } from './binary-columns.ts';
import { boundOf, interpretCustom } from './binary-custom.ts';
import { interpretBound } from './bound.ts';
import type { ColumnsWriter } from './binary-plan.ts';
import type { Bound } from './bound.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Format, FormatOptions } from './format.ts';
import { varintLength, writeVarintExactly } from './varint.ts';

const PROTO = slotOf('proto');

/** Where a record has the octets of its source address. */
const SRC_ADDR_LENGTH = slotOf('src_addr') + 4;

/** Messages that are of much the same length: those of a family, and of an IP protocol by its lowest bits. */
const KINDS = 64;

function kindOf(words: Uint32Array): number {
  return ((words[SRC_ADDR_LENGTH]! & 16) << 1) | (words[PROTO]! & 31);
}

/**
 * A `FlowMessage` of `pb/flow.proto`, with its length as a varint before it. Fields stand in ascending order of
 * their numbers, zero and empty ones are left out, lists of numbers are packed. Then comes the context, and fields of a
 * user's own come last.
 */
export class BinaryFormat implements Format {
  readonly #writeBody: ColumnsWriter;
  readonly #bound: Bound;
  /** Octets of the length of most messages of each kind: the guess for the next one. */
  readonly #prefixes = new Uint8Array(KINDS).fill(1);
  /** Whether the guess was wrong for the last one: it changes when that is so twice in a row. */
  readonly #wrong = new Uint8Array(KINDS);
  readonly #context: boolean;

  /** @param writeBody what writes all that follows the length */
  constructor(writeBody: ColumnsWriter, bound: Bound, { context = false }: FormatOptions = {}) {
    this.#writeBody = writeBody;
    this.#bound = bound;
    this.#context = context;
  }

  bound(flow: FlowRecord): number {
    const bound = this.#bound(flow);
    return this.#context ? bound + flow.context.octets : bound;
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    const { view, pos: start } = out;
    const kind = kindOf(flow.words);
    const guess = this.#prefixes[kind]!;
    const end = this.#writeBody(view, start + guess, flow);
    const length = end - start - guess;
    const prefix = length < 0x80 ? 1 : length < 0x4000 ? 2 : varintLength(length);
    if (prefix !== guess) {
      moveOctets(view, start + guess, end, prefix - guess);
      if (this.#wrong[kind] === 1) this.#prefixes[kind] = prefix;
      this.#wrong[kind] = 1;
    } else if (this.#wrong[kind] !== 0) this.#wrong[kind] = 0;
    if (prefix === 1) view.setUint8(start, length);
    else writeVarintExactly(view, start, length);
    out.pos = start + prefix + length;
  }
}

/** Moves what is from `from` to before `to` up or down by some octets: for so few of them quicker than the built-in. */
function moveOctets(view: DataView, from: number, to: number, by: number): void {
  let [first, last] = [from, to];
  if (by < 0) {
    for (; first + 4 <= last; first += 4) view.setInt32(first + by, view.getInt32(first));
    for (; first < last; first++) view.setUint8(first + by, view.getUint8(first));
  } else {
    for (; last - 4 >= first; last -= 4) view.setInt32(last - 4 + by, view.getInt32(last - 4));
    for (; last > first; last--) view.setUint8(last - 1 + by, view.getUint8(last - 1));
  }
}

/** What writes all of a message but its length, interpreted. */
function interpretBody({ custom, context }: FormatOptions): ColumnsWriter {
  const writeCustom = custom === undefined ? undefined : interpretCustom(custom);
  return (view, pos, flow) => {
    let end = writeColumns(view, pos, flow);
    if (context === true) end = flow.context.copy(view, end);
    return writeCustom === undefined ? end : writeCustom(view, end, flow);
  };
}

/** The format `bin`, interpreted. Columns are what the schema has, whatever the options say. */
export function createBinaryFormat(options: FormatOptions = {}): Format {
  return new BinaryFormat(interpretBody(options), interpretBound(boundOf(options.custom)), options);
}

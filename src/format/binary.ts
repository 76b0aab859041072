import { slotOf } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { writeColumns } from './binary-columns.ts';
import { binaryBound } from './binary-plan.ts';
import { interpretBound } from './bound.ts';
import type { Bound } from './bound.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Format, FormatOptions } from './format.ts';
import { varintLength, writeVarintExactly } from './varint.ts';

/** Where a record has the octets of its source address. */
const SRC_ADDR_LENGTH = slotOf('src_addr') + 4;

/** Writes the columns of a flow at `pos` and returns the position after them. */
export type ColumnsWriter = (view: DataView, pos: number, flow: FlowRecord) => number;

/**
 * A `FlowMessage` of `pb/flow.proto`, with its length as a varint before it. Fields stand in ascending order of
 * their numbers, zero and empty ones are left out, lists of numbers are packed. The context comes last.
 */
export class BinaryFormat implements Format {
  readonly #writeColumns: ColumnsWriter;
  readonly #bound: Bound;
  /** Octets of the length of the last message with an IPv4 and with an IPv6 source: the guess for the next one. */
  readonly #prefixes = Uint8Array.of(1, 1);
  readonly #context: boolean;

  constructor(columns: ColumnsWriter, bound: Bound, { context = false }: FormatOptions = {}) {
    this.#writeColumns = columns;
    this.#bound = bound;
    this.#context = context;
  }

  bound(flow: FlowRecord): number {
    const bound = this.#bound(flow);
    return this.#context ? bound + flow.context.octets : bound;
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    const { view, pos: start } = out;
    const family = flow.words[SRC_ADDR_LENGTH] === 16 ? 1 : 0;
    const guess = this.#prefixes[family]!;
    const body = start + guess;
    const columns = this.#writeColumns(view, body, flow);
    const end = this.#context ? flow.context.copy(view, columns) : columns;
    const length = end - body;
    const prefix = varintLength(length);
    if (prefix !== guess) {
      out.bytes.copyWithin(start + prefix, body, end);
      this.#prefixes[family] = prefix;
    }
    writeVarintExactly(view, start, length);
    out.pos = start + prefix + length;
  }
}

/** The format `bin`, interpreted. Columns are what the schema has, whatever the options say. */
export function createBinaryFormat(options: FormatOptions = {}): Format {
  return new BinaryFormat(writeColumns, interpretBound(binaryBound), options);
}

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

/** Where a record has the octets of its source address. */
const SRC_ADDR_LENGTH = slotOf('src_addr') + 4;

/**
 * A `FlowMessage` of `pb/flow.proto`, with its length as a varint before it. Fields stand in ascending order of
 * their numbers, zero and empty ones are left out, lists of numbers are packed. Then comes the context, and fields of a
 * user's own come last.
 */
export class BinaryFormat implements Format {
  readonly #writeColumns: ColumnsWriter;
  readonly #bound: Bound;
  /** Octets of the length of the last message with an IPv4 and with an IPv6 source: the guess for the next one. */
  readonly #prefixes = Uint8Array.of(1, 1);
  readonly #context: boolean;
  readonly #writeCustom: ColumnsWriter | undefined;

  /** @param writeCustom what writes the fields of a user's own, where there are any */
  constructor(
    columns: ColumnsWriter,
    bound: Bound,
    { context = false }: FormatOptions = {},
    writeCustom: ColumnsWriter | undefined = undefined,
  ) {
    this.#writeColumns = columns;
    this.#bound = bound;
    this.#context = context;
    this.#writeCustom = writeCustom;
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
    let end = this.#context ? flow.context.copy(view, columns) : columns;
    if (this.#writeCustom !== undefined) end = this.#writeCustom(view, end, flow);
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
  const { custom } = options;
  const writeCustom = custom === undefined ? undefined : interpretCustom(custom);
  return new BinaryFormat(writeColumns, interpretBound(boundOf(custom)), options, writeCustom);
}

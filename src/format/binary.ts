import { noCustomFields } from '../flow/custom-fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { writeColumns } from './binary-columns.ts';
import { boundOf, interpretCustom, isNumber } from './binary-custom.ts';
import { interpretBound } from './bound.ts';
import type { ColumnsWriter } from './binary-plan.ts';
import type { Bound } from './bound.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Format, FormatOptions, InlineMessage } from './format.ts';
import { LengthPrefix, kindOf } from './length-prefix.ts';

/**
 * A `FlowMessage` of `pb/flow.proto`, with its length as a varint before it. Fields stand in ascending order of
 * their numbers, zero and empty ones are left out, lists of numbers are packed. Then comes the context, and fields of a
 * user's own come last.
 */
export class BinaryFormat implements Format {
  readonly #writeBody: ColumnsWriter;
  readonly #bound: Bound;
  readonly #prefix = new LengthPrefix();
  readonly #context: boolean;
  readonly inline: InlineMessage | undefined;

  /**
   * @param writeBody what writes all that follows the length
   * @param options with a home where generated code may write the same
   */
  constructor(writeBody: ColumnsWriter, bound: Bound, { context = false, custom, home }: FormatOptions = {}) {
    this.#writeBody = writeBody;
    this.#bound = bound;
    this.#context = context;
    const { fields: own } = custom ?? noCustomFields;
    // the context, lists and texts have no length that is known before
    if (home !== undefined && !context && own.every(isNumber)) this.inline = { home, own, prefix: this.#prefix };
  }

  bound(flow: FlowRecord): number {
    const bound = this.#bound(flow);
    return this.#context ? bound + flow.context.octets : bound;
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    const { view, pos: start } = out;
    const kind = kindOf(flow.words);
    const guess = this.#prefix.guesses[kind]!;
    const end = this.#writeBody(view, start + guess, flow);
    out.pos = this.#prefix.put(view, start, guess, end, kind);
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
  const bound = interpretBound(boundOf(options.custom));
  return new BinaryFormat(interpretBody(options), bound, { ...options, home: undefined });
}

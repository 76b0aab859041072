import type { FlowRecord } from '../flow/flow-record.ts';
import type { Bound } from './bound.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Format } from './format.ts';
import { Literal, writeLiteral } from './literal.ts';
import type { RowContext, RowPlan } from './row-plan.ts';

/** Writes a row at `pos` and returns the position after it. */
export type RowWriter = (view: DataView, pos: number, flow: FlowRecord) => number;

/** Columns in a row: the form of JSON and of text. */
export class RowFormat implements Format {
  readonly #write: RowWriter;
  readonly #bound: Bound;
  readonly #context: ContextWriter | undefined;

  /** @param write what writes the rows of this plan, interpreted or compiled; `bound` likewise */
  constructor(plan: RowPlan, write: RowWriter, bound: Bound) {
    this.#write = write;
    this.#bound = bound;
    this.#context = plan.context === undefined ? undefined : new ContextWriter(plan.context);
  }

  bound(flow: FlowRecord): number {
    const bound = this.#bound(flow);
    return this.#context === undefined ? bound : bound + flow.context.octets;
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    const end = this.#write(out.view, out.pos, flow);
    out.pos = this.#context === undefined ? end : this.#context.write(out.view, end, flow);
  }
}

/** Writes the context behind the columns. */
class ContextWriter {
  readonly #open: Literal;
  readonly #close: Literal;
  readonly #always: boolean;

  constructor({ open, close, always }: RowContext) {
    this.#open = new Literal(open);
    this.#close = new Literal(close);
    this.#always = always;
  }

  write(view: DataView, pos: number, { context }: FlowRecord): number {
    const inside = writeLiteral(view, pos, this.#open);
    const end = context.copy(view, inside);
    if (end === inside && !this.#always) return pos;
    // Every key-value ends with a separator, of which the last one is too many.
    return writeLiteral(view, end === inside ? end : end - 1, this.#close);
  }
}

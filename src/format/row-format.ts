import type { FlowRecord } from '../flow/flow-record.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Format } from './format.ts';
import { fixedBound } from './row-plan.ts';
import type { RowPlan, RowStep } from './row-plan.ts';

/** Writes a row at `pos` and returns the position after it. */
export type RowWriter = (view: DataView, pos: number, flow: FlowRecord) => number;

/** Columns in a row: the form of JSON and of text. */
export class RowFormat implements Format {
  readonly #write: RowWriter;
  readonly #lists: readonly RowStep[];
  readonly #fixed: number;

  /** @param write what writes the rows of this plan: interpreted or compiled */
  constructor(plan: RowPlan, write: RowWriter) {
    this.#write = write;
    this.#lists = plan.steps.filter((step) => step.list >= 0);
    this.#fixed = fixedBound(plan);
  }

  bound(flow: FlowRecord): number {
    let bound = this.#fixed;
    for (const step of this.#lists) bound += flow.words[step.slot]! * step.entryBound;
    return bound;
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    out.pos = this.#write(out.view, out.pos, flow);
  }
}

import type { FlowRecord } from '../flow/flow-record.ts';
import { writeCell } from './cell.ts';
import type { RowStep } from './row-plan.ts';

const COMMA = 0x2c;

/** Writes the entries of a list column with commas between them and returns the position after the last one. */
export function writeList(view: DataView, pos: number, step: RowStep, flow: FlowRecord): number {
  const count = flow.words[step.slot]!;
  if (count === 0) return pos;
  const entries = flow.lists[step.list]!;
  const quote = step.entryQuote;
  let next = pos;
  for (let i = 0; i < count; i++) {
    if (quote !== 0) view.setUint8(next++, quote);
    next = writeCell(view, next, step.cell, entries, i * step.stride, step.wide, flow);
    if (quote !== 0) view.setUint8(next++, quote);
    view.setUint8(next++, COMMA);
  }
  return next - 1;
}

import type { ContextKey } from '../flow/context-key.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { Cell, writeCell } from './cell.ts';
import { writeContextKey } from './context-value.ts';
import { writeU32 } from './decimal.ts';
import { Literal, writeLiteral } from './literal.ts';
import type { RowWriter } from './row-format.ts';
import { writeList } from './row-list.ts';
import type { RowPlan, RowStep } from './row-plan.ts';

/** A column, ready to be written. */
interface Step {
  readonly label: Literal;
  readonly cell: Cell;
  readonly slot: number;
  readonly wide: boolean;
  readonly list: RowStep | undefined;
  readonly presence: number;
  readonly absent: Literal;
  readonly contextKey: ContextKey | undefined;
  /** The one or two octets after the value, the first one lowest. */
  readonly end: number;
  readonly endLength: number;
}

/** Interprets the plan of a row. */
export function interpretRow(plan: RowPlan): RowWriter {
  const steps = plan.steps.map(toStep);
  const open = new Literal(plan.open);
  const close = new Literal(plan.close);
  return (view, start, flow) => {
    const { words } = flow;
    const first = writeLiteral(view, start, open);
    let pos = first;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      if (step.presence >= 0 && words[step.presence] === 0) {
        pos = writeLiteral(view, pos, step.absent);
        continue;
      }
      pos = writeLiteral(view, pos, step.label);
      if (step.list !== undefined) pos = writeList(view, pos, step.list, flow);
      // Half of all columns are plain numbers: they are worth a branch of their own (measured: a tenth of the time).
      else if (step.cell === Cell.u32) pos = writeU32(view, pos, words[step.slot]! | 0);
      else pos = writeValue(view, pos, step, flow);
      view.setUint16(pos, step.end, true);
      pos += step.endLength;
    }
    // Every column ends with a separator, of which the last one is too many.
    if (pos !== first) pos--;
    return writeLiteral(view, pos, close);
  };
}

function writeValue(view: DataView, pos: number, step: Step, flow: FlowRecord): number {
  if (step.contextKey !== undefined) return writeContextKey(view, pos, step.cell, step.contextKey, flow);
  return writeCell(view, pos, step.cell, flow.words, step.slot, step.wide, flow);
}

function toStep(step: RowStep): Step {
  const { label, cell, slot, wide, end } = step;
  return {
    label: new Literal(label),
    cell,
    slot,
    wide,
    list: step.list < 0 ? undefined : step,
    presence: step.presence,
    absent: new Literal(step.absent),
    contextKey: step.contextKey,
    end: end.charCodeAt(0) | (end.length > 1 ? end.charCodeAt(1) << 8 : 0),
    endLength: end.length,
  };
}

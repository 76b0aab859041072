import { interpretBound } from './bound.ts';
import { Cell } from './cell.ts';
import type { Format, FormatOptions } from './format.ts';
import { defaultColumns } from './output-column.ts';
import { RowFormat } from './row-format.ts';
import { interpretRow } from './row-interpreter.ts';
import { planRow, rowBound } from './row-plan.ts';
import type { Dialect, RowPlan } from './row-plan.ts';

const text: Dialect = {
  open: '',
  close: '',
  separator: ' ',
  quote: '',
  label: (name) => `${name}=`,
  string: Cell.textString,
  octets: Cell.octetsText,
  context: undefined,
};

/** One line a flow: `name=value` joined by blanks, the same columns and renderings as in JSON, without quotes. */
export function planText(options: FormatOptions = {}): RowPlan {
  return planRow(options.columns ?? defaultColumns(), text, options.context === true);
}

/** {@link planText}, interpreted. */
export function createTextFormat(options: FormatOptions = {}): Format {
  const plan = planText(options);
  return new RowFormat(plan, interpretRow(plan), interpretBound(rowBound(plan)));
}

import { Cell } from './cell.ts';
import type { Format, FormatOptions } from './format.ts';
import { defaultColumns } from './output-column.ts';
import { RowFormat } from './row-format.ts';
import type { Dialect } from './row-format.ts';

const text: Dialect = {
  open: '',
  close: '',
  separator: ' ',
  quote: '',
  label: (name) => `${name}=`,
  string: Cell.textString,
};

/** One line a flow: `name=value` joined by blanks, the same columns and renderings as in JSON, without quotes. */
export function createTextFormat(options: FormatOptions = {}): Format {
  return new RowFormat(options.columns ?? defaultColumns(), text);
}

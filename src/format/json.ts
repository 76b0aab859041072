import { interpretBound } from './bound.ts';
import { Cell } from './cell.ts';
import type { Format, FormatOptions } from './format.ts';
import { defaultColumns } from './output-column.ts';
import { RowFormat } from './row-format.ts';
import { interpretRow } from './row-interpreter.ts';
import { planRow, rowBound } from './row-plan.ts';
import type { Dialect, RowPlan } from './row-plan.ts';
import { writeJsonString } from './string-text.ts';

const json: Dialect = {
  open: '{',
  close: '}',
  separator: ',',
  quote: '"',
  label: (name) => `"${escaped(name)}":`,
  string: Cell.jsonString,
  octets: Cell.octetsJson,
  context: { open: '"context":{', close: '}' },
};

function escaped(text: string): string {
  const octets = new TextEncoder().encode(text);
  const out = new Uint8Array(octets.length * 6);
  const length = writeJsonString(new DataView(out.buffer), 0, octets, 0, octets.length);
  return new TextDecoder().decode(out.subarray(0, length));
}

/**
 * One compact JSON object a flow: columns in their order, zero and empty values included, 64-bit numbers as plain
 * integers, `<`, `>` and `&` escaped inside strings.
 */
export function planJson(options: FormatOptions = {}): RowPlan {
  return planRow(options.columns ?? defaultColumns(), json, options.context === true);
}

/** {@link planJson}, interpreted. */
export function createJsonFormat(options: FormatOptions = {}): Format {
  const plan = planJson(options);
  return new RowFormat(plan, interpretRow(plan), interpretBound(rowBound(plan)));
}

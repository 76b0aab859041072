import { ADDRESS_WORDS } from '../flow/fields.ts';
import type { BoundPlan } from './bound.ts';
import { Cell, cellBounds } from './cell.ts';
import { LITERAL_SLACK } from './literal.ts';
import { ICMP_NAME } from './output-column.ts';
import type { OutputColumn } from './output-column.ts';
import { cellOf } from './renderers.ts';

/** What tells JSON and text apart. All marks are ASCII. */
export interface Dialect {
  /** Before the first column. */
  readonly open: string;
  /** After the last column. */
  readonly close: string;
  /** Between columns; one octet. */
  readonly separator: string;
  /** Around values that are no numbers; one octet or none. */
  readonly quote: string;
  /** The name of a column and what follows it. */
  label(name: string): string;
  /** How octets are shown as a string. */
  readonly string: Cell;
  /** Around the key-values of a context; undefined where they are columns like the others. */
  readonly context: { readonly open: string; readonly close: string } | undefined;
}

/** A column: label, value, end. */
export interface RowStep {
  readonly label: string;
  readonly cell: Cell;
  readonly slot: number;
  /** Whether the value has two words. */
  readonly wide: boolean;
  /** Index of the list, or -1. */
  readonly list: number;
  /** Words of an entry of the list. */
  readonly stride: number;
  /** Around each entry of the list: one octet, or 0. */
  readonly entryQuote: number;
  /** What follows the value; the separator, one octet, is its last. */
  readonly end: string;
  /** Most octets of the value; of a list without its entries. */
  readonly valueBound: number;
  /** Most octets of a list's entry, with its marks. */
  readonly entryBound: number;
}

/** What a row is made of: what is interpreted, and what is compiled. */
export interface RowPlan {
  readonly open: string;
  readonly close: string;
  readonly steps: readonly RowStep[];
  /** What follows the close, where messages have a context. */
  readonly context: RowContext | undefined;
}

/** A context at the end of a row. Its key-values come with a separator behind each. */
export interface RowContext {
  readonly open: string;
  readonly close: string;
  /** Whether open and close are written when there are no key-values. */
  readonly always: boolean;
}

/** Plans the rows of a dialect with these columns, and a context if there is one. */
export function planRow(columns: readonly OutputColumn[], dialect: Dialect, withContext: boolean): RowPlan {
  const { open, close, separator, context } = dialect;
  const steps = columns.map((column) => toStep(column, dialect));
  if (!withContext) return { open, close, steps, context: undefined };
  const row: RowContext = {
    open: (steps.length === 0 ? '' : separator) + (context?.open ?? ''),
    close: (context?.close ?? '') + close,
    always: context !== undefined,
  };
  return { open, close: '', steps, context: row };
}

/** A row, with what may be spoilt beyond its end. */
export function rowBound({ open, close, steps, context }: RowPlan): BoundPlan {
  const columns = steps.map(({ label, end, valueBound }) => utf8Length(label) + end.length + valueBound);
  const marks = open.length + close.length + (context === undefined ? 0 : context.open.length + context.close.length);
  return {
    fixed: columns.reduce((sum, octets) => sum + octets, marks + LITERAL_SLACK),
    lists: steps.filter(({ list }) => list >= 0).map(({ slot, entryBound }) => ({ slot, entry: entryBound })),
  };
}

const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

function toStep({ source, renderer, name }: OutputColumn, dialect: Dialect): RowStep {
  const virtual = source === ICMP_NAME;
  const rendered = virtual ? Cell.icmpName : cellOf(source, renderer);
  const cell = rendered === Cell.jsonString ? dialect.string : rendered;
  const quote = isNumber(cell) ? '' : dialect.quote;
  const isList = !virtual && source.list >= 0;
  return {
    label: dialect.label(name) + (isList ? '[' : quote),
    cell,
    slot: virtual ? 0 : source.slot,
    wide: !virtual && source.type === 'u64',
    list: virtual ? -1 : source.list,
    stride: !virtual && source.type === 'address[]' ? ADDRESS_WORDS : 1,
    entryQuote: quote === '' ? 0 : quote.charCodeAt(0),
    end: (isList ? ']' : quote) + dialect.separator,
    valueBound: isList ? 0 : cellBounds[cell]!,
    entryBound: cellBounds[cell]! + 2 * quote.length + 1,
  };
}

/** Whether values are written without quotes. */
function isNumber(cell: Cell): boolean {
  return cell === Cell.u32 || cell === Cell.u64;
}

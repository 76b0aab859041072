import { ContextKey } from '../flow/context-key.ts';
import { ARENA_USED, CUSTOM_ENTRY_WORDS } from '../flow/custom-fields.ts';
import { ADDRESS_WORDS } from '../flow/fields.ts';
import type { BoundPlan } from './bound.ts';
import { ARENA_EXPANSION, Cell, cellBounds } from './cell.ts';
import { LITERAL_SLACK } from './literal.ts';
import { UNKNOWN } from '../flow/names.ts';
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
  /** The same for octets of any length. */
  readonly octets: Cell;
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
  /** Most octets of the value; of what {@link counted} tells without it. */
  readonly valueBound: number;
  /** The word that tells how much there is, of lists and of octets of any length; -1 for others. */
  readonly counted: number;
  /** Most octets of each of those: of a list's entry, with its marks. */
  readonly entryBound: number;
  /** Of a field of a user's own: the word that is 0 when the flow has none; and what the row has then. */
  readonly presence: number;
  readonly absent: string;
  /** The key of the context that the value is of. */
  readonly contextKey: ContextKey | undefined;
}

/** Octets of a key of the context at most. */
const MAX_CONTEXT_VALUE = 1024;

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
  const columns = steps.map(({ label, end, valueBound, absent }) =>
    Math.max(utf8Length(label) + end.length + valueBound, utf8Length(absent)),
  );
  const marks = open.length + close.length + (context === undefined ? 0 : context.open.length + context.close.length);
  return {
    fixed: columns.reduce((sum, octets) => sum + octets, marks + LITERAL_SLACK),
    lists: steps
      .filter(({ counted }) => counted >= 0)
      .map(({ counted, entryBound }) => ({ slot: counted, entry: entryBound })),
  };
}

const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

function toStep(column: OutputColumn, dialect: Dialect): RowStep {
  const { source, renderer, name, explicit = false } = column;
  if (source === ICMP_NAME) return virtualStep(name, Cell.icmpName, cellBounds[Cell.icmpName]!, undefined, dialect);
  if (source instanceof ContextKey) {
    return virtualStep(name, dialect.string, MAX_CONTEXT_VALUE * ARENA_EXPANSION, source, dialect);
  }
  const cell = inDialect(cellOf(source, renderer), dialect);
  const quote = isNumber(cell) ? '' : dialect.quote;
  const { slot, list } = source;
  const isList = list >= 0;
  const custom = 'presence' in source;
  const octets = custom && source.type === 'octets';
  const label = dialect.label(name);
  return {
    label: label + (isList ? '[' : quote),
    cell,
    slot,
    wide: source.type === 'u64' || source.type === 'varint',
    list,
    stride: custom ? CUSTOM_ENTRY_WORDS : source.type === 'address[]' ? ADDRESS_WORDS : 1,
    entryQuote: quote === '' ? 0 : quote.charCodeAt(0),
    end: (isList ? ']' : quote) + dialect.separator,
    valueBound: isList ? 0 : cellBounds[cell]!,
    counted: octets ? ARENA_USED : isList ? slot : -1,
    entryBound: octets ? ARENA_EXPANSION : cellBounds[cell]! + 2 * quote.length + 1,
    presence: custom ? source.presence : -1,
    absent: custom && explicit ? absentText(label, cell, isList, dialect) : '',
    contextKey: undefined,
  };
}

/** A column that is in no record. */
function virtualStep(
  name: string,
  cell: Cell,
  valueBound: number,
  contextKey: ContextKey | undefined,
  dialect: Dialect,
): RowStep {
  const { quote, separator } = dialect;
  return {
    label: dialect.label(name) + quote,
    cell,
    slot: 0,
    wide: false,
    list: -1,
    stride: 1,
    entryQuote: 0,
    end: quote + separator,
    valueBound,
    counted: -1,
    entryBound: 0,
    presence: -1,
    absent: '',
    contextKey,
  };
}

function inDialect(cell: Cell, { string, octets }: Dialect): Cell {
  if (cell === Cell.jsonString) return string;
  return cell === Cell.octetsJson ? octets : cell;
}

/** What stands for a field that a flow does not have, once a renderer was asked for. */
function absentText(label: string, cell: Cell, isList: boolean, { quote, separator }: Dialect): string {
  if (isList) return `${label}[]${separator}`;
  if (cell !== Cell.etherType && cell !== Cell.protocol) return '';
  return `${label}${quote}${UNKNOWN}${quote}${separator}`;
}

/** Whether values are written without quotes. */
function isNumber(cell: Cell): boolean {
  return cell === Cell.u32 || cell === Cell.u64;
}

import { ADDRESS_WORDS } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { ByteWriter } from './byte-writer.ts';
import { Cell, cellBounds, writeCell } from './cell.ts';
import { writeU32 } from './decimal.ts';
import type { Format } from './format.ts';
import { LITERAL_SLACK, Literal, writeLiteral } from './literal.ts';
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
}

/** A column, ready to be written: label, value, end. */
interface Step {
  readonly label: Literal;
  readonly cell: Cell;
  readonly slot: number;
  /** Whether the value has two words. */
  readonly wide: boolean;
  /** Index of the list, or -1. */
  readonly list: number;
  /** Words of an entry of the list. */
  readonly stride: number;
  /** One or two octets after the value, the first one lowest. */
  readonly end: number;
  readonly endLength: number;
  /** Most octets of a list's entry, with its marks. */
  readonly entryBound: number;
}

const COMMA = 0x2c;

/** Columns in a row, by a list of steps that is made once: the form of JSON and of text. */
export class RowFormat implements Format {
  readonly #steps: readonly Step[];
  readonly #lists: readonly Step[];
  readonly #open: Literal;
  readonly #close: Literal;
  readonly #quote: number;
  readonly #fixed: number;

  constructor(columns: readonly OutputColumn[], dialect: Dialect) {
    this.#steps = columns.map((column) => toStep(column, dialect));
    this.#lists = this.#steps.filter((step) => step.list >= 0);
    this.#open = new Literal(dialect.open);
    this.#close = new Literal(dialect.close);
    this.#quote = dialect.quote === '' ? 0 : dialect.quote.charCodeAt(0);
    this.#fixed = this.#open.length + this.#close.length + LITERAL_SLACK;
    for (const step of this.#steps) this.#fixed += step.label.length + step.endLength + valueBound(step);
  }

  bound(flow: FlowRecord): number {
    let bound = this.#fixed;
    for (const step of this.#lists) bound += flow.words[step.slot]! * step.entryBound;
    return bound;
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    const { view } = out;
    const { words } = flow;
    const steps = this.#steps;
    const first = writeLiteral(view, out.pos, this.#open);
    let pos = first;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      pos = writeLiteral(view, pos, step.label);
      if (step.list >= 0) pos = this.#writeList(view, pos, step, flow);
      // Half of all columns are plain numbers: they are worth a branch of their own (measured: a tenth of the time).
      else if (step.cell === Cell.u32) pos = writeU32(view, pos, words[step.slot]! | 0);
      else pos = writeCell(view, pos, step.cell, words, step.slot, step.wide, flow);
      view.setUint16(pos, step.end, true);
      pos += step.endLength;
    }
    // Every column ends with a separator, of which the last one is too many.
    if (pos !== first) pos--;
    out.pos = writeLiteral(view, pos, this.#close);
  }

  /** Entries between brackets, whose closing one belongs to the end of the column. */
  #writeList(view: DataView, pos: number, step: Step, flow: FlowRecord): number {
    const count = flow.words[step.slot]!;
    if (count === 0) return pos;
    const entries = flow.lists[step.list]!;
    const quote = isNumber(step.cell) ? 0 : this.#quote;
    let next = pos;
    for (let i = 0; i < count; i++) {
      if (quote !== 0) view.setUint8(next++, quote);
      next = writeCell(view, next, step.cell, entries, i * step.stride, false, flow);
      if (quote !== 0) view.setUint8(next++, quote);
      view.setUint8(next++, COMMA);
    }
    return next - 1;
  }
}

function toStep({ source, renderer, name }: OutputColumn, dialect: Dialect): Step {
  const virtual = source === ICMP_NAME;
  const rendered = virtual ? Cell.icmpName : cellOf(source, renderer);
  const cell = rendered === Cell.jsonString ? dialect.string : rendered;
  const quote = isNumber(cell) ? '' : dialect.quote;
  const isList = !virtual && source.list >= 0;
  const end = (isList ? ']' : quote) + dialect.separator;
  return {
    label: new Literal(dialect.label(name) + (isList ? '[' : quote)),
    cell,
    slot: virtual ? 0 : source.slot,
    wide: !virtual && source.type === 'u64',
    list: virtual ? -1 : source.list,
    stride: !virtual && source.type === 'address[]' ? ADDRESS_WORDS : 1,
    end: end.charCodeAt(0) | (end.length > 1 ? end.charCodeAt(1) << 8 : 0),
    endLength: end.length,
    entryBound: cellBounds[cell]! + 2 * quote.length + 1,
  };
}

/** Whether values are written without quotes. */
function isNumber(cell: Cell): boolean {
  return cell === Cell.u32 || cell === Cell.u64;
}

/** Most octets of a column's value; of a list without its entries. */
function valueBound(step: Step): number {
  return step.list < 0 ? cellBounds[step.cell]! : 0;
}

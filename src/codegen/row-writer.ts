import { Literal, writeLiteral } from '../format/literal.ts';
import type { RowWriter } from '../format/row-format.ts';
import type { RowPlan, RowStep } from '../format/row-plan.ts';
import { code } from './code.ts';
import type { Code } from './code.ts';
import { constantText } from './constant-text.ts';
import { entryValue, rowValue, zeroText } from './row-value.ts';
import type { Home } from '../format/home.ts';
import type { Source } from './source.ts';
import { WriterParts } from './writer-parts.ts';

const COMMA = 0x2c;

/**
 * Compiles the plan of a row to straight code: the text between two values is one constant, numbers and addresses of
 * the usual size are written in place, and what is rare is called.
 */
export function compileRow({ open, close, steps }: RowPlan, home?: Home): RowWriter {
  // Behind a column that every row has, the others bring their separators along. Where the first one may be missing only
  // the row that is written tells which one is the last.
  const joined = steps[0] === undefined || steps[0].presence < 0;
  const marks = steps.map((step, i) => marksOf(step, i, joined));
  /** What stands before column `i` in any row; behind the last one the close. */
  const before = (i: number): string => {
    if (i === steps.length) return joined ? close : '';
    return steps[i]!.presence < 0 ? marks[i]!.label : '';
  };
  const parts = new WriterParts(home);
  const first = parts.next();
  first.emit(constantText(first, open + before(0)));
  steps.forEach((step, i) => {
    const source = parts.next();
    const write = step.presence < 0 ? column : optional;
    source.emit(write(source, step, marks[i]!, before(i + 1)));
  });
  const write = parts.compile();
  return joined ? write : withEnd(write, open, close);
}

/** What stands around a value: before it, behind it, and in its place where there is none. */
interface Marks {
  readonly label: string;
  readonly end: string;
  readonly absent: string;
}

/** @param joined whether a column has the separator from the one before it, and not the one to the next, among its marks */
function marksOf({ label, end, absent }: RowStep, i: number, joined: boolean): Marks {
  if (!joined) return { label, end, absent };
  const separator = end.slice(-1);
  return {
    label: i === 0 ? label : separator + label,
    end: end.slice(0, -1),
    absent: absent === '' ? '' : separator + absent.slice(0, -1),
  };
}

/** Takes away the separator behind the last column, if there is one, and closes the row. */
function withEnd(write: RowWriter, open: string, close: string): RowWriter {
  const empty = new Literal(open).length;
  const end = new Literal(close);
  return (view, pos, flow) => {
    const after = write(view, pos, flow);
    return writeLiteral(view, after - pos === empty ? after : after - 1, end);
  };
}

/** Writes a value and the text up to the next one; where the value is zero, both are one constant. */
function column(source: Source, step: RowStep, { end }: Marks, rest: string): Code {
  const { slot, list } = step;
  const value = valueAnd(source, step, end + rest);
  const zero = zeroText(step);
  if (list >= 0 || zero === undefined) return value;
  const bits = step.wide ? code`(words[${slot}] | words[${slot + 1}])` : code`words[${slot}]`;
  return code`if (${bits} === 0) { ${constantText(source, zero + end + rest)} } else { ${value} }`;
}

/** Writes a column that may be missing, and the text up to the next one. Where it is there, it is seldom zero. */
function optional(source: Source, step: RowStep, { label, end, absent }: Marks, rest: string): Code {
  const there = code`${constantText(source, label)} ${valueAnd(source, step, end)}`;
  const otherwise = absent === '' ? code`` : code`else { ${constantText(source, absent)} }`;
  return code`if (words[${step.presence}] !== 0) { ${there} } ${otherwise} ${constantText(source, rest)}`;
}

/** Writes a value and the text behind it. */
function valueAnd(source: Source, step: RowStep, text: string): Code {
  const { slot, list } = step;
  const behind = constantText(source, text);
  if (list < 0) return code`${rowValue(source, step)} ${behind}`;
  return code`if (words[${slot}] !== 0) { ${entries(source, step)} } ${behind}`;
}

/** Writes the entries of a list that is not empty, with commas between them. */
function entries(source: Source, step: RowStep): Code {
  const { slot, list, entryQuote } = step;
  const quote = code`view.setUint8(pos, ${entryQuote}); pos = pos + 1 | 0;`;
  const end =
    entryQuote === 0
      ? code`view.setUint8(pos, ${COMMA}); pos = pos + 1 | 0;`
      : code`view.setUint16(pos, ${entryQuote | (COMMA << 8)}, true); pos = pos + 2 | 0;`;
  return code`const entries = flow.lists[${list}];
    for (let i = 0, n = words[${slot}]; i < n; i++) {
      ${entryQuote === 0 ? code`` : quote} ${entryValue(source, step)} ${end}
    }
    pos = pos - 1 | 0;`;
}

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
  // Where a column may be missing, only the row that is written tells which one is the last.
  const fixed = steps.every(({ presence }) => presence < 0);
  const parts = new WriterParts(home);
  const first = parts.next();
  first.emit(constantText(first, open + (steps.length === 0 ? close : labelOf(steps[0]))));
  steps.forEach((step, i) => {
    const source = parts.next();
    const next = steps[i + 1];
    const end = next === undefined && fixed ? step.end.slice(0, -1) + close : step.end;
    source.emit(step.presence < 0 ? column(source, step, end + labelOf(next)) : optional(source, step, labelOf(next)));
  });
  const write = parts.compile();
  return fixed ? write : withEnd(write, open, close);
}

/** The label of a column that is never missing. */
function labelOf(step: RowStep | undefined): string {
  return step === undefined || step.presence >= 0 ? '' : step.label;
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
function column(source: Source, step: RowStep, rest: string): Code {
  const { slot, list } = step;
  const restText = constantText(source, rest);
  if (list >= 0) return code`if (words[${slot}] !== 0) { ${entries(source, step)} } ${restText}`;
  const value = code`${rowValue(source, step)} ${restText}`;
  const zero = zeroText(step);
  if (zero === undefined) return value;
  const bits = step.wide ? code`(words[${slot}] | words[${slot + 1}])` : code`words[${slot}]`;
  return code`if (${bits} === 0) { ${constantText(source, zero + rest)} } else { ${value} }`;
}

/** Writes label, value and separator of a column that may be missing, and the label of the next one. */
function optional(source: Source, step: RowStep, label: string): Code {
  const there = code`${constantText(source, step.label)} ${column(source, step, step.end)}`;
  const absent = step.absent === '' ? code`` : code`else { ${constantText(source, step.absent)} }`;
  return code`if (words[${step.presence}] !== 0) { ${there} } ${absent}
    ${label === '' ? code`` : constantText(source, label)}`;
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

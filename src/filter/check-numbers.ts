import { NARROW } from './expression.ts';
import type { Bounds, Column, Condition, Operator, Quantity, Text } from './expression.ts';
import { mayFail } from './expression.ts';

/** Numbers that a filter computes with: what fits into 64 bits, with a sign or without. */
export const LEAST = -(2n ** 63n);
export const MOST = 2n ** 64n - 1n;

export function numberOf(value: bigint): Quantity {
  return { kind: 'number', value, ...bounds(value, value, false, true) };
}

/** The number in a column. */
export function columnOf(column: Column): Quantity {
  return { kind: 'column', column, ...bounds(0n, column.type === 'u64' ? MOST : 2n ** 32n - 1n, false, true) };
}

export function entriesOf(list: Column): Quantity {
  return { kind: 'entries', list, ...bounds(0n, 2n ** 32n - 1n, false, true) };
}

export function entryOf(list: Column, index: Quantity): Quantity {
  return { kind: 'entry', list, index, ...bounds(0n, 2n ** 32n - 1n, true, index.narrow) };
}

export function charactersOf(of: Text): Quantity {
  return { kind: 'characters', of, ...bounds(0n, 2n ** 32n - 1n, true, true) };
}

export function choiceOf(condition: Condition, yes: Quantity, no: Quantity): Quantity {
  const fails = mayFail(condition) || yes.mayFail || no.mayFail;
  const least = yes.least < no.least ? yes.least : no.least;
  const most = yes.most > no.most ? yes.most : no.most;
  return { kind: 'choice', condition, yes, no, ...bounds(least, most, fails, yes.narrow && no.narrow) };
}

/** Two numbers as one; a constant where both are. Undefined when the result of constants is no number of 64 bits. */
export function arithmeticOf(operator: Operator, left: Quantity, right: Quantity): Quantity | undefined {
  if (left.kind === 'number' && right.kind === 'number') return constantOf(operator, left.value, right.value);
  const [least, most] = range(operator, left, right);
  const byZero = (operator === '/' || operator === '%') && right.least <= 0n && right.most >= 0n;
  const fails = left.mayFail || right.mayFail || byZero || least < LEAST || most > MOST;
  return { kind: 'arithmetic', operator, left, right, ...bounds(least, most, fails, left.narrow && right.narrow) };
}

function constantOf(operator: Operator, a: bigint, b: bigint): Quantity | undefined {
  if (b === 0n && (operator === '/' || operator === '%')) return undefined;
  const value = { '+': () => a + b, '-': () => a - b, '*': () => a * b, '/': () => a / b, '%': () => a % b }[
    operator
  ]();
  return value < LEAST || value > MOST ? undefined : numberOf(value);
}

function bounds(least: bigint, most: bigint, fails: boolean, narrow: boolean): Bounds {
  const from = least < LEAST ? LEAST : least;
  const to = most > MOST ? MOST : most;
  return { least: from, most: to, mayFail: fails, narrow: narrow && from > -NARROW && to < NARROW };
}

function range(operator: Operator, a: Quantity, b: Quantity): readonly [least: bigint, most: bigint] {
  switch (operator) {
    case '+':
      return [a.least + b.least, a.most + b.most];
    case '-':
      return [a.least - b.most, a.most - b.least];
    case '*':
      return extremes([a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most]);
    case '/': {
      // The divisor of least size is 1 or -1 when it may be so near to zero.
      const divisors = [b.least, b.most, ...[1n, -1n].filter((one) => one >= b.least && one <= b.most)];
      const results = divisors.filter((by) => by !== 0n).flatMap((by) => [a.least / by, a.most / by]);
      return extremes([0n, ...results]);
    }
    default: {
      const size = extremes([1n, b.most, -b.most, b.least, -b.least])[1] - 1n;
      return [a.least < 0n ? -size : 0n, a.most > 0n ? size : 0n];
    }
  }
}

function extremes(values: readonly bigint[]): readonly [least: bigint, most: bigint] {
  return [values.reduce((x, y) => (y < x ? y : x)), values.reduce((x, y) => (y > x ? y : x))];
}

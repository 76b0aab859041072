import { ADDRESS_WORDS } from '../flow/fields.ts';
import { ContextKey } from '../flow/context-key.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { filterError } from './cel.ts';
import { mayFail } from './expression.ts';
import type { Choice, Column, Condition, Operator, Quantity, Sign, Text, TextTest } from './expression.ts';
import { compileMatcher } from './matcher.ts';
import { NetworkSet, sameAddress } from './network-set.ts';
import { differ, isAmong, quotient } from './number-set.ts';
import { WideStack } from './wide-stack.ts';

/** Whether something holds for a flow. */
export type Test = (flow: FlowRecord) => boolean;
/** A number of a flow; NaN where it has no value. */
type NumberOf = (flow: FlowRecord) => number;
/** A text of a flow; undefined where it has no value. */
type TextOf = (flow: FlowRecord) => string | undefined;

/** Steps of an expression at most: some of it is looked at both as true and as false. */
const MAX_STEPS = 20_000;

/** Numbers that a computation may hold at once. */
const WIDE_DEPTH = 300;

const TWO_32 = 4294967296;

/**
 * Makes closures of a condition: the twin of the compiled code, for what is rare and where no code may be generated.
 *
 * `test(condition, want)` is true for the flows of which the condition is `want`. Of those where it has no value it is
 * neither true nor false, so that there is no third value: `!a` is true where `a` is false, `a && b` is false where
 * one of them is.
 */
export class Interpreter {
  readonly #wide = new WideStack(WIDE_DEPTH);
  /** The first place that is free while what is being made runs: a condition may be part of a number. */
  #base = 0;
  #steps = 0;

  /** @throws ConfigError for an expression that is too large */
  test(of: Condition, want: boolean): Test {
    if (++this.#steps > MAX_STEPS) throw filterError('the expression is too large');
    switch (of.kind) {
      case 'constant': {
        const holds = of.value === want;
        return () => holds;
      }
      case 'not':
        return this.test(of.of, !want);
      case 'all':
      case 'any': {
        const [a, b] = [this.test(of.of[0], want), this.test(of.of[1], want)];
        return (of.kind === 'all') === want ? (flow) => a(flow) && b(flow) : (flow) => a(flow) || b(flow);
      }
      case 'if':
        return this.#choice(
          of,
          (part) => this.test(part, want),
          () => false,
        );
      case 'same':
        return this.#same(of.left, of.right, want);
      case 'compare':
        return this.#compare(of, want);
      case 'among': {
        const value = this.double(of.of);
        const numbers = Float64Array.from(of.numbers);
        if (want) return (flow) => isAmong(numbers, value(flow));
        return (flow) => {
          const number = value(flow);
          return number === number && !isAmong(numbers, number);
        };
      }
      case 'sameAddress': {
        const [a, b] = [of.left.slot, of.right.slot];
        return ({ words }) => sameAddress(words, a, b) === want;
      }
      case 'inNetworks': {
        const networks = new NetworkSet(of.networks);
        const { slot } = of.of;
        return ({ words }) => networks.has(words, slot) === want;
      }
      case 'hasAddress': {
        const at = of.of.slot + ADDRESS_WORDS - 1;
        return ({ words }) => (words[at] !== 0) === want;
      }
      case 'addressListed':
        return addressListed(of.list, new NetworkSet(of.networks), want);
      case 'listed':
        return this.#listed(of.of, of.list, want);
      case 'hasKey': {
        const key = new ContextKey(of.key);
        return ({ context }) => key.has(context) === want;
      }
      default:
        return this.#textCondition(of, want);
    }
  }

  /** A number that is exact as a double; a column of 64 bits is rounded, which is exact beside a narrow number. */
  double(of: Quantity): NumberOf {
    switch (of.kind) {
      case 'number': {
        const value = Number(of.value);
        return () => value;
      }
      case 'column': {
        const { slot, type } = of.column;
        if (type === 'u64') return ({ words }) => words[slot + 1]! * TWO_32 + words[slot]!;
        return ({ words }) => words[slot]!;
      }
      case 'entries': {
        const { slot } = of.list;
        return ({ words }) => words[slot]!;
      }
      case 'entry': {
        const { slot, list } = of.list;
        const index = this.double(of.index);
        return (flow) => {
          const at = index(flow);
          return at >= 0 && at < flow.words[slot]! ? flow.lists[list]![at]! : NaN;
        };
      }
      case 'characters': {
        const text = this.text(of.of);
        return (flow) => {
          const found = text(flow);
          return found === undefined ? NaN : charactersIn(found);
        };
      }
      case 'choice':
        return this.#choice(
          of,
          (part) => this.double(part),
          () => NaN,
        );
      case 'arithmetic':
        return arithmetic(of.operator, this.double(of.left), this.double(of.right));
    }
  }

  /** Puts a number at a place of the stack, and uses those behind it. */
  #wideNumber(of: Quantity, at: number): (flow: FlowRecord) => void {
    const base = this.#base;
    this.#base = at;
    const put = this.#put(of, at);
    this.#base = base;
    return put;
  }

  #put(of: Quantity, at: number): (flow: FlowRecord) => void {
    const wide = this.#wide;
    if (of.kind === 'number') {
      const high = Number(of.value >> 32n);
      const low = Number(of.value & 0xffffffffn);
      return () => wide.put(at, high, low);
    }
    if (of.narrow) {
      const value = this.double(of);
      return (flow) => wide.putNumber(at, value(flow));
    }
    switch (of.kind) {
      case 'column': {
        const { slot } = of.column;
        return ({ words }) => wide.put(at, words[slot + 1]!, words[slot]!);
      }
      case 'choice':
        return this.#choice(
          of,
          (part) => this.#wideNumber(part, at),
          () => wide.put(at, NaN, 0),
        );
      case 'arithmetic': {
        const [left, right] = [this.#wideNumber(of.left, at), this.#wideNumber(of.right, at + 1)];
        const apply = wideOperator[of.operator];
        return (flow) => {
          left(flow);
          right(flow);
          wide[apply](at);
        };
      }
      default:
        throw new TypeError(`${of.kind} is always narrow`);
    }
  }

  #choice<Part, T>(
    { condition, yes, no }: Choice<unknown, Part>,
    make: (part: Part) => (flow: FlowRecord) => T,
    none: (flow: FlowRecord) => T,
  ): (flow: FlowRecord) => T {
    const holds = this.test(condition, true);
    const [a, b] = [make(yes), make(no)];
    if (!mayFail(condition)) return (flow) => (holds(flow) ? a(flow) : b(flow));
    const fails = this.test(condition, false);
    return (flow) => (holds(flow) ? a(flow) : fails(flow) ? b(flow) : none(flow));
  }

  #same(left: Condition, right: Condition, want: boolean): Test {
    const [a, b] = [this.test(left, true), this.test(right, true)];
    if (!mayFail(left) && !mayFail(right)) return (flow) => (a(flow) === b(flow)) === want;
    const [notA, notB] = [this.test(left, false), this.test(right, false)];
    if (want) return (flow) => (a(flow) && b(flow)) || (notA(flow) && notB(flow));
    return (flow) => (a(flow) && notB(flow)) || (notA(flow) && b(flow));
  }

  #compare({ sign, left, right }: Extract<Condition, { kind: 'compare' }>, want: boolean): Test {
    if (!areDoubles(left, right)) return this.#compareWide(sign, left, right, want);
    const [a, b] = [this.double(left), this.double(right)];
    if (sign === '==') return want ? (flow) => a(flow) === b(flow) : (flow) => differ(a(flow), b(flow));
    if (sign === '<') return want ? (flow) => a(flow) < b(flow) : (flow) => a(flow) >= b(flow);
    return want ? (flow) => a(flow) <= b(flow) : (flow) => a(flow) > b(flow);
  }

  #compareWide(sign: Sign, left: Quantity, right: Quantity, want: boolean): Test {
    const wide = this.#wide;
    const base = this.#base;
    const [a, b] = [this.#wideNumber(left, base), this.#wideNumber(right, base + 1)];
    const order = (flow: FlowRecord): number => {
      a(flow);
      b(flow);
      return wide.compare(base);
    };
    if (sign === '==') return want ? (flow) => order(flow) === 0 : (flow) => differ(order(flow), 0);
    if (sign === '<') return want ? (flow) => order(flow) < 0 : (flow) => order(flow) >= 0;
    return want ? (flow) => order(flow) <= 0 : (flow) => order(flow) > 0;
  }

  #listed(of: Quantity, { slot, list }: Column, want: boolean): Test {
    const value = this.double(of);
    return (flow) => {
      const number = value(flow);
      if (number !== number) return false;
      const entries = flow.lists[list]!;
      for (let i = 0, n = flow.words[slot]!; i < n; i++) if (entries[i] === number) return want;
      return !want;
    };
  }

  text(of: Text): TextOf {
    switch (of.kind) {
      case 'text': {
        const { value } = of;
        return () => value;
      }
      case 'key': {
        const key = new ContextKey(of.key);
        return ({ context }) => key.text(context);
      }
      case 'choice':
        return this.#choice(
          of,
          (part) => this.text(part),
          () => undefined,
        );
    }
  }

  #textCondition(of: TextCondition, want: boolean): Test {
    switch (of.kind) {
      case 'sameText': {
        const [a, b] = [this.text(of.left), this.text(of.right)];
        return (flow) => {
          const text = a(flow);
          const other = b(flow);
          return text !== undefined && other !== undefined && (text === other) === want;
        };
      }
      case 'textAmong': {
        const texts = new Set(of.texts);
        return this.#textTest(of.of, (text) => texts.has(text), want);
      }
      case 'matches':
        return this.#textTest(of.of, compileMatcher(of.pattern), want);
      case 'textTest': {
        const [a, b] = [this.text(of.of), this.text(of.part)];
        const test = textTests[of.test];
        return (flow) => {
          const text = a(flow);
          const part = b(flow);
          return text !== undefined && part !== undefined && test(text, part) === want;
        };
      }
    }
  }

  #textTest(of: Text, test: (text: string) => boolean, want: boolean): Test {
    const value = this.text(of);
    return (flow) => {
      const text = value(flow);
      return text !== undefined && test(text) === want;
    };
  }
}

type TextCondition = Extract<Condition, { kind: 'sameText' | 'textAmong' | 'textTest' | 'matches' }>;

/** Whether two numbers can be compared as doubles: a rounded one is right beside one that is exact. */
export function areDoubles(left: Quantity, right: Quantity): boolean {
  const plain = (of: Quantity) => of.narrow || of.kind === 'column';
  return (left.narrow && plain(right)) || (plain(left) && right.narrow);
}

const wideOperator = { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide', '%': 'remainder' } as const;

const textTests: Readonly<Record<TextTest, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

function arithmetic(operator: Operator, a: NumberOf, b: NumberOf): NumberOf {
  switch (operator) {
    case '+':
      return (flow) => a(flow) + b(flow);
    case '-':
      return (flow) => a(flow) - b(flow);
    case '*':
      return (flow) => a(flow) * b(flow);
    case '/':
      return (flow) => quotient(a(flow), b(flow));
    case '%':
      return (flow) => a(flow) % b(flow);
  }
}

function addressListed({ slot, list }: Column, networks: NetworkSet, want: boolean): Test {
  return ({ words, lists }) => {
    const entries = lists[list]!;
    for (let i = 0, n = words[slot]!; i < n; i++) if (networks.has(entries, i * ADDRESS_WORDS)) return want;
    return !want;
  };
}

/** Characters as people count them, and CEL: pairs of surrogates are one. */
function charactersIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}

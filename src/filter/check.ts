import { didYouMean } from '../config/did-you-mean.ts';
import { partOfKey } from '../flow/flow-context.ts';
import type { ParsedExpression, Node } from './cel.ts';
import { arithmeticOf, charactersOf, choiceOf, columnOf, entriesOf, entryOf, numberOf } from './check-numbers.ts';
import { addressNetworks, numberList, readNetworks, readNumber, textList } from './literals.ts';
import { NARROW } from './expression.ts';
import type { Column, Condition, Operator, Quantity, Sign, Text, TextTest } from './expression.ts';
import { compileMatcher } from './matcher.ts';

/** What an expression may name. */
export interface FilterNames {
  readonly columns: readonly Column[];
  /** Whether flows have a context. */
  readonly context: boolean;
}

/** What a node of the expression is. */
export type Value =
  | { readonly type: 'condition'; readonly condition: Condition }
  | { readonly type: 'number'; readonly quantity: Quantity }
  | { readonly type: 'text'; readonly text: Text }
  | { readonly type: 'address' | 'list'; readonly column: Column }
  | { readonly type: 'literals'; readonly nodes: readonly Node[] }
  | { readonly type: 'context' };

const typeNames: Readonly<Record<Value['type'], string>> = {
  condition: 'true or false',
  number: 'a number',
  text: 'text',
  address: 'an address',
  list: 'a list',
  literals: 'a list',
  context: 'the context',
};

const functions = ['has', 'inNet', 'size', 'startsWith', 'endsWith', 'contains', 'matches'];

const comparisons: Readonly<Record<string, readonly [sign: Sign, swap: boolean, not: boolean]>> = {
  '_==_': ['==', false, false],
  '_!=_': ['==', false, true],
  '_<_': ['<', false, false],
  '_<=_': ['<=', false, false],
  '_>_': ['<', true, false],
  '_>=_': ['<=', true, false],
};

/** Deeper nesting than people write, of what the grammar allows. */
const MAX_DEPTH = 250;

type Call = Extract<Node['exprKind'], { case: 'callExpr' }>['value'];

/** Checks a parsed expression against the columns and keys that there are. */
export class Checker {
  readonly #parsed: ParsedExpression;
  readonly #names: FilterNames;
  readonly #columns: ReadonlyMap<string, Column>;
  #depth = 0;

  constructor(parsed: ParsedExpression, names: FilterNames) {
    this.#parsed = parsed;
    this.#names = names;
    this.#columns = new Map(names.columns.map((column) => [column.name, column]));
  }

  /** @throws ConfigError with the place of the mistake */
  check(): Condition {
    return this.#condition(this.#parsed.root);
  }

  #condition(node: Node): Condition {
    const value = this.#value(node);
    if (value.type === 'condition') return value.condition;
    throw this.#error(node, `this is ${typeNames[value.type]}, and has to be true or false`);
  }

  #number(node: Node): Quantity {
    const value = this.#value(node);
    if (value.type === 'number') return value.quantity;
    throw this.#error(node, `this is ${typeNames[value.type]}, and has to be a number`);
  }

  #text(node: Node): Text {
    const value = this.#value(node);
    if (value.type === 'text') return value.text;
    const hint = value.type === 'address' ? ': ask for networks with inNet()' : '';
    throw this.#error(node, `this is ${typeNames[value.type]}, and has to be text${hint}`);
  }

  #value(node: Node): Value {
    if (++this.#depth > MAX_DEPTH) throw this.#error(node, 'nested too deep');
    const value = this.#kind(node);
    this.#depth--;
    return value;
  }

  #kind(node: Node): Value {
    const { exprKind } = node;
    switch (exprKind.case) {
      case 'constExpr':
        return this.#constant(node, exprKind.value.constantKind);
      case 'identExpr':
        return this.#name(node, exprKind.value.name);
      case 'selectExpr': {
        const { operand, field, testOnly } = exprKind.value;
        if (this.#value(operand!).type !== 'context') throw this.#error(node, `.${field}: only context has keys`);
        const key = this.#key(node, field);
        return testOnly ? condition({ kind: 'hasKey', key }) : textOf({ kind: 'key', key });
      }
      case 'listExpr':
        return { type: 'literals', nodes: exprKind.value.elements };
      case 'callExpr':
        return this.#call(node, exprKind.value);
      case 'comprehensionExpr':
        throw this.#error(node, 'lists cannot be gone through: ask with `in` what they have');
      default:
        throw this.#error(node, 'nothing in a flow is a structure or a map');
    }
  }

  #constant(node: Node, { case: kind, value }: { case: string | undefined; value?: unknown }): Value {
    switch (kind) {
      case 'boolValue':
        return condition({ kind: 'constant', value: value as boolean });
      case 'int64Value':
      case 'uint64Value': {
        const quantity = arithmeticOf('+', numberOf(value as bigint), numberOf(0n));
        if (quantity === undefined) throw this.#error(node, `${String(value)} has more than 64 bits`);
        return { type: 'number', quantity };
      }
      case 'stringValue':
        return textOf({ kind: 'text', value: value as string });
      case 'doubleValue':
        throw this.#error(node, 'all numbers of a flow are whole: a fraction cannot stand here');
      default:
        throw this.#error(node, 'no value of a flow is of this type');
    }
  }

  #name(node: Node, name: string): Value {
    if (name === 'context') {
      if (this.#names.context) return { type: 'context' };
      throw this.#error(node, 'flows have no context: -context.config names none');
    }
    const column = this.#columns.get(name);
    if (column === undefined) {
      if (partOfKey(name) !== undefined)
        throw this.#error(node, `unknown column ${name}: did you mean context.${name}?`);
      throw this.#error(node, `unknown column ${name}${didYouMean(name, [...this.#columns.keys(), 'context'])}`);
    }
    if (column.list >= 0) return { type: 'list', column };
    if (column.type === 'address') return { type: 'address', column };
    return { type: 'number', quantity: columnOf(column) };
  }

  #key(node: Node, key: string): string {
    if (partOfKey(key) !== undefined) return key;
    throw this.#error(node, `no context has the key ${JSON.stringify(key)}: docs/context.md lists them`);
  }

  #call(node: Node, call: Call): Value {
    const { function: name, target, args } = call;
    const [first, second, third] = args;
    const comparison = comparisons[name];
    if (comparison !== undefined) return condition(this.#compare(node, comparison, first!, second!));
    switch (name) {
      case '!_':
        return condition({ kind: 'not', of: this.#condition(first!) });
      case '_&&_':
      case '_||_':
        return condition({
          kind: name === '_&&_' ? 'all' : 'any',
          of: [this.#condition(first!), this.#condition(second!)],
        });
      case '_?_:_':
        return this.#choice(node, this.#condition(first!), second!, third!);
      case '-_':
        return this.#arithmetic(node, '-', numberOf(0n), this.#number(first!));
      case '_+_':
      case '_-_':
      case '_*_':
      case '_/_':
      case '_%_':
        return this.#arithmetic(node, name[1] as Operator, this.#number(first!), this.#number(second!));
      case '@in':
        return condition(this.#in(node, first!, second!));
      case '_[_]':
        return this.#index(node, first!, second!);
      case 'has':
        throw this.#error(node, 'has() takes a key of the context: has(context.source_group)');
      case 'inNet':
        return condition(this.#inNet(node, target, args));
      case 'size':
        return {
          type: 'number',
          quantity: this.#size(node, target ?? first, target === undefined ? 1 : 0, args.length),
        };
      case 'startsWith':
      case 'endsWith':
      case 'contains':
      case 'matches':
        return condition(this.#textTest(node, name, target, args));
      default:
        throw this.#error(node, `there is no function ${name}()${didYouMean(name, functions)}`);
    }
  }

  #compare(node: Node, [sign, swap, not]: (typeof comparisons)[string] & {}, a: Node, b: Node): Condition {
    const [left, right] = swap ? [b, a] : [a, b];
    const found = this.#comparison(node, sign, left, right);
    return not ? { kind: 'not', of: found } : found;
  }

  #comparison(node: Node, sign: Sign, leftNode: Node, rightNode: Node): Condition {
    let left = this.#value(leftNode);
    let right = this.#value(rightNode);
    left = this.#named(leftNode, left, right, sign);
    right = this.#named(rightNode, right, left, sign);
    if (left.type === 'number' && right.type === 'number') {
      return { kind: 'compare', sign, left: left.quantity, right: right.quantity };
    }
    if (sign === '==') {
      if (left.type === 'condition' && right.type === 'condition') {
        return { kind: 'same', left: left.condition, right: right.condition };
      }
      if (left.type === 'text' && right.type === 'text')
        return { kind: 'sameText', left: left.text, right: right.text };
      if (left.type === 'address' && right.type === 'address') {
        return { kind: 'sameAddress', left: left.column, right: right.column };
      }
      if (left.type === 'address' && right.type === 'text') return this.#isAddress(rightNode, left.column, right.text);
      if (left.type === 'text' && right.type === 'address') return this.#isAddress(leftNode, right.column, left.text);
    }
    const [a, b] = [typeNames[left.type], typeNames[right.type]];
    if (a === b) throw this.#error(node, sign === '==' ? `${a} cannot be compared` : `${a} has no order`);
    throw this.#error(node, `${a} cannot be compared with ${b}`);
  }

  /** A text that is compared with a number stands for one: `proto == "TCP"`. */
  #named(node: Node, value: Value, other: Value, sign: Sign): Value {
    if (value.type !== 'text' || other.type !== 'number' || value.text.kind !== 'text') return value;
    if (sign !== '==') throw this.#error(node, 'names have no order: only == and != go with them');
    return {
      type: 'number',
      quantity: numberOf(BigInt(readNumber(this.#parsed, node, value.text.value, other.quantity))),
    };
  }

  #isAddress(node: Node, of: Column, text: Text): Condition {
    if (text.kind !== 'text') throw this.#error(node, 'an address is compared with one that is written out');
    if (text.value === '') return { kind: 'not', of: { kind: 'hasAddress', of } };
    return { kind: 'inNetworks', of, networks: addressNetworks(this.#parsed, [node]) };
  }

  #choice(node: Node, test: Condition, yesNode: Node, noNode: Node): Value {
    const yes = this.#value(yesNode);
    const no = this.#value(noNode);
    if (yes.type === 'condition' && no.type === 'condition') {
      return condition({ kind: 'if', condition: test, yes: yes.condition, no: no.condition });
    }
    if (yes.type === 'number' && no.type === 'number') {
      return { type: 'number', quantity: choiceOf(test, yes.quantity, no.quantity) };
    }
    if (yes.type === 'text' && no.type === 'text') {
      return textOf({ kind: 'choice', condition: test, yes: yes.text, no: no.text });
    }
    throw this.#error(node, 'both sides of ? : have to be true or false, a number, or text');
  }

  #arithmetic(node: Node, operator: Operator, left: Quantity, right: Quantity): Value {
    if ((operator === '/' || operator === '%') && right.least === 0n && right.most === 0n) {
      throw this.#error(node, 'a division by zero');
    }
    const quantity = arithmeticOf(operator, left, right);
    if (quantity === undefined) throw this.#error(node, 'the result has more than 64 bits');
    return { type: 'number', quantity };
  }

  #in(node: Node, itemNode: Node, inNode: Node): Condition {
    const item = this.#value(itemNode);
    const place = this.#value(inNode);
    if (place.type === 'context') {
      if (item.type === 'text' && item.text.kind === 'text')
        return { kind: 'hasKey', key: this.#key(itemNode, item.text.value) };
      throw this.#error(itemNode, 'a key of the context is written out: "source_group" in context');
    }
    if (place.type === 'list') return this.#inList(itemNode, item, place.column);
    if (place.type !== 'literals') throw this.#error(inNode, `this is ${typeNames[place.type]}, and has to be a list`);
    switch (item.type) {
      case 'number':
        return this.#among(item.quantity, numberList(this.#parsed, place.nodes, item.quantity));
      case 'address':
        return { kind: 'inNetworks', of: item.column, networks: addressNetworks(this.#parsed, place.nodes) };
      case 'text':
        return { kind: 'textAmong', of: item.text, texts: textList(this.#parsed, place.nodes) };
      default:
        throw this.#error(node, `${typeNames[item.type]} cannot be in a list`);
    }
  }

  #inList(node: Node, item: Value, list: Column): Condition {
    if (list.type === 'address[]') {
      if (item.type === 'text' && item.text.kind === 'text') {
        return { kind: 'addressListed', list, networks: addressNetworks(this.#parsed, [node]) };
      }
      throw this.#error(node, `${list.name} has addresses: one that is written out has to stand here`);
    }
    const entry = entryOf(list, numberOf(0n));
    const number = this.#named(node, item, { type: 'number', quantity: entry }, '==');
    if (number.type === 'number') {
      const of = number.quantity;
      if (of.narrow || of.kind === 'column') return { kind: 'listed', of, list };
      throw this.#error(node, `this number is too large for ${list.name}`);
    }
    throw this.#error(node, `${list.name} has numbers, and this is ${typeNames[item.type]}`);
  }

  /** Numbers that doubles do not hold are compared one by one. */
  #among(of: Quantity, numbers: readonly bigint[]): Condition {
    const wide = numbers.some((number) => number >= NARROW || number <= -NARROW);
    if (!wide && (of.narrow || of.kind === 'column')) {
      return { kind: 'among', of, numbers: numbers.map(Number).toSorted((a, b) => a - b) };
    }
    return numbers
      .map((number): Condition => ({ kind: 'compare', sign: '==', left: of, right: numberOf(number) }))
      .reduce((all, next) => ({ kind: 'any', of: [all, next] }));
  }

  #index(node: Node, ofNode: Node, indexNode: Node): Value {
    const of = this.#value(ofNode);
    if (of.type === 'context') {
      const { exprKind } = indexNode;
      const key = exprKind.case === 'constExpr' ? exprKind.value.constantKind : undefined;
      if (key?.case !== 'stringValue') throw this.#error(indexNode, 'a key of the context is written out');
      return textOf({ kind: 'key', key: this.#key(indexNode, key.value) });
    }
    if (of.type !== 'list' || of.column.type === 'address[]')
      throw this.#error(node, 'only lists of numbers have an index');
    const index = this.#number(indexNode);
    if (!index.narrow) throw this.#error(indexNode, 'this number is too large for an index');
    return { type: 'number', quantity: entryOf(of.column, index) };
  }

  #inNet(node: Node, target: Node | undefined, args: readonly Node[]): Condition {
    const [ofNode, networksNode] = target === undefined ? args : [target, ...args];
    if (args.length !== (target === undefined ? 2 : 1)) {
      throw this.#error(
        node,
        'inNet() takes an address and a network, or a list of them: inNet(src_addr, "10.0.0.0/8")',
      );
    }
    const of = this.#value(ofNode!);
    const value = this.#value(networksNode!);
    const nodes = value.type === 'literals' ? value.nodes : [networksNode!];
    const networks = readNetworks(this.#parsed, nodes);
    if (of.type === 'address') return { kind: 'inNetworks', of: of.column, networks };
    if (of.type === 'list' && of.column.type === 'address[]')
      return { kind: 'addressListed', list: of.column, networks };
    throw this.#error(ofNode!, `this is ${typeNames[of.type]}, and has to be a column with addresses`);
  }

  #size(node: Node, of: Node | undefined, expected: number, given: number): Quantity {
    if (of === undefined || given !== expected) throw this.#error(node, 'size() takes one list or text');
    const value = this.#value(of);
    if (value.type === 'list') return entriesOf(value.column);
    if (value.type === 'text') return charactersOf(value.text);
    throw this.#error(of, `${typeNames[value.type]} has no size`);
  }

  #textTest(node: Node, name: TextTest | 'matches', target: Node | undefined, args: readonly Node[]): Condition {
    const [ofNode, partNode] = target === undefined && name === 'matches' ? args : [target, ...args];
    if (ofNode === undefined || partNode === undefined || args.length !== (ofNode === target ? 1 : 2)) {
      throw this.#error(node, `${name}() is asked of a text, with another one: context.source_group.${name}("a")`);
    }
    const of = this.#text(ofNode);
    const part = this.#text(partNode);
    if (name !== 'matches') return { kind: 'textTest', test: name, of, part };
    if (part.kind !== 'text')
      throw this.#error(partNode, 'the pattern of matches() is written out, so that it can be checked');
    try {
      compileMatcher(part.value);
    } catch (error) {
      throw this.#error(partNode, (error as Error).message, error);
    }
    return { kind: 'matches', of, pattern: part.value };
  }

  #error(node: Node, message: string, cause?: unknown): Error {
    return this.#parsed.error(node, message, cause);
  }
}

function condition(of: Condition): Value {
  return { type: 'condition', condition: of };
}

function textOf(text: Text): Value {
  return { type: 'text', text };
}

import { didYouMean } from '../config/did-you-mean.ts';
import { parsePrefix } from '../flow/prefix-text.ts';
import type { Prefix } from '../flow/prefix-text.ts';
import type { Node, ParsedExpression } from './cel.ts';
import type { Column, Quantity } from './expression.ts';
import { namesOfColumn } from './names.ts';

/** Literals of an expression, by what they are compared with. */

/** The texts of nodes that have to be text. */
export function textList(parsed: ParsedExpression, nodes: readonly Node[]): string[] {
  return nodes.map((node) => {
    const { exprKind } = node;
    const constant = exprKind.case === 'constExpr' ? exprKind.value.constantKind : undefined;
    if (constant?.case === 'stringValue') return constant.value;
    throw parsed.error(node, 'a text in quotes has to stand here');
  });
}

/** The numbers of nodes that are numbers, or names that stand for one. */
export function numberList(parsed: ParsedExpression, nodes: readonly Node[], comparedWith: Quantity): bigint[] {
  if (nodes.length === 0) return [];
  return nodes.map((node) => {
    const { exprKind } = node;
    const constant = exprKind.case === 'constExpr' ? exprKind.value.constantKind : undefined;
    if (constant?.case === 'int64Value' || constant?.case === 'uint64Value') return constant.value;
    if (constant?.case === 'stringValue') return BigInt(readNumber(parsed, node, constant.value, comparedWith));
    throw parsed.error(node, 'a number, or a name that stands for one, has to be in this list');
  });
}

/** The number that a name stands for beside a column. */
export function readNumber(parsed: ParsedExpression, node: Node, text: string, comparedWith: Quantity): number {
  const column = columnIn(comparedWith);
  const names = column && namesOfColumn(column);
  if (names === undefined) {
    throw parsed.error(
      node,
      `${JSON.stringify(text)} is text, and ${column === undefined ? 'this' : column.name} is a number`,
    );
  }
  const number = names.number(text);
  if (number !== undefined) return number;
  throw parsed.error(node, `${JSON.stringify(text)} is no ${names.what} that is known${didYouMean(text, names.known)}`);
}

function columnIn(quantity: Quantity): Column | undefined {
  if (quantity.kind === 'column') return quantity.column;
  return quantity.kind === 'entry' ? quantity.list : undefined;
}

/** The networks that nodes name; a single address is one too. */
export function readNetworks(parsed: ParsedExpression, nodes: readonly Node[]): Prefix[] {
  return textList(parsed, nodes).map((text, i) => {
    const prefix = parsePrefix(text);
    if (typeof prefix === 'string') throw parsed.error(nodes[i]!, prefix);
    return prefix;
  });
}

/** Networks of one address each. */
export function addressNetworks(parsed: ParsedExpression, nodes: readonly Node[]): Prefix[] {
  return readNetworks(parsed, nodes).map((prefix, i) => {
    if (prefix.length === prefix.octets.length * 8) return prefix;
    throw parsed.error(nodes[i]!, 'this is a network, not an address: ask for it with inNet()');
  });
}

import type { DocumentTree } from './document-scope.ts';
import type { KeyedObject } from './json-document.ts';
import { ObjectCheck, keyKinds } from './json-document.ts';
import type { ContextDocument } from './schema.ts';
import type { YamlPath } from '../../config/yaml/yaml-tree.ts';

/**
 * The objects of a document with keys of their own, what is referred to before what refers to it. The application rules
 * have numbers, so that they are tried in the order of the document. Objects of one name have numbers behind theirs.
 *
 * @param document the value of the tree, whose form is right
 */
export function keyedObjects(tree: DocumentTree, document: ContextDocument): KeyedObject[] {
  return Object.entries(keyKinds).flatMap(([kind, list]) => {
    const times = new Map<string, number>();
    const orders = list === 'applications' ? ordersOf(document) : [];
    return (document[list] ?? []).map(({ name }, i) => {
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      const value = plainValue(tree, [list, i]) as object;
      return {
        key: `${kind}.${keyText(name)}${time === 1 ? '' : `/${time}`}`,
        text: JSON.stringify(orders.length > 1 ? { ...value, order: orders[i] } : value),
      };
    });
  });
}

/**
 * The document of objects with keys of their own: the rules in the order that they are tried in. What cannot be read is
 * told.
 */
export function documentOf(objects: readonly KeyedObject[], onProblem: (problem: string) => void): object {
  const lists: Record<string, { readonly name: string; readonly order?: number | null }[]> = {};
  const check = new ObjectCheck();
  for (const object of objects) {
    const found = check.read(object);
    if (typeof found === 'string') onProblem(found);
    else (lists[found.list] ??= []).push(found.value as { name: string });
  }
  const { networks, exporters, applications } = lists;
  return {
    ...(networks && { networks }),
    ...(exporters && { exporters }),
    ...(applications && { applications: inOrder(applications.reverse()).map(withoutOrder) }),
  };
}

/** In a document the place of a rule says when it is tried. */
function withoutOrder(rule: object): object {
  return Object.fromEntries(Object.entries(rule).filter(([name]) => name !== 'order'));
}

/** For each application rule of a document, its place in the order that they are tried in. */
function ordersOf({ applications }: ContextDocument): number[] {
  const tried = inOrder((applications ?? []).map(({ order }, at) => ({ order, at })));
  const orders: number[] = [];
  for (const [i, { at }] of tried.entries()) orders[at] = i;
  return orders;
}

function inOrder<Rule extends { readonly order?: number | null | undefined }>(rules: readonly Rule[]): Rule[] {
  return rules.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

/** A value of a document as JSON has it; attributes are text, as they are written. */
function plainValue(tree: DocumentTree, path: YamlPath, isAttribute = false): unknown {
  const value = tree.at(path);
  if (Array.isArray(value)) return value.map((_, i) => plainValue(tree, [...path, i]));
  if (typeof value !== 'object' || value === null) return isAttribute && value !== null ? tree.text(path) : value;
  const members = Object.keys(value);
  return Object.fromEntries(
    members.map((name) => [name, plainValue(tree, [...path, name], path.at(-1) === 'context')]),
  );
}

/** A name as a part of a key: what keys do not allow is written `=` and two hexadecimal digits, an octet each. */
function keyText(name: string): string {
  return Array.from(new TextEncoder().encode(name), (octet) => {
    const character = String.fromCodePoint(octet);
    return /[-_.a-zA-Z0-9]/.test(character) ? character : escaped(octet);
  })
    .join('')
    .replaceAll(/^\.|\.$|\.(?=\.)/g, escaped(0x2e));
}

function escaped(octet: number): string {
  return `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}

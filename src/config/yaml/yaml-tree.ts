import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, LineCounter, YAMLMap } from 'yaml';
import { ConfigError } from '../errors.ts';
import type { ConfigPlace, ErrorCode } from '../errors.ts';
import { MAX_YAML_ALIASED, MAX_YAML_DEPTH } from './limits.ts';

/** The file that text came from, for messages, and the code of errors about it. */
export interface YamlOrigin {
  readonly file: string;
  readonly code: ErrorCode;
  /** Line of the file that the text begins in; 1 when not given. */
  readonly firstLine?: number;
}

/** Names and indexes that lead to a value. */
export type YamlPath = readonly (string | number)[];

/**
 * A YAML document as plain values, which remembers where each of them stands.
 *
 * Maps are objects without a prototype, so that no key of a file means anything but itself; keys are strings as they
 * are written. Aliases are replaced by copies of what they stand for.
 */
export class YamlTree {
  /** `null` for a document without content. */
  readonly value: unknown;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #origin: YamlOrigin;
  #aliased = 0;

  /** @throws ConfigError for a duplicate key, an alias that is unknown or too large, and a key that is no scalar */
  constructor(document: Document.Parsed, lines: LineCounter, origin: YamlOrigin) {
    this.#document = document;
    this.#lines = lines;
    this.#origin = origin;
    this.value = this.#convert(document.contents, [], false);
  }

  /** Where a value stands; for one that is missing, where the innermost map or list around it begins. */
  place(path: YamlPath): ConfigPlace {
    return this.#placeAt(this.#offsetOf(path), path);
  }

  /** A scalar as it is written, without its quotes: `1.10` for the number 1.1. Undefined for anything else. */
  text(path: YamlPath): string | undefined {
    const node = this.#resolve(this.#nodeOf(path));
    if (!isScalar(node)) return undefined;
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  /** The plain value at a path. */
  at(path: YamlPath): unknown {
    let value = this.value;
    for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step];
    return value;
  }

  #placeAt(offset: number, path: YamlPath): ConfigPlace {
    const { line, col } = this.#lines.linePos(offset);
    const { file, firstLine = 1 } = this.#origin;
    const place = { file, line: line + firstLine - 1, column: col };
    return path.length === 0 ? place : { ...place, path: path.join('.') };
  }

  #convert(node: unknown, path: YamlPath, aliased: boolean): unknown {
    if (aliased && ++this.#aliased > MAX_YAML_ALIASED) {
      this.#refuse(path, `aliases stand for more than ${MAX_YAML_ALIASED} values`);
    }
    if (path.length > MAX_YAML_DEPTH) this.#refuse(path, `nested deeper than ${MAX_YAML_DEPTH} levels`);
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined) this.#refuse(path, `there is no anchor &${node.source} before this alias`, node);
      return this.#convert(target, path, true);
    }
    if (isMap(node)) return this.#convertMap(node, path, aliased);
    if (isSeq(node)) {
      return node.items.map((item, i) => this.#convert(item, [...path, i], aliased));
    }
    return isScalar(node) ? node.value : null;
  }

  #convertMap(node: YAMLMap, path: YamlPath, aliased: boolean): object {
    const map = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of node.items) {
      const name = keyText(key);
      if (name === undefined) this.#refuse(path, 'a key is expected to be a plain name', key ?? node);
      if (Object.hasOwn(map, name!)) this.#refuse([...path, name!], 'stands here twice', key);
      map[name!] = this.#convert(value, [...path, name!], aliased);
    }
    return map;
  }

  #refuse(path: YamlPath, message: string, node?: unknown): never {
    const place = this.#placeAt(node === undefined ? this.#offsetOf(path) : (offsetOf(node) ?? 0), path);
    throw new ConfigError(this.#origin.code, place, message);
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #nodeOf(path: YamlPath): unknown {
    let node: unknown = this.#document.contents;
    for (const step of path) node = childOf(this.#resolve(node), step)?.value;
    return node;
  }

  /** Offset of the value, or of its key where the value is empty, or of the innermost container that exists. */
  #offsetOf(path: YamlPath): number {
    let node: unknown = this.#document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const step of path) {
      const child = childOf(this.#resolve(node), step);
      if (child === undefined) break;
      node = child.value;
      offset = offsetOf(node) ?? offsetOf(child.key) ?? offset;
    }
    return offset;
  }
}

/** Where a node begins, if it has any text. */
function offsetOf(node: unknown): number | undefined {
  const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
  return range === undefined || range === null || range[0] === range[1] ? undefined : range[0];
}

function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** The pair of a map, or the element of a list as a pair without key. */
function childOf(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    return step < node.items.length ? { value: node.items[step] } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => keyText(key) === String(step));
  return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}

import type { ConfigPlace } from '../../config/errors.ts';
import type { YamlPath } from '../../config/yaml/yaml-tree.ts';
import { Problems } from '../../config/problems.ts';
import type { DocumentTree } from './document-scope.ts';
import { ContextDraft } from './draft.ts';
import { checkDocument, readDocument } from './read-document.ts';

/** One object of a context that came by a key of its own: `network.<name>`, `exporter.<name>`, `application.<name>`. */
export interface KeyedObject {
  readonly key: string;
  /** JSON of the form that the object has in a file. */
  readonly text: string;
}

/** The lists of a document that objects stand in, by how their keys begin. */
const lists = { network: 'networks', exporter: 'exporters', application: 'applications' } as const;

/** A document of one object in JSON, which stands at no line. */
class JsonTree implements DocumentTree {
  readonly value: unknown;
  readonly #key: string;

  constructor(key: string, value: unknown) {
    this.#key = key;
    this.value = value;
  }

  place(path: YamlPath): ConfigPlace {
    const inside = path.slice(2);
    const place = { file: this.#key, line: 0, column: 0 };
    return inside.length === 0 ? place : { ...place, path: inside.join('.') };
  }

  text(path: YamlPath): string | undefined {
    const value = this.at(path);
    return typeof value === 'string'
      ? value
      : ['number', 'boolean'].includes(typeof value)
        ? JSON.stringify(value)
        : undefined;
  }

  at(path: YamlPath): unknown {
    let value = this.value;
    for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step];
    return value;
  }
}

/** Takes an object into a draft, as a source of its own. */
export function readKeyed(draft: ContextDraft, { key, text }: KeyedObject, problems: Problems): void {
  const at = { file: key };
  const kind = key.slice(0, key.indexOf('.'));
  if (!Object.hasOwn(lists, kind)) {
    return problems.add(at, 'is no key of a network, an exporter or an application: network.NAME is expected');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return problems.add(at, `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const tree = new JsonTree(key, { [lists[kind as keyof typeof lists]]: [value] });
  const document = checkDocument(tree, problems);
  if (document !== undefined) readDocument(draft, draft.addSource({ kind: 'kv', name: key }), tree, document, problems);
}

/** What is wrong with an object by itself; undefined when nothing is. */
export function problemOf(object: KeyedObject): string | undefined {
  const problems = new Problems('GF_CONTEXT_FILE');
  readKeyed(new ContextDraft(), object, problems);
  return problems.list[0]?.message;
}

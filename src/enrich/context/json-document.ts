import type { ConfigPlace } from '../../config/errors.ts';
import type { YamlPath } from '../../config/yaml/yaml-tree.ts';
import { Problems } from '../../config/problems.ts';
import type { DocumentTree } from './document-scope.ts';
import { ContextDraft } from './draft.ts';
import { parsePrefixes } from '../../flow/prefix-text.ts';
import type { Prefix } from '../../flow/prefix-text.ts';
import { checkDocument, readDocument } from './read-document.ts';
import type { ContextDocument } from './schema.ts';

/** One object of a context that came by a key of its own: `network.<name>`, `exporter.<name>`, `application.<name>`. */
export interface KeyedObject {
  readonly key: string;
  /** JSON of the form that the object has in a file. */
  readonly text: string;
  /** The value that is in use, where it is another one: what stays when this one cannot be used. */
  readonly before?: string | undefined;
}

/** The lists of a document that objects stand in, by how their keys begin; what is referred to first. */
export const keyKinds = { network: 'networks', exporter: 'exporters', application: 'applications' } as const;

/** What an object says, and where it would stand in a document. */
export interface KeyedValue {
  readonly list: (typeof keyKinds)[keyof typeof keyKinds];
  readonly value: unknown;
}

/** A document of one object in JSON, which stands at no line. */
class JsonTree implements DocumentTree {
  readonly value: unknown;
  readonly #key: string;
  /** What its texts mean: it is read again and again. */
  readonly #prefixes = new Map<string, readonly Prefix[] | string>();

  constructor(key: string, value: unknown) {
    this.#key = key;
    this.value = value;
  }

  place(path: YamlPath): ConfigPlace {
    const inside = path.slice(2);
    return inside.length === 0 ? { key: this.#key } : { key: this.#key, path: inside.join('.') };
  }

  text(path: YamlPath): string | undefined {
    const value = this.at(path);
    return typeof value === 'string'
      ? value
      : ['number', 'boolean'].includes(typeof value)
        ? JSON.stringify(value)
        : undefined;
  }

  prefixes(text: string): readonly Prefix[] | string {
    let known = this.#prefixes.get(text);
    if (known === undefined) this.#prefixes.set(text, (known = parsePrefixes(text)));
    return known;
  }

  at(path: YamlPath): unknown {
    let value = this.value;
    for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step];
    return value;
  }
}

/** An object that is parsed once, however often it is read. */
export class ParsedObject implements KeyedObject {
  readonly key: string;
  readonly text: string;
  before: string | undefined;
  readonly #problems = new Problems('GF_CONTEXT_FILE');
  readonly #tree: JsonTree | undefined;
  readonly #document: ContextDocument | undefined;

  constructor(object: KeyedObject) {
    const { key, text, before } = object;
    this.key = key;
    this.text = text;
    this.before = before;
    const found = parseKeyed(object);
    if (typeof found === 'string') {
      this.#problems.add({ key }, found);
      return;
    }
    this.#tree = new JsonTree(key, { [found.list]: [found.value] });
    this.#document = checkDocument(this.#tree, this.#problems);
  }

  /** Takes it into a draft, as a source of its own. */
  read(draft: ContextDraft, problems: Problems): void {
    for (const problem of this.#problems.list) problems.addError(problem);
    const [tree, document] = [this.#tree, this.#document];
    if (document === undefined) return;
    readDocument(draft, draft.addSource({ kind: 'kv', name: this.key }), tree!, document, problems);
  }
}

/** Takes an object into a draft. */
export function readKeyed(draft: ContextDraft, object: KeyedObject, problems: Problems): void {
  (object instanceof ParsedObject ? object : new ParsedObject(object)).read(draft, problems);
}

/** Objects that are read into one draft to find out what is wrong with them: a draft takes longer than an object. */
const OBJECTS_A_DRAFT = 1000;

/** Looks at objects by themselves. */
export class ObjectCheck {
  #draft = new ContextDraft();

  /** What is wrong with an object; undefined when nothing is. */
  problemOf(object: KeyedObject): string | undefined {
    if (this.#draft.sources.length === OBJECTS_A_DRAFT) this.#draft = new ContextDraft();
    const problems = new Problems('GF_CONTEXT_FILE');
    readKeyed(this.#draft, object, problems);
    return problems.list[0]?.message;
  }

  /** What an object says, or what is wrong with it. */
  read(object: KeyedObject): KeyedValue | string {
    return this.problemOf(object) ?? parseKeyed(object);
  }
}

/** What an object says and where it belongs, or what is wrong with its key or its JSON. */
function parseKeyed({ key, text }: KeyedObject): KeyedValue | string {
  const kind = key.slice(0, Math.max(0, key.indexOf('.')));
  if (!Object.hasOwn(keyKinds, kind)) {
    return 'is no key of a network, an exporter or an application: network.NAME is expected';
  }
  try {
    return { list: keyKinds[kind as keyof typeof keyKinds], value: JSON.parse(text) as unknown };
  } catch (error) {
    return `is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

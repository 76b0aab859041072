import type { YamlPath, YamlTree } from '../../config/yaml/yaml-tree.ts';
import { AttributeList } from './attribute-list.ts';
import { meaningOf } from './attribute-rules.ts';
import type { ContextDraft, Place, PrefixRow, PrefixTables, TextTables } from './draft.ts';
import { parsePrefixes } from '../../flow/prefix-text.ts';
import type { Prefix } from '../../flow/prefix-text.ts';
import type { Problems } from '../../config/problems.ts';

/** What is said about all prefixes of one object. */
export type Subject = Pick<PrefixRow, 'subject' | 'attributes' | 'inherit'>;

/** A document with the places of its values; one that is read again and again remembers what its prefixes are. */
export type DocumentTree = Pick<YamlTree, 'value' | 'place' | 'text' | 'at'> & {
  prefixes?(text: string): ReturnType<typeof parsePrefixes> | readonly Prefix[];
};

/** What all readers of a document need: where it goes, where it stands, and what they have in common. */
export class DocumentScope {
  readonly draft: ContextDraft;
  readonly #source: number;
  readonly #tree: DocumentTree;
  readonly #problems: Problems;

  /** @param source number of the document among the sources of the draft */
  constructor(draft: ContextDraft, source: number, tree: DocumentTree, problems: Problems) {
    this.draft = draft;
    this.#source = source;
    this.#tree = tree;
    this.#problems = problems;
  }

  problem(path: YamlPath, message: string): void {
    this.#problems.add(this.#tree.place(path), message);
  }

  place(path: YamlPath): Place {
    // an object with a key of its own stands at no line, and there may be many
    if (this.draft.sources[this.#source]!.kind === 'kv') return { source: this.#source, line: 0, column: 0 };
    const { line = 0, column = 0 } = this.#tree.place(path) as { readonly line?: number; readonly column?: number };
    return { source: this.#source, line, column };
  }

  /** Number of the list of attributes at a path, which may lead to nothing. */
  attributes(tables: TextTables, path: YamlPath): number {
    const list = new AttributeList(tables);
    const attributes = this.#tree.at(path) as Record<string, unknown> | null | undefined;
    for (const name of Object.keys(attributes ?? {})) {
      // A number or true is taken as it is written: 1.10 stays 1.10.
      const value = attributes![name] === null ? null : this.#tree.text([...path, name]);
      const problem = value === undefined ? 'text is expected' : (list.add(name, value) ?? meaningOf(name, value));
      if (problem !== undefined) this.problem([...path, name], problem);
    }
    return list.finish();
  }

  /** Adds what a text means (a prefix, an address, a range) and returns how many prefixes that is. */
  prefixes(tables: PrefixTables, text: string | null | undefined, path: YamlPath, subject: Subject): number {
    if (text === undefined || text === null) return 0;
    const prefixes = this.#tree.prefixes?.(text) ?? parsePrefixes(text);
    if (typeof prefixes === 'string') {
      this.problem(path, prefixes);
      return 1;
    }
    // name by name, which takes a fifth of the time of spreading them: there may be ten thousand objects
    const { source, line, column } = this.place(path);
    const row = {
      subject: subject.subject,
      attributes: subject.attributes,
      inherit: subject.inherit,
      source,
      line,
      column,
    };
    for (const prefix of prefixes) tables.add(prefix, row);
    return prefixes.length;
  }

  /** The same for a list of texts. */
  prefixList(
    tables: PrefixTables,
    list: readonly string[] | null | undefined,
    path: YamlPath,
    subject: Subject,
  ): number {
    return (list ?? []).reduce((count, text, i) => count + this.prefixes(tables, text, [...path, i], subject), 0);
  }
}

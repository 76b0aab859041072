import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import { fileAppearance } from '../../config/file-appearance.ts';
import { parseYaml } from '../../config/yaml/parse-yaml.ts';
import { MAX_YAML_BYTES } from '../../config/yaml/limits.ts';
import type { YamlTree } from '../../config/yaml/yaml-tree.ts';
import { ContextDraft } from './draft.ts';
import { MAX_BULK_BYTES } from './limits.ts';
import { Problems } from '../../config/problems.ts';
import { readKeyed } from './json-document.ts';
import type { KeyedObject } from './json-document.ts';
import { readCsv } from './read-csv.ts';
import { checkDocument, readDocument } from './read-document.ts';
import { readJsonLines } from './read-json-lines.ts';
import type { BulkDocument } from './schema.ts';

/** A file that was looked for. */
export interface FileState {
  /** See `fileAppearance`: from before it was read. */
  readonly appearance: string;
  /** Of its content; undefined when it could not be read. */
  readonly hash: string | undefined;
  readonly bytes: number;
  /** When it was written, Unix milliseconds. */
  readonly modifiedMs: number;
}

/** A document that a web server has. */
export interface FetchedDocument {
  readonly url: string;
  readonly octets: Uint8Array;
  /** Those in use, where they are others: what stays when these cannot be used. */
  readonly before?: Uint8Array | undefined;
}

/** What a context has beside files, which are over it; keys are over the document. */
export interface OtherSources {
  readonly objects: readonly KeyedObject[];
  readonly document?: FetchedDocument | undefined;
}

/** What was read, with what is wrong with it. */
export interface ReadContext {
  readonly draft: ContextDraft;
  readonly problems: Problems;
  /** Every file that was looked for, by its path. */
  readonly files: ReadonlyMap<string, FileState>;
  /** Files without any content: fine at the start, the sign of one half written later. */
  readonly empty: readonly string[];
}

/**
 * Reads context files, later ones over earlier ones, and the bulk files that they name, which are weaker than what
 * stands in the file itself.
 *
 * @param paths as the user gave them; messages name them so
 * @param others undefined where nothing comes otherwise
 */
export function readContextFiles(paths: readonly string[], others?: OtherSources): ReadContext {
  const reader = new FileReader();
  reader.draft.isOpen = others !== undefined;
  const { document, objects = [] } = others ?? {};
  if (document !== undefined) reader.problems.catch(() => reader.readFetched(document));
  for (const object of objects) readKeyed(reader.draft, object, reader.problems);
  for (const path of paths) reader.problems.catch(() => reader.readFile(path));
  return reader;
}

class FileReader implements ReadContext {
  readonly draft = new ContextDraft();
  readonly problems = new Problems('GF_CONTEXT_FILE');
  readonly files = new Map<string, FileState>();
  readonly empty: string[] = [];

  readFile(path: string): void {
    const tree = parseYaml(this.#load(path, MAX_YAML_BYTES), { file: path, code: 'GF_CONTEXT_FILE' });
    if (tree.value === null) this.empty.push(path);
    const document = checkDocument(tree, this.problems);
    if (document === undefined) return;
    document.networks_from?.forEach((bulk, i) => this.#readBulk(tree, path, bulk, i));
    const source = this.draft.addSource({ kind: 'file', name: path });
    readDocument(this.draft, source, tree, document, this.problems);
  }

  readFetched({ url, octets }: FetchedDocument): void {
    const tree = parseYaml(octets, { file: url, code: 'GF_CONTEXT_FILE' });
    const document = checkDocument(tree, this.problems);
    if (document === undefined) return;
    if (document.networks_from) this.problems.add(tree.place(['networks_from']), 'only files name bulk files');
    readDocument(this.draft, this.draft.addSource({ kind: 'http', name: url }), tree, document, this.problems);
  }

  #readBulk(tree: YamlTree, from: string, { file, format }: BulkDocument, index: number): void {
    const path = resolve(dirname(from), file);
    const kind = format ?? formats.get(extname(file).toLowerCase());
    if (kind === undefined) {
      const message = `${JSON.stringify(file)} does not tell its format by its name: format: csv or jsonl is expected`;
      this.problems.add(tree.place(['networks_from', index, 'file']), message);
      return;
    }
    this.problems.catch(() => {
      const octets = this.#load(path, MAX_BULK_BYTES);
      if (octets.length === 0) this.empty.push(path);
      if (!isUtf8(octets)) throw new ConfigError('GF_CONTEXT_FILE', { file: path }, 'is no UTF-8');
      const read = kind === 'csv' ? readCsv : readJsonLines;
      read(this.draft, this.draft.addSource({ kind: 'file', name: path }), path, octets, this.problems);
    });
  }

  #load(path: string, limit: number): Uint8Array {
    const appearance = fileAppearance(path);
    this.files.set(resolve(path), { appearance, hash: undefined, bytes: 0, modifiedMs: 0 });
    let octets: Uint8Array;
    let modifiedMs: number;
    try {
      const stat = statSync(path);
      // A pipe would hold the thread for as long as nothing is written, and can be read once only.
      if (!stat.isFile() && !stat.isDirectory()) throw new TypeError('is no regular file');
      if (stat.size > limit) throw new RangeError(`${stat.size} octets are more than the ${limit} allowed`);
      modifiedMs = stat.mtimeMs;
      octets = readFileSync(path);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new ConfigError('GF_CONTEXT_FILE', { file: path }, message, error);
    }
    const hash = createHash('sha256').update(octets).digest('hex');
    this.files.set(resolve(path), { appearance, hash, bytes: octets.length, modifiedMs });
    return octets;
  }
}

const formats = new Map<string, 'csv' | 'jsonl'>([
  ['.csv', 'csv'],
  ['.tsv', 'csv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
]);

/** What the main thread and the model thread say to each other. */
import type { ContextTables } from '../context/compile-context.ts';
import type { ContextQuestion } from '../context/explain-question.ts';
import type { KeyedObject } from '../context/json-document.ts';
import type { FetchedDocument, FileState, OtherSources } from '../context/read-files.ts';

/** Where a document is, and how long the pause is from one question to the next. */
export interface UrlSettings {
  readonly url: string;
  readonly intervalMs: number;
}

/** What a context is made of, and for which output. */
export interface ContextSettings {
  /** Files, later ones over earlier ones. */
  readonly files: readonly string[];
  /** Keys that are part of the output; all when empty. */
  readonly keys: readonly string[];
  /** A web server that is asked for more of it. */
  readonly url?: UrlSettings | undefined;
  /** Name of the format at work. */
  readonly format: string;
}

/** The files of a context, by their paths, and those among them that say nothing. */
export interface ContextFiles {
  readonly files: ReadonlyMap<string, FileState>;
  readonly empty: readonly string[];
}

/** What has changed among objects with keys of their own. */
export interface ObjectChanges {
  /** Counted up. */
  readonly number: number;
  /** Whether these are all there are, whatever was told before. */
  readonly whole: boolean;
  readonly set: readonly KeyedObject[];
  readonly gone: readonly string[];
}

/** Asks for a context. Between two questions the model thread keeps nothing but objects with keys, and memory. */
export interface BuildRequest extends BuildInput {
  /** Counted from 1. */
  readonly build: number;
  /** The oldest build that flows are looked up in, so that the memory of those before it is free; 0 = not known. */
  readonly inUse: number;
  /** What has changed among the objects with keys; undefined where there can be none. */
  readonly changes: ObjectChanges | undefined;
  /** What a web server has. */
  readonly document: FetchedDocument | undefined;
  /** Whether something may come otherwise than by files at any time. */
  readonly isOpen: boolean;
}

/** What a build goes by, beside what does not come by files. */
export interface BuildInput {
  readonly settings: ContextSettings;
  /** The files of the context in use; undefined before there is one. */
  readonly previous: ContextFiles | undefined;
  /** Whether to build although no file has changed. */
  readonly force: boolean;
}

/** Asks the explaining thread what a context says. */
export interface ExplainRequest {
  readonly files: readonly string[];
  readonly others: OtherSources | undefined;
  readonly question: ContextQuestion;
}

/** An object that cannot be used. */
export interface RefusedObject {
  readonly problem: string;
  /** Undefined for the document of a web server. */
  readonly object?: KeyedObject;
  /** Whether what its key had before is used in its place. */
  readonly stays: boolean;
}

export interface BuiltContext extends ContextFiles {
  readonly kind: 'built';
  readonly tables: ContextTables;
  /** Objects that it was built without, by their keys; the document of a web server, by its URL. */
  readonly refused: ReadonlyMap<string, RefusedObject>;
  /** What has no effect for now, a line each. */
  readonly notes: readonly string[];
  readonly tookMs: number;
  /** Octets of memory that were allocated for it. */
  readonly allocated?: number;
}

export type BuildResult =
  | BuiltContext
  /** Every file is as it was. */
  | ({ readonly kind: 'unchanged' } & ContextFiles)
  /** It cannot be used: what is wrong, a line each, and how many mistakes there are in all. */
  | ({ readonly kind: 'refused'; readonly problems: readonly string[]; readonly count: number } & ContextFiles);

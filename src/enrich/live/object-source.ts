import type { Source } from '../context/draft.ts';
import type { KeyedObject } from '../context/json-document.ts';
import type { ObjectChanges, RefusedObject } from './messages.ts';

/** One source of the context in use. */
export interface SourceStatus {
  readonly kind: Source['kind'];
  readonly name: string;
  readonly bytes: number;
  /** When it was last changed, Unix milliseconds; 0 where that is not known. */
  readonly modifiedMs: number;
  /** Objects, where it has them by keys of their own. */
  readonly objects?: number;
  /** What keeps it from being read. */
  readonly trouble?: string | undefined;
}

/** Where objects of a context come from that have keys of their own. */
export interface ObjectSource {
  /** What has changed since the last call; all there is for a model that knows nothing. */
  changes(whole: boolean): ObjectChanges;
  /** Those of the context in use. */
  readonly inUse: readonly KeyedObject[];
  readonly status: SourceStatus;
  /** What is wrong with those that are not used, a line each. */
  readonly problems: readonly string[];
  /** Told that what has changed up to this number is in use now, save what was refused of all there is. */
  used(number: number, refused: ReadonlyMap<string, RefusedObject>): void;
}

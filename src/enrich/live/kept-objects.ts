import { ParsedObject } from '../context/json-document.ts';
import type { ObjectChanges } from './messages.ts';

/**
 * The objects of a context as the model thread keeps them from one build to the next: parsed, so that a change of one of
 * ten thousand parses one.
 */
export class KeptObjects {
  readonly #objects = new Map<string, ParsedObject>();
  #ordered: readonly ParsedObject[] | undefined;

  change({ whole, set, gone }: ObjectChanges): void {
    const left = whole ? new Map(this.#objects) : undefined;
    for (const object of set) {
      const { key, text, before } = object;
      const known = this.#objects.get(key);
      left?.delete(key);
      if (known?.text === text) known.before = before;
      else {
        this.#objects.set(key, new ParsedObject(object));
        this.#ordered = undefined;
      }
    }
    for (const key of left?.keys() ?? gone) if (this.#objects.delete(key)) this.#ordered = undefined;
  }

  /** All of them, by their keys, so that all collectors have the same context. */
  get ordered(): readonly ParsedObject[] {
    return (this.#ordered ??= [...this.#objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1)));
  }
}

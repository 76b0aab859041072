import { errorFields } from '../log/logger.ts';
import type { Logger } from '../log/logger.ts';
import type { Counters } from '../metrics/counters.ts';

/** A part of the configuration that is read again while the collector runs (SIGHUP, D-22). */
export interface Reloadable {
  /** As the log calls it. */
  readonly name: string;
  /**
   * Reads and checks all of it.
   *
   * @returns what takes it into use: all at once, for the workers that run and for those that begin later
   * @throws when it cannot be used; nothing has changed then
   */
  prepare(): (() => void) | Promise<() => void>;
}

/** A part that is read by `load`, checks included, and taken into use by `use`. */
export function reloadable<T>(name: string, load: () => T | Promise<T>, use: (loaded: T) => void): Reloadable {
  return {
    name,
    async prepare() {
      const loaded = await load();
      return () => use(loaded);
    },
  };
}

/** Reads every part again. What cannot be used is logged and counted, stays as it was, and holds up no other part. */
export async function reloadAll(parts: readonly Reloadable[], counters: Counters, log: Logger): Promise<void> {
  const reloads = parts.map(async (part) => {
    try {
      const use = await part.prepare();
      use();
    } catch (error) {
      counters.add('reload_failures');
      log.error('cannot be reloaded, going on with the old one', { part: part.name, ...errorFields(error) });
    }
  });
  await Promise.all(reloads);
}

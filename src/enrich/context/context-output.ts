import { contextPairs } from '../../format/context-pair.ts';
import type { ContextOutput } from './fragments.ts';

/**
 * How a format writes the key-values of a context.
 *
 * @param format by its name; one without flow messages shows nothing
 * @param keys those that are part of the output; all when empty
 */
export function contextOutput(format: string, keys: readonly string[] = []): ContextOutput {
  const write = contextPairs.get(format);
  if (write === undefined) throw new TypeError(`no such format: ${format}`);
  const shown = new Set(keys);
  return { write, shows: (key) => shown.size === 0 || shown.has(key) };
}

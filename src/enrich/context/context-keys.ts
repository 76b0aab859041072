import { ConfigError } from '../../config/errors.ts';
import { partOfKey } from '../../flow/flow-context.ts';

/**
 * Keys of the context as `-context.keys` has them, with or without `context.` before them.
 *
 * @throws ConfigError for a name that is no key of any context
 */
export function contextKeys(names: readonly string[]): string[] {
  return names.map((name) => {
    const key = name.replace(/^context\./, '');
    if (partOfKey(key) !== undefined) return key;
    const message = `${JSON.stringify(name)} is no key of a context: see docs/context.md`;
    throw new ConfigError('GF_OPTION_VALUE', { option: 'context.keys' }, message);
  });
}

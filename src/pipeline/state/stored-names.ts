import { readFileSync } from 'node:fs';
import { ConfigError } from '../../config/errors.ts';
import type { ToldName } from '../../enrich/learned/told-name.ts';
import { stateFromJson } from './state-json.ts';

/**
 * The names that an exporter has told, out of the file that a collector keeps (`<templates.json.path>.state`).
 *
 * @throws ConfigError for what is no such file
 */
export function storedNames(path: string, address: string): ToldName[] {
  try {
    return stateFromJson(JSON.parse(readFileSync(path, 'utf8'))).names.filter((name) => name.address === address);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError('GF_OPTION_VALUE', { option: 'state' }, `${path}: ${why}`, error);
  }
}

import { stringify } from 'yaml';

/** A value as a YAML document, a line each for what is short. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

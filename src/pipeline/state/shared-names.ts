import { createHash } from 'node:crypto';
import { listOf } from '../../config/json-shape.ts';
import type { ToldName } from '../../enrich/learned/told-name.ts';
import { hexOf } from './hex-address.ts';
import { nameFromJson, nameToJson } from './names-json.ts';

/** Names of one key at most: a value has to fit into a message. */
const NAMES_OF_KEY = 256;

/**
 * `names.<address>.<version>.<domain>.<kind>.<part>`, where the part has up to 256 ids that follow each other;
 * undefined for an address that means nothing elsewhere.
 */
export function namesKey({ address, version, domain, kind, id }: ToldName): string | undefined {
  const hex = hexOf(address);
  const [engine, number] = kind === 'application' ? (id.split(':') as [string, string]) : ['', id];
  const part = `${engine === '' ? '' : `${engine}-`}${Math.floor(Number(number) / NAMES_OF_KEY)}`;
  return hex && `names.${hex}.${version}.${domain}.${kind}.${part}`;
}

/** Whether a key is one of names. */
export function isNamesKey(key: string): boolean {
  return key.startsWith('names.');
}

/** Names by the keys that they belong to; those of one key in order, so that all collectors write them alike. */
export function namesByKey(names: Iterable<ToldName>): Map<string, ToldName[]> {
  const byKey = new Map<string, ToldName[]>();
  for (const told of names) {
    const key = namesKey(told);
    if (key === undefined) continue;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [told]);
    else known.push(told);
  }
  for (const list of byKey.values()) list.sort((a, b) => (a.id < b.id ? -1 : 1));
  return byKey;
}

/** The same as long as no name has changed; when they were told plays no part. */
export function digestOfNames(names: readonly ToldName[]): string {
  const told = names.map(({ id, name, description }) => [id, name, description]);
  return createHash('sha256').update(JSON.stringify(told)).digest('base64').slice(0, 22);
}

/** A value of the bucket with these names. */
export function namesToJson(names: readonly ToldName[]): Record<string, unknown> {
  return { names: names.map(nameToJson) };
}

/** @throws Error for what is not of this shape, or belongs to another key */
export function namesFromJson(key: string, value: Record<string, unknown>): readonly ToldName[] {
  const names = listOf(value['names']).map(nameFromJson);
  if (names.some((told) => namesKey(told) !== key)) throw new Error('it belongs to another key');
  return names;
}

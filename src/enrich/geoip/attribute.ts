import { codeOf } from '../../flow/code-text.ts';
import type { MmdbValue } from './mmdb-data.ts';

/** What is taken from a database: the number of an AS, or the code of a country. */
export interface Attribute {
  /** Names that lead to it in a record, one way for each layout of databases. */
  readonly paths: readonly (readonly string[])[];
  /** As 32 bits; undefined for a value that cannot be one. */
  readonly encode: (value: MmdbValue) => number | undefined;
}

/** The attributes by the names of their databases. */
export const attributes = {
  asn: { paths: [['autonomous_system_number']], encode: asNumber },
  country: { paths: [['country', 'iso_code'], ['country_code']], encode: countryCode },
} as const satisfies Record<string, Attribute>;

export type AttributeName = keyof typeof attributes;

/** What a record has for an attribute; 0 where it has nothing. */
export function attributeOf(record: MmdbValue, { paths, encode }: Attribute): number {
  for (const path of paths) {
    const value = path.reduce<MmdbValue | undefined>(memberOf, record);
    const encoded = value === undefined ? undefined : encode(value);
    if (encoded !== undefined) return encoded;
  }
  return 0;
}

function memberOf(value: MmdbValue | undefined, name: string): MmdbValue | undefined {
  if (typeof value !== 'object' || value instanceof Uint8Array || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as { readonly [key: string]: MmdbValue })[name] : undefined;
}

function asNumber(value: MmdbValue): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function countryCode(value: MmdbValue): number | undefined {
  return typeof value === 'string' ? codeOf(value) : undefined;
}

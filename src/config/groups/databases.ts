import type { OptionTable } from '../option.ts';

const asn = {
  type: 'string',
  default: '',
  hint: 'PATH',
  help: 'database of AS numbers (MaxMind DB format) that src_as and dst_as are filled from,\nread again when it changes; empty = none',
} as const;

const overwrite = {
  type: 'string',
  default: 'found',
  choices: ['found', 'missing', 'always'],
  help: 'which AS numbers of a flow the database replaces: found = those of addresses that it has,\nmissing = those that are 0; always = all, with 0 where it has nothing',
} as const;

const country = {
  type: 'string',
  default: '',
  hint: 'PATH',
  help: 'database of countries (MaxMind DB format) that the columns src_country and dst_country come from,\nread again when it changes; empty = none',
} as const;

/** Databases of the collector. */
export const geoIpOptions = {
  'enrich.geoip.asn': asn,
  'enrich.geoip.asn.overwrite': overwrite,
  'enrich.geoip.country': country,
} as const satisfies OptionTable;

/** The same under the names of the enricher. */
export const databaseOptions = {
  'db.asn': asn,
  'db.asn.overwrite': overwrite,
  'db.country': country,
} as const satisfies OptionTable;

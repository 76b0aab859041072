import { ElementRegistry } from '../decode/elements/registry.ts';
import { columnsBeside } from '../flow/fields.ts';
import type { MappingSurroundings } from './read-mapping.ts';

/** Options that play a part in the meaning of a mapping file. */
export interface MeaningfulOptions {
  readonly 'produce.scale': boolean;
  readonly 'produce.elements': string;
  /** A database of countries; empty: none. */
  readonly 'enrich.geoip.country': string;
}

/** What a file is read with where these options are given. */
export function surroundingsOf(options: MeaningfulOptions): MappingSurroundings {
  return {
    optional: columnsBeside(options['produce.scale'], options['enrich.geoip.country'] !== ''),
    elements: () => ElementRegistry.bundled(options['produce.elements']),
  };
}

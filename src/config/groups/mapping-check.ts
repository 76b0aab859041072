import type { OptionTable } from '../option.ts';
import { geoIpOptions } from './databases.ts';
import { productionOptions } from './production.ts';

/** Options of `goflow2plus mapping check`: what plays a part in the meaning of a mapping file. */
export const mappingCheckOptions = {
  'produce.elements': productionOptions['produce.elements'],
  'produce.scale': productionOptions['produce.scale'],
  'enrich.geoip.country': geoIpOptions['enrich.geoip.country'],
} as const satisfies OptionTable;

import { ConfigError } from '../config/errors.ts';
import { filterColumns, readFilter } from '../filter/filter.ts';
import type { FilterCondition } from '../filter/filter.ts';
import { layoutOf, numberColumns } from '../mapping/apply.ts';
import type { Mapping } from '../mapping/mapping.ts';

/** What of the settings of a collector says which flows are kept. */
export interface Filtering {
  readonly filter?: string | undefined;
  readonly produce: string;
  readonly scale?: boolean | undefined;
}

/**
 * The condition of `-filter`; undefined where all flows are kept.
 *
 * @param context whether flows have one
 * @param mapping whose numbers can be asked for too: they hide columns of their name
 * @throws ConfigError for an expression that cannot be used
 */
export function filterOf(
  { filter, produce, scale = false }: Filtering,
  context: boolean,
  mapping: Mapping | undefined,
): FilterCondition | undefined {
  if (filter === undefined) return undefined;
  if (produce === 'raw') {
    const message = 'a raw message is a whole datagram, not a flow: it cannot be filtered';
    throw new ConfigError('GF_FILTER', { option: 'filter' }, message);
  }
  // Of two columns with one name the last is meant.
  return readFilter(filter, { columns: [...filterColumns(scale), ...numberColumns(layoutOf(mapping))], context });
}

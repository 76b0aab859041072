import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import { counterIndex } from '../../metrics/counters.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { Enricher } from '../enricher.ts';
import { AddressTable } from './address-table.ts';
import type { AddressTableMemory } from './address-table.ts';

/** Whose AS numbers stand where the flow has one already and the database too, or not (D-25). */
export const asnOverwrites = ['found', 'missing', 'always'] as const;
export type AsnOverwrite = (typeof asnOverwrites)[number];

/** The databases in use, as they go from thread to thread. */
export interface GeoIpTables {
  readonly asn: AddressTableMemory | undefined;
  readonly country: AddressTableMemory | undefined;
}

const LOOKUPS = counterIndex('geoip_lookups');
const HITS = counterIndex('geoip_hits');

const addresses = [slotOf('src_addr'), slotOf('dst_addr')] as const;
const asNumbers = [slotOf('src_as'), slotOf('dst_as')] as const;
const countries = [slotOf('src_country'), slotOf('dst_country')] as const;

/** Gives each flow the AS numbers and countries of its addresses, out of databases. */
export class GeoIpEnricher implements Enricher {
  readonly columns = ['src_as', 'dst_as', 'src_country', 'dst_country'] as const;
  readonly #values: Float64Array;
  readonly #overwrite: AsnOverwrite;
  #asn: AddressTable | undefined;
  #country: AddressTable | undefined;

  constructor(tables: GeoIpTables, overwrite: AsnOverwrite, counters: Counters) {
    this.#values = counters.values;
    this.#overwrite = overwrite;
    this.use(tables);
  }

  /** Takes other databases, between two flows. */
  use({ asn, country }: GeoIpTables): void {
    this.#asn = asn && new AddressTable(asn);
    this.#country = country && new AddressTable(country);
  }

  enrich(flow: FlowRecord): void {
    const asn = this.#asn;
    const country = this.#country;
    let lookups = 0;
    let hits = 0;
    for (let side = 0; side < 2; side++) {
      const address = addresses[side]!;
      if (flow.words[address + 4] === 0) continue;
      if (asn !== undefined) {
        const found = asn.lookup(flow, address) | 0;
        lookups++;
        if (found !== 0) hits++;
        this.#putAsn(flow, found, asNumbers[side]!);
      }
      if (country !== undefined) {
        const found = country.lookup(flow, address) | 0;
        lookups++;
        if (found !== 0) hits++;
        flow.words[countries[side]!] = found;
      }
    }
    this.#values[LOOKUPS]! += lookups;
    this.#values[HITS]! += hits;
  }

  #putAsn({ words }: FlowRecord, found: number, slot: number): void {
    const overwrite = this.#overwrite;
    if (overwrite === 'found' ? found !== 0 : overwrite === 'always' || words[slot] === 0) words[slot] = found;
  }
}

import type { FragmentBank } from '../../flow/flow-context.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import { bankOf } from './fragments.ts';
import { PrefixTries } from './network-table.ts';
import { findSlot } from './number-pairs.ts';
import { sectionOf } from './table-memory.ts';
import type { TableMemory } from './table-memory.ts';

/** Words of an entry: its fragment, the sampling rate that overrides all others, the one for want of another; 0 = none. */
export const EXPORTER_ENTRY = 3;

/** The exporters of a generation, as they go from thread to thread. */
export interface ExporterTable {
  readonly table: TableMemory;
  readonly keys: readonly string[];
  /** How many different prefixes there are. */
  readonly prefixes: number;
}

/** The exporters of a generation, with their interfaces and VRFs, for lookups. */
export class Exporters {
  readonly bank: FragmentBank;
  readonly prefixes: number;
  readonly #tries: PrefixTries;
  readonly #entries: Uint32Array;
  readonly #interfaces: Uint32Array;
  readonly #vrfs: Uint32Array;

  constructor({ table, keys, prefixes }: ExporterTable) {
    this.bank = bankOf(table, keys);
    this.prefixes = prefixes;
    this.#tries = new PrefixTries(table);
    this.#entries = sectionOf(table, 'entries');
    this.#interfaces = sectionOf(table, 'interfaces');
    this.#vrfs = sectionOf(table, 'vrfs');
  }

  /** Number of the exporter whose address stands in the column at `slot`; 0 = none that is known. */
  lookup(flow: FlowRecord, slot: number): number {
    return this.#tries.lookup(flow, slot);
  }

  fragment(exporter: number): number {
    return this.#entries[exporter * EXPORTER_ENTRY]!;
  }

  /** One packet in so many, whatever was announced; 0 = not told. */
  overrideRate(exporter: number): number {
    return this.#entries[exporter * EXPORTER_ENTRY + 1]!;
  }

  /** The same where nothing was announced. */
  defaultRate(exporter: number): number {
    return this.#entries[exporter * EXPORTER_ENTRY + 2]!;
  }

  /** Fragment of an interface as the one that packets come in by; 0 = none that is known. */
  input(exporter: number, index: number): number {
    return this.#interfaces[findSlot(this.#interfaces, exporter, index) + 2]!;
  }

  /** The same as the one that they go out by. */
  output(exporter: number, index: number): number {
    return this.#interfaces[findSlot(this.#interfaces, exporter, index) + 3]!;
  }

  /** Fragment of a VRF as that of ingress. */
  ingressVrf(exporter: number, id: number): number {
    return this.#vrfs[findSlot(this.#vrfs, exporter, id) + 2]!;
  }

  egressVrf(exporter: number, id: number): number {
    return this.#vrfs[findSlot(this.#vrfs, exporter, id) + 3]!;
  }
}

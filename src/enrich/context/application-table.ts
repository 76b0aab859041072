import type { FragmentBank } from '../../flow/flow-context.ts';
import { bankOf } from './fragments.ts';
import type { Networks } from './network-table.ts';
import { sectionOf } from './table-memory.ts';
import type { TableMemory } from './table-memory.ts';

/** Ports, and so words of each table by port. */
export const PORTS = 65536;

/** The application rules of a generation, as they go from thread to thread. */
export interface ApplicationTable {
  readonly table: TableMemory;
  readonly keys: readonly string[];
  readonly rules: number;
}

/** The application rules of a generation, and the fragments of directions. */
export class Applications {
  readonly bank: FragmentBank;
  /** Fragments of a direction by its number. */
  readonly directions: Uint32Array;
  readonly rules: number;
  /** Which table by port a protocol has. */
  readonly #protocols: Uint32Array;
  /** For each port of each table where the list of rules to try begins. */
  readonly #ports: Uint32Array;
  /** Lists: how many rules, then their numbers. */
  readonly #lists: Uint32Array;
  /** By rule: its fragment, and the reference of its network plus 1. */
  readonly #rules: Uint32Array;

  constructor({ table, keys, rules }: ApplicationTable) {
    this.bank = bankOf(table, keys);
    this.rules = rules;
    this.directions = sectionOf(table, 'directions');
    this.#protocols = sectionOf(table, 'protocols');
    this.#ports = sectionOf(table, 'ports');
    this.#lists = sectionOf(table, 'lists');
    this.#rules = sectionOf(table, 'rules');
  }

  /**
   * Fragment of the application: of the first rule that either side matches; 0 = none.
   *
   * @param source entry of the source among the networks; likewise the destination
   */
  lookup(
    networks: Networks,
    protocol: number,
    sourcePort: number,
    destinationPort: number,
    source: number,
    destination: number,
  ): number {
    const table = (this.#protocols[protocol] ?? 0) * PORTS;
    // A number that is no port is like none.
    const a = this.#match(networks, table + (sourcePort < PORTS ? sourcePort : 0), source);
    const b = this.#match(networks, table + (destinationPort < PORTS ? destinationPort : 0), destination);
    const rule = a < b ? a : b;
    return rule === NO_RULE ? 0 : this.#rules[2 * rule]!;
  }

  /** The first rule for a port whose network, if it names one, has the address of that side. */
  #match(networks: Networks, port: number, entry: number): number {
    const lists = this.#lists;
    let at = this.#ports[port]!;
    for (const end = at + lists[at]!; at < end;) {
      const rule = lists[++at]!;
      const reference = this.#rules[2 * rule + 1]!;
      if (reference === 0 || networks.isMember(entry, reference - 1)) return rule;
    }
    return NO_RULE;
  }
}

const NO_RULE = 0x7fffffff;

import { isMapped } from '../../flow/address.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';

/** A reference that leads to a value and to no node; the rest of it is the index of the value. */
export const LEAF = 0x80000000;
export const INDEX = 0x7fffffff;

/** Bits of an address that the first step of a lookup takes. */
export const ROOT_BITS = 16;

/**
 * Numbers by address, in memory that threads share. Nodes have two references each, by the next bit of the address; the
 * first sixteen bits are looked up at once. Of value 0 is what nothing is known about.
 */
export interface AddressTableMemory {
  readonly nodes: Uint32Array;
  readonly values: Uint32Array;
  /** References by the first sixteen bits of IPv4 and of IPv6 addresses. */
  readonly roots4: Uint32Array;
  readonly roots6: Uint32Array;
}

/** Finds the number of an address. */
export class AddressTable {
  readonly #nodes: Uint32Array;
  readonly #values: Uint32Array;
  readonly #roots4: Uint32Array;
  readonly #roots6: Uint32Array;

  constructor({ nodes, values, roots4, roots6 }: AddressTableMemory) {
    this.#nodes = nodes;
    this.#values = values;
    this.#roots4 = roots4;
    this.#roots6 = roots6;
  }

  /** The number of the address column at `slot`, of an IPv4-mapped address that of the IPv4 address; else 0. */
  lookup({ words, octets }: FlowRecord, slot: number): number {
    const start = slot * 4;
    const length = words[slot + 4]!;
    if (length === 4) return this.#walk(this.#roots4, octets, start, 32);
    if (length !== 16) return 0;
    if (words[slot] === 0 && isMapped(octets, start)) return this.#walk(this.#roots4, octets, start + 12, 32);
    return this.#walk(this.#roots6, octets, start, 128);
  }

  /** A tree that a damaged file has made a ring of ends with the address. */
  #walk(roots: Uint32Array, octets: Uint8Array, start: number, bits: number): number {
    const nodes = this.#nodes;
    let reference = roots[(octets[start]! << 8) | octets[start + 1]!]! | 0;
    // The bits that follow, the next one highest.
    let ahead = (octets[start + 2]! << 24) | (octets[start + 3]! << 16);
    for (let at = ROOT_BITS; reference >= 0; at++) {
      if ((at & 31) === 0) {
        if (at === bits) return 0;
        const next = start + (at >> 3);
        ahead = (octets[next]! << 24) | (octets[next + 1]! << 16) | (octets[next + 2]! << 8) | octets[next + 3]!;
      }
      reference = nodes[(reference << 1) | (ahead >>> 31)]! | 0;
      ahead <<= 1;
    }
    return this.#values[reference & INDEX]!;
  }
}

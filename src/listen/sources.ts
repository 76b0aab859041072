import { randomInt } from 'node:crypto';
import { MAX_SOURCES } from '../decode/limits.ts';
import { isMapped } from '../flow/address.ts';
import { Source } from './datagram.ts';

/** Sources that share one place of the hash table: bounds the search whatever addresses are forged. */
const WAYS = 8;

/**
 * Turns the address of a datagram into its {@link Source}, without building strings and, for a known address,
 * without allocating.
 *
 * The table holds a fixed number of sources in buckets of eight. A new address takes the last place of its bucket
 * and moves to the front when it is seen again, so a flood of forged addresses, each seen once, only ever replaces
 * the others of its kind. An address that was given up gets a new object when it comes back: whoever keeps state for
 * longer than a datagram keys it by the octets or the text, not by the identity of the object.
 */
export class Sources {
  readonly #slots: (Source | undefined)[];
  readonly #mask: number;
  readonly #seed: number;
  #last: Source | undefined;
  /** Sources given up for others since the start. */
  evictions = 0;
  /** Sources in the table. */
  size = 0;

  /**
   * @param limit rounded down to a power of two, 8 at least
   * @param seed of the hash, 32 bits: unknown to senders, so that they cannot choose a bucket
   */
  constructor(limit = MAX_SOURCES, seed: number = randomInt(2 ** 32)) {
    const buckets = 2 ** Math.max(0, Math.floor(Math.log2(limit / WAYS)));
    this.#slots = Array.from({ length: buckets * WAYS });
    this.#mask = buckets - 1;
    this.#seed = seed | 0;
  }

  /**
   * The source with the address of `length` octets at `offset`, in network byte order. IPv4-mapped addresses are
   * IPv4 (D-11).
   */
  get(octets: Uint8Array, offset: number, length: 4 | 16): Source {
    if (length === 16 && isMapped(octets, offset)) {
      offset += 12;
      length = 4;
    }
    const last = this.#last;
    if (last !== undefined && isSource(last, octets, offset, length)) return last;
    return (this.#last = this.#find(octets, offset, length));
  }

  #find(octets: Uint8Array, offset: number, length: 4 | 16): Source {
    const slots = this.#slots;
    const first = (this.#hash(octets, offset, length) & this.#mask) * WAYS;
    for (let slot = first; slot < first + WAYS; slot++) {
      const source = slots[slot];
      if (source === undefined) {
        this.size++;
        return (slots[slot] = new Source(octets.subarray(offset, offset + length)));
      }
      if (isSource(source, octets, offset, length)) {
        for (let i = slot; i > first; i--) slots[i] = slots[i - 1];
        return (slots[first] = source);
      }
    }
    this.evictions++;
    return (slots[first + WAYS - 1] = new Source(octets.subarray(offset, offset + length)));
  }

  #hash(octets: Uint8Array, offset: number, length: number): number {
    let hash = this.#seed ^ length;
    for (let i = offset; i < offset + length; i += 4) {
      const word = octets[i]! | (octets[i + 1]! << 8) | (octets[i + 2]! << 16) | (octets[i + 3]! << 24);
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    }
    return hash ^ (hash >>> 13);
  }
}

function isSource(source: Source, octets: Uint8Array, offset: number, length: number): boolean {
  if (source.length !== length) return false;
  for (let i = 0; i < length; i++) if (source.octets[i] !== octets[offset + i]) return false;
  return true;
}

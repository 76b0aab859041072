import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import type { Prefix } from '../flow/prefix-text.ts';

/** The word in front of the IPv4 address of a mapped one, as it lies in memory. */
const MAPPED = NATIVE_LITTLE_ENDIAN ? 0xffff0000 : 0x0000ffff;

/** First word of the IPv4 address that an address is, mapped or not; -1 for what is none. */
export function ipv4Slot(words: Uint32Array, slot: number): number {
  const length = words[slot + 4];
  if (length === 4) return slot;
  const mapped = length === 16 && words[slot] === 0 && words[slot + 1] === 0 && words[slot + 2] === MAPPED;
  return mapped ? slot + 3 : -1;
}

/** Whether two columns have the same address. Mapped addresses are IPv4; no address is the same as none. */
export function sameAddress(words: Uint32Array, a: number, b: number): boolean {
  const v4a = ipv4Slot(words, a);
  const v4b = ipv4Slot(words, b);
  if (v4a >= 0 || v4b >= 0) return v4a >= 0 && v4b >= 0 && words[v4a] === words[v4b];
  for (let i = 0; i < 5; i++) if (words[a + i] !== words[b + i]) return false;
  return true;
}

/** Networks that addresses are looked for in. */
export class NetworkSet {
  readonly #v4: Ranges;
  readonly #v6: Ranges;

  constructor(networks: readonly Prefix[]) {
    this.#v4 = new Ranges(
      networks.filter(({ octets }) => octets.length === 4),
      1,
    );
    this.#v6 = new Ranges(
      networks.filter(({ octets }) => octets.length === 16),
      4,
    );
  }

  /** Whether the address at `slot`, laid out as in a record, is in one of them. */
  has(words: Uint32Array, slot: number): boolean {
    const v4 = ipv4Slot(words, slot);
    if (v4 >= 0) return this.#v4.has(words, v4);
    return words[slot + 4] === 16 && this.#v6.has(words, slot);
  }
}

/** Ranges of addresses of one family, in order, none of which touches another one's addresses. */
class Ranges {
  readonly #size: number;
  readonly #first: Uint32Array;
  readonly #last: Uint32Array;
  #count = 0;

  constructor(networks: readonly Prefix[], size: number) {
    this.#size = size;
    const sorted = networks.toSorted((a, b) => Buffer.compare(a.octets, b.octets) || a.length - b.length);
    this.#first = new Uint32Array(sorted.length * size);
    this.#last = new Uint32Array(sorted.length * size);
    const view = new DataView(new ArrayBuffer(16));
    for (const { octets, length } of sorted) {
      const at = this.#count * size;
      octets.forEach((octet, i) => view.setUint8(i, octet));
      for (let i = 0; i < size; i++) {
        this.#first[at + i] = view.getUint32(4 * i);
        const bits = Math.min(32, Math.max(0, length - 32 * i));
        this.#last[at + i] = this.#first[at + i]! | (bits === 32 ? 0 : 0xffffffff >>> bits);
      }
      // Two prefixes are apart, or one holds the other: that one came first.
      const inside = this.#count > 0 && this.#compare(this.#last, at - size, this.#first, at) >= 0;
      if (!inside) this.#count++;
    }
  }

  has(words: Uint32Array, slot: number): boolean {
    const size = this.#size;
    let from = 0;
    let to = this.#count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#order(words, slot, this.#first, middle * size) >= 0) from = middle + 1;
      else to = middle;
    }
    return from > 0 && this.#order(words, slot, this.#last, (from - 1) * size) <= 0;
  }

  /** An address as it lies in memory, beside one as numbers. */
  #order(words: Uint32Array, slot: number, other: Uint32Array, at: number): number {
    for (let i = 0; i < this.#size; i++) {
      const order = numberOf(words[slot + i]!) - other[at + i]!;
      if (order !== 0) return order;
    }
    return 0;
  }

  #compare(a: Uint32Array, atA: number, b: Uint32Array, atB: number): number {
    for (let i = 0; i < this.#size; i++) {
      const order = a[atA + i]! - b[atB + i]!;
      if (order !== 0) return order;
    }
    return 0;
  }
}

/** The number that four octets in network byte order are. */
function numberOf(word: number): number {
  if (!NATIVE_LITTLE_ENDIAN) return word;
  return ((word << 24) | ((word << 8) & 0xff0000) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

/** Octets of the addresses of each family. */
export type AddressOctets = 4 | 16;

/**
 * Prefixes of one address family, as columns of typed arrays: a million of them cost 5 MB (IPv4) or 17 MB (IPv6) and
 * no object each. What belongs to a prefix is kept by its index, in arrays beside this one.
 */
export class PrefixList {
  readonly family: AddressOctets;
  count = 0;
  #octets: Uint8Array;
  #lengths: Uint8Array;

  constructor(family: AddressOctets, capacity = 64) {
    this.family = family;
    this.#octets = new Uint8Array(capacity * family);
    this.#lengths = new Uint8Array(capacity);
  }

  /** Octets of all addresses, one after the other. */
  get octets(): Uint8Array {
    return this.#octets;
  }

  /** Length of each prefix in bits. */
  get lengths(): Uint8Array {
    return this.#lengths;
  }

  /**
   * Appends a prefix and returns its index.
   *
   * @param address as many octets as the family has, those behind the prefix zero
   * @param length bits, at most 8 times the family
   */
  add(address: Uint8Array, length: number): number {
    const index = this.count++;
    if (index === this.#lengths.length) this.#grow();
    this.#octets.set(address, index * this.family);
    this.#lengths[index] = length;
    return index;
  }

  #grow(): void {
    const capacity = Math.max(64, this.#lengths.length * 2);
    const octets = new Uint8Array(capacity * this.family);
    octets.set(this.#octets);
    this.#octets = octets;
    const lengths = new Uint8Array(capacity);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }

  /** Whether two of the prefixes are the same. */
  same(a: number, b: number): boolean {
    return this.#lengths[a] === this.#lengths[b] && this.commonOctets(a, b) === this.family;
  }

  /** Whether the prefix `outer` contains the prefix `inner`, or is the same. */
  contains(outer: number, inner: number): boolean {
    const length = this.#lengths[outer]!;
    if (length > this.#lengths[inner]!) return false;
    const whole = length >>> 3;
    const common = this.commonOctets(outer, inner);
    if (common >= whole + 1 || common === this.family) return true;
    if (common < whole) return false;
    const mask = 0xff00 >>> (length & 7);
    const octets = this.#octets;
    return ((octets[outer * this.family + whole]! ^ octets[inner * this.family + whole]!) & mask & 0xff) === 0;
  }

  /** How many octets of two addresses are the same, from the first one on. */
  commonOctets(a: number, b: number): number {
    const { family } = this;
    const octets = this.#octets;
    const [atA, atB] = [a * family, b * family];
    let i = 0;
    while (i < family && octets[atA + i] === octets[atB + i]) i++;
    return i;
  }

  /**
   * The indexes of all prefixes, ascending by address and, for one address, from the shortest to the longest: what
   * contains a prefix comes before it. Equal prefixes stay in the order that they were added in.
   */
  sorted(): Uint32Array {
    const { count, family } = this;
    let order = Uint32Array.from({ length: count }, (_, i) => i);
    let other = new Uint32Array(count);
    const octets = this.#octets;
    const lengths = this.#lengths;
    const pass = (digits: number, digit: (index: number) => number): void => {
      scatter(order, other, digits, digit);
      [order, other] = [other, order];
    };
    // Radix sort, least significant first: each pass keeps the order of the one before among equals.
    pass(129, (index) => lengths[index]!);
    for (let at = family - 2; at >= 0; at -= 2) {
      pass(65536, (index) => (octets[index * family + at]! << 8) | octets[index * family + at + 1]!);
    }
    return order;
  }
}

/** One pass of a counting sort. */
function scatter(from: Uint32Array, to: Uint32Array, digits: number, digit: (index: number) => number): void {
  const starts = new Uint32Array(digits + 1);
  for (const index of from) starts[digit(index) + 1]!++;
  for (let i = 1; i <= digits; i++) starts[i]! += starts[i - 1]!;
  for (const index of from) to[starts[digit(index)]!++] = index;
}

/**
 * A small seeded source of random numbers (sfc32): the same seeds give the same numbers on every machine. Not for
 * secrets.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seeds` are integers; their order matters. */
  constructor(...seeds: readonly number[]) {
    let state = 0x9e3779b9;
    for (const seed of seeds) state = mix32(state ^ mix32(seed));
    this.#a = state;
    this.#b = mix32(state + 1);
    this.#c = mix32(state + 2);
    for (let i = 0; i < 8; i++) this.next();
  }

  /** 32 random bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** At least 0, below 1. */
  fraction(): number {
    return this.next() / 4_294_967_296;
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with the probability `share` (0 to 1). */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /**
   * An integer from 1 to `limit` with a heavy tail: P(at least x) = x^-exponent. An exponent of 1 is Zipf's law for
   * sizes.
   */
  zipf(limit: number, exponent = 1): number {
    return Math.min(limit, Math.floor((1 - this.fraction()) ** (-1 / exponent)));
  }
}

/** A permutation of 32-bit integers that scatters neighbours. */
export function mix32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** The inverse of {@link mix32}. */
export function unmix32(value: number): number {
  let x = value >>> 0;
  x = unshift15(x);
  x = unshift15(Math.imul(x, 0x97132227));
  x = Math.imul(x, 0x333c4925);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The inverse of `x ^ (x >>> 15)`. */
function unshift15(value: number): number {
  return (value ^ (value >>> 15) ^ (value >>> 30)) >>> 0;
}

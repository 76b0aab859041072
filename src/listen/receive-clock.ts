import { putSeconds } from '../flow/u64.ts';

/**
 * Unix time finer than `Date.now()` gives it.
 *
 * The wall clock answers in whole milliseconds, the monotonic clock in fractions but from an origin of its own. The
 * true difference between the two lies within one millisecond above `wall - monotonic`; every reading narrows it, so
 * after a few hundred readings the time is right to some microseconds, and never more than a millisecond off: when
 * the wall clock is set or slewed, the difference follows at once.
 */
export class ReceiveClock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #difference = -Infinity;

  /** @param wall Unix time in whole milliseconds @param monotonic milliseconds with fractions, never set back */
  constructor(wall: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#monotonic = monotonic;
  }

  /** Unix time in milliseconds, with a fraction. */
  now(): number {
    const wall = this.#wall();
    const monotonic = this.#monotonic();
    const least = wall - monotonic;
    // more than a millisecond above the least is a wall clock that went back
    if (!(this.#difference >= least && this.#difference < least + 1)) this.#difference = least;
    return monotonic + this.#difference;
  }

  /** Stores the Unix time in nanoseconds, as `flow/u64.ts` holds 64-bit numbers. */
  stamp(words: Uint32Array): void {
    const milliseconds = this.now();
    const seconds = Math.floor(milliseconds / 1000);
    putSeconds(words, 0, seconds, Math.floor((milliseconds - seconds * 1000) * 1e6));
  }
}

import { bucketCount, bucketOf, quantile } from './log-buckets.ts';

/** Half of the ten minutes that quantiles look back. */
const HALF_MS = 300_000;

const BUCKETS = bucketCount(31);

/** Seconds of one unit of a bucket. */
const UNIT = 1e-7;

const SUM = 0;
const COUNT = 1;

/**
 * How long something took: sum, count and the quantiles of the last five to ten minutes, in shared memory. One thread
 * writes, the main thread reads at any time.
 */
export class Timing {
  readonly memory: SharedArrayBuffer;
  readonly #totals: Float64Array;
  readonly #buckets: Uint32Array;
  #from = 0;
  #halfSince = 0;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(16 + 2 * 4 * BUCKETS)) {
    this.memory = memory;
    this.#totals = new Float64Array(memory, 0, 2);
    this.#buckets = new Uint32Array(memory, 16);
  }

  /** So many of them took `ms` together. */
  add(ms: number, count: number): void {
    this.#totals[SUM]! += ms / 1e3;
    this.#totals[COUNT]! += count;
    this.#buckets[this.#from + bucketOf(Math.min(2 ** 31 - 1, Math.floor(ms / 1e3 / UNIT / count)))]! += count;
  }

  /** About once a second: `nowMs` of a monotonic clock. */
  tick(nowMs: number): void {
    if (nowMs - this.#halfSince < HALF_MS) return;
    this.#halfSince = nowMs;
    this.#from = this.#from === 0 ? BUCKETS : 0;
    this.#buckets.fill(0, this.#from, this.#from + BUCKETS);
  }

  /** Seconds in all. */
  get sum(): number {
    return this.#totals[SUM]!;
  }

  get count(): number {
    return this.#totals[COUNT]!;
  }

  /** Adds the bucket counts of the time that quantiles look back. */
  addBuckets(counts: Float64Array): void {
    for (let i = 0; i < BUCKETS; i++) counts[i]! += this.#buckets[i]! + this.#buckets[BUCKETS + i]!;
  }

  /** Room for {@link addBuckets}. */
  static buckets(): Float64Array {
    return new Float64Array(BUCKETS);
  }

  /** Seconds that a share of those in the buckets did not exceed; NaN when there are none. */
  static quantile(counts: Float64Array, share: number): number {
    return quantile(counts, share) * UNIT;
  }
}

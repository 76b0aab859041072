/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How long flows took on their way, in buckets that can be added up over instances. */
export class Latency {
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  sum = 0;
  count = 0;

  /** So many flows took so long, the first of them. */
  add(seconds: number, flows: number): void {
    let bucket = BOUNDS.findIndex((bound) => seconds <= bound);
    if (bucket < 0) bucket = BOUNDS.length;
    this.#counts[bucket]! += flows;
    this.sum += seconds * flows;
    this.count += flows;
  }

  /** Flows at or below each bound; the last bound is infinite. */
  *buckets(): Generator<readonly [bound: number, flows: number]> {
    let flows = 0;
    for (let i = 0; i <= BOUNDS.length; i++) {
      flows += this.#counts[i]!;
      yield [BOUNDS[i] ?? Infinity, flows];
    }
  }
}

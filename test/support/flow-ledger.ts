import type { FlowIdentity, Traffic } from '#src/simulate/traffic.js';

/** What a ledger has seen. */
export interface LedgerReport {
  /** Flows that came at least once. */
  readonly seen: number;
  /** Flows that never came. */
  readonly missing: number;
  /** Deliveries beyond the first. */
  readonly duplicates: number;
  /** Deliveries that are no flow of this traffic. */
  readonly foreign: number;
  /** The first few that are missing, for the message of a test. */
  readonly firstMissing: readonly number[];
}

/**
 * The oracle of the receiving side: ticks off the flows 0 to `count - 1` of a traffic as they are delivered, so that
 * gaps and duplicates are found and not only totals.
 */
export class FlowLedger {
  readonly #traffic: Traffic;
  readonly #deliveries: Uint8Array;
  #duplicates = 0;
  #foreign = 0;

  constructor(traffic: Traffic, count: number) {
    this.#traffic = traffic;
    this.#deliveries = new Uint8Array(count);
  }

  /** Ticks off a delivered flow; tells its index, undefined for a foreign one. */
  add(flow: FlowIdentity): number | undefined {
    const index = this.#traffic.identify(flow);
    if (index === undefined || index >= this.#deliveries.length) {
      this.#foreign++;
      return undefined;
    }
    if (this.#deliveries[index] === 0) this.#deliveries[index] = 1;
    else this.#duplicates++;
    return index;
  }

  report(): LedgerReport {
    const firstMissing: number[] = [];
    let seen = 0;
    this.#deliveries.forEach((delivered, index) => {
      if (delivered === 1) seen++;
      else if (firstMissing.length < 10) firstMissing.push(index);
    });
    const missing = this.#deliveries.length - seen;
    return { seen, missing, duplicates: this.#duplicates, foreign: this.#foreign, firstMissing };
  }
}

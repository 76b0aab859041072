import { MAX_RATES_PER_SCOPE } from '../decode/limits.ts';

/** One packet in so many, exact in 64 bits. Never 0. */
export interface Rate {
  readonly low: number;
  readonly high: number;
}

/** What an options record says that its rate is for. */
export interface RateScope {
  readonly samplerId: number | undefined;
  readonly selectorId: number | undefined;
  /** Interface by the direction of packets; a scope without direction is both. */
  readonly inputInterface: number | undefined;
  readonly outputInterface: number | undefined;
}

/** The rates that options data has told about one domain of an exporter. */
export class DomainRates {
  #whole: Rate | undefined;
  readonly #bySampler = new RateTable();
  readonly #bySelector = new RateTable();
  readonly #byInput = new RateTable();
  readonly #byOutput = new RateTable();
  #only: Rate | undefined;
  #narrow = false;
  /** Whether `only` has to be found again. */
  #changed = false;

  /** Takes in what one options record says. */
  learn(scope: RateScope, rate: Rate): void {
    const { samplerId, selectorId, inputInterface, outputInterface } = scope;
    let whole = true;
    for (const [table, id] of [
      [this.#bySampler, samplerId],
      [this.#bySelector, selectorId],
      [this.#byInput, inputInterface],
      [this.#byOutput, outputInterface],
    ] as const) {
      if (id === undefined) continue;
      table.set(id, rate);
      whole = false;
      this.#narrow = true;
    }
    if (whole) this.#whole = rate;
    this.#changed = true;
  }

  /** Whether a flow has to be looked at: it may be told apart by sampler, selector or interface. */
  get narrow(): boolean {
    return this.#narrow;
  }

  /** The rate of all flows that nothing narrower applies to; undefined when there is none, or several. */
  get only(): Rate | undefined {
    if (this.#changed) this.#only = this.#whole ?? this.#agreed();
    this.#changed = false;
    return this.#only;
  }

  /** Rates that are remembered. */
  get size(): number {
    return this.#tables().reduce((sum, table) => sum + table.size, 1);
  }

  /**
   * The rate of a flow: that of its sampler or selector, of its interface, else the domain's only one (D-7).
   *
   * @param samplerId undefined when the record names none; likewise the selector
   */
  of(
    samplerId: number | undefined,
    selectorId: number | undefined,
    inputInterface: number,
    outputInterface: number,
  ): Rate | undefined {
    return (
      this.#bySampler.get(samplerId) ??
      this.#bySelector.get(selectorId) ??
      this.#byInput.get(inputInterface) ??
      this.#byOutput.get(outputInterface) ??
      this.only
    );
  }

  #agreed(): Rate | undefined {
    let agreed: Rate | undefined;
    for (const table of this.#tables()) {
      for (const rate of table.values()) {
        if (agreed !== undefined && !sameRate(agreed, rate)) return undefined;
        agreed = rate;
      }
    }
    return agreed;
  }

  #tables(): readonly RateTable[] {
    return [this.#bySampler, this.#bySelector, this.#byInput, this.#byOutput];
  }
}

/** Rates by id; takes no memory while it is empty. */
class RateTable {
  #rates: Map<number, Rate> | undefined;

  get size(): number {
    return this.#rates?.size ?? 0;
  }

  get(id: number | undefined): Rate | undefined {
    return this.#rates === undefined || id === undefined ? undefined : this.#rates.get(id);
  }

  set(id: number, rate: Rate): void {
    this.#rates ??= new Map();
    this.#rates.set(id, rate);
    if (this.#rates.size > MAX_RATES_PER_SCOPE) this.#rates.delete(this.#rates.keys().next().value!);
  }

  values(): Iterable<Rate> {
    return this.#rates?.values() ?? [];
  }
}

function sameRate(a: Rate, b: Rate): boolean {
  return a.low === b.low && a.high === b.high;
}

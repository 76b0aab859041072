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

/** One rate with what it is for. */
export interface ScopedRate {
  readonly scope: RateScope;
  readonly rate: Rate;
}

const wholeDomain: RateScope = {
  samplerId: undefined,
  selectorId: undefined,
  inputInterface: undefined,
  outputInterface: undefined,
};

/** The rates that options data has told about one domain of an exporter. */
export class DomainRates {
  #whole: Rate | undefined;
  readonly #bySampler = new RateTable();
  readonly #bySelector = new RateTable();
  readonly #byInput = new RateTable();
  readonly #byOutput = new RateTable();
  #only: Rate | undefined;
  #differ = false;
  /** Whether the two have to be found again. */
  #changed = false;

  /** How often a rate was told that was not known so. */
  changes = 0;

  /** Takes in what one options record says. */
  learn(scope: RateScope, rate: Rate): void {
    const { samplerId, selectorId, inputInterface, outputInterface } = scope;
    const { changes } = this;
    let whole = true;
    for (const [table, id] of [
      [this.#bySampler, samplerId],
      [this.#bySelector, selectorId],
      [this.#byInput, inputInterface],
      [this.#byOutput, outputInterface],
    ] as const) {
      if (id === undefined) continue;
      if (table.set(id, rate)) this.changes++;
      whole = false;
    }
    if (whole) {
      if (this.#whole === undefined || !sameRate(this.#whole, rate)) this.changes++;
      this.#whole = rate;
    }
    if (this.changes > changes) this.#changed = true;
  }

  /** All rates: each of them, learned again, gives the same. */
  *[Symbol.iterator](): Generator<ScopedRate, undefined> {
    if (this.#whole !== undefined) yield { scope: wholeDomain, rate: this.#whole };
    for (const [id, rate] of this.#bySampler) yield { scope: { ...wholeDomain, samplerId: id }, rate };
    for (const [id, rate] of this.#bySelector) yield { scope: { ...wholeDomain, selectorId: id }, rate };
    for (const [id, rate] of this.#byInput) yield { scope: { ...wholeDomain, inputInterface: id }, rate };
    for (const [id, rate] of this.#byOutput) yield { scope: { ...wholeDomain, outputInterface: id }, rate };
  }

  /** Whether a flow has to be looked at: its sampler, selector or interface may give it another rate than {@link only}. */
  get differ(): boolean {
    if (this.#changed) this.#compare();
    return this.#differ;
  }

  /** The rate of all flows that nothing narrower applies to; undefined when there is none, or several. */
  get only(): Rate | undefined {
    if (this.#changed) this.#compare();
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

  #compare(): void {
    const first = this.#whole ?? this.#first();
    this.#differ = first !== undefined && !this.#allAre(first);
    this.#only = this.#whole ?? (this.#differ ? undefined : first);
    this.#changed = false;
  }

  #first(): Rate | undefined {
    for (const table of this.#tables()) for (const rate of table.values()) return rate;
    return undefined;
  }

  #allAre(rate: Rate): boolean {
    for (const table of this.#tables()) for (const other of table.values()) if (!sameRate(rate, other)) return false;
    return true;
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

  /** Whether that is news. */
  set(id: number, rate: Rate): boolean {
    this.#rates ??= new Map();
    const before = this.#rates.get(id);
    this.#rates.set(id, rate);
    if (this.#rates.size > MAX_RATES_PER_SCOPE) this.#rates.delete(this.#rates.keys().next().value!);
    return before === undefined || !sameRate(before, rate);
  }

  [Symbol.iterator](): Iterator<[number, Rate]> {
    return (this.#rates ?? new Map<number, Rate>())[Symbol.iterator]();
  }

  values(): Iterable<Rate> {
    return this.#rates?.values() ?? [];
  }
}

function sameRate(a: Rate, b: Rate): boolean {
  return a.low === b.low && a.high === b.high;
}

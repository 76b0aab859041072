/** How sure a convention can become: so many datagrams against it change it. */
const MOST = 8;

/**
 * How an exporter of NetFlow v5 or IPFIX numbers its messages.
 *
 * By the standard the number is that of the records sent before the message, and options data counts (RFC 7011 section
 * 3.1). Some exporters send the number with the message's own records, or leave options data out: taken by the
 * standard, their numbers would show losses that never were. So each way is held against the numbers that come, and the
 * one that fits best is used; while none is better, the standard.
 */
export class NumberingConvention {
  /** Of the standard, with own records, without options data, both. */
  readonly #scores = new Int8Array(4);
  #best = 0;
  #known = false;
  #sequence = 0;
  #data = 0;
  #options = 0;

  /** Whether a number contains the records of its own message. */
  get withOwn(): boolean {
    return (this.#best & 1) !== 0;
  }

  /** Whether options data takes up numbers. */
  get countsOptions(): boolean {
    return (this.#best & 2) === 0;
  }

  /**
   * Takes note of a message with so many data records and options data records.
   *
   * @returns whether another convention fits better from now on
   */
  learn(sequence: number, data: number, options: number): boolean {
    const step = (sequence - this.#sequence) >>> 0;
    const before = this.#best;
    if (this.#known) {
      const [all, allBefore] = [data + options, this.#data + this.#options];
      this.#score(step === allBefore, step === all, step === this.#data, step === data);
    }
    this.#known = true;
    this.#sequence = sequence;
    this.#data = data;
    this.#options = options;
    return this.#best !== before;
  }

  /** What came last is not to be held against what comes next. */
  forget(): void {
    this.#known = false;
  }

  #score(standard: boolean, own: boolean, withoutOptions: boolean, both: boolean): void {
    const fitting = Number(standard) + Number(own) + Number(withoutOptions) + Number(both);
    if (fitting === 0 || fitting === 4) return;
    this.#add(0, standard);
    this.#add(1, own);
    this.#add(2, withoutOptions);
    this.#add(3, both);
    for (let i = 0; i < 4; i++) if (this.#scores[i]! > this.#scores[this.#best]!) this.#best = i;
  }

  #add(which: number, fits: boolean): void {
    const score = this.#scores[which]! + (fits ? 1 : -1);
    this.#scores[which] = Math.max(-MOST, Math.min(MOST, score));
  }
}

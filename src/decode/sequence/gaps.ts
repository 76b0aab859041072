/** Ranges of one stream that are remembered; more settle the oldest. */
const MAX_GAPS = 32;

/**
 * Numbers that a stream has passed over and that may still come late. A range that has waited long enough is settled:
 * its numbers count as missed, but one that comes later still is known for late.
 *
 * Numbers are modulo 2^32, ranges in the order of their making. Nothing is allocated after the construction.
 */
export class Gaps {
  readonly #from = new Uint32Array(MAX_GAPS);
  readonly #length = new Uint32Array(MAX_GAPS);
  readonly #sinceMs = new Float64Array(MAX_GAPS);
  readonly #settled = new Uint8Array(MAX_GAPS);
  #count = 0;

  /** Whether any range waits to be settled. */
  get waiting(): boolean {
    for (let i = 0; i < this.#count; i++) if (this.#settled[i] === 0) return true;
    return false;
  }

  /** @returns numbers that are settled to make room */
  add(from: number, length: number, nowMs: number): number {
    return this.#insert(this.#count, from, length, nowMs, 0);
  }

  has(number: number): boolean {
    return this.#find(number) >= 0;
  }

  /**
   * Takes the numbers from `from` out of the range that has them, `length` at most.
   *
   * @returns numbers that are settled to make room
   */
  take(from: number, length: number): number {
    const at = this.#find(from);
    if (at < 0) return 0;
    const before = (from - this.#from[at]!) >>> 0;
    const behind = this.#length[at]! - before - length;
    if (behind <= 0) {
      this.#length[at] = before;
      if (before === 0) this.#drop(at);
      return 0;
    }
    if (before === 0) {
      this.#from[at] = from + length;
      this.#length[at] = behind;
      return 0;
    }
    this.#length[at] = before;
    return this.#insert(at + 1, from + length, behind, this.#sinceMs[at]!, this.#settled[at]!);
  }

  /** Settles what was opened at `untilMs` or before; how many numbers that are. */
  settle(untilMs: number): number {
    let numbers = 0;
    for (let i = 0; i < this.#count; i++) {
      if (this.#settled[i] === 1 || this.#sinceMs[i]! > untilMs) continue;
      this.#settled[i] = 1;
      numbers += this.#length[i]!;
    }
    return numbers;
  }

  /** Forgets all ranges. */
  clear(): void {
    this.#count = 0;
  }

  #find(number: number): number {
    for (let i = this.#count - 1; i >= 0; i--) if ((number - this.#from[i]!) >>> 0 < this.#length[i]!) return i;
    return -1;
  }

  #insert(at: number, from: number, length: number, sinceMs: number, settled: number): number {
    let given = 0;
    if (this.#count === MAX_GAPS) {
      if (this.#settled[0] === 0) given = this.#length[0]!;
      this.#drop(0);
      at = Math.max(0, at - 1);
    }
    this.#move(at, at + 1, this.#count - at);
    this.#count++;
    this.#from[at] = from;
    this.#length[at] = length;
    this.#sinceMs[at] = sinceMs;
    this.#settled[at] = settled;
    return given;
  }

  #drop(at: number): void {
    this.#count--;
    this.#move(at + 1, at, this.#count - at);
  }

  #move(from: number, to: number, length: number): void {
    for (const list of [this.#from, this.#length, this.#sinceMs, this.#settled]) {
      list.copyWithin(to, from, from + length);
    }
  }
}

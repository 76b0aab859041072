const TWO_16 = 65536;
const TWO_32 = 4294967296;

/** Upper halves of what is below -2^63, or is 2^64 and above. */
const UNDER = -2147483648;
const OVER = TWO_32;

/** Upper halves of less than this are parts of numbers that doubles hold. */
const NARROW_HIGH = 2 ** 21;

/**
 * Computes with whole numbers that doubles do not hold, exactly and without BigInt. Each is two doubles, `high * 2^32 +
 * low`, with `low` from 0 to 2^32 - 1; a number without a value has NaN as its upper half. The results fit into 64
 * bits, with a sign or without, or have no value.
 *
 * Operators take the number at a place and the one behind it, and leave the result at the place.
 */
export class WideStack {
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  #restHigh = 0;
  #restLow = 0;

  constructor(depth: number) {
    this.#high = new Float64Array(depth + 2);
    this.#low = new Float64Array(depth + 2);
  }

  put(at: number, high: number, low: number): void {
    this.#high[at] = high;
    this.#low[at] = low;
  }

  /** @param value a whole number of less than 2^53, or NaN */
  putNumber(at: number, value: number): void {
    const high = Math.floor(value / TWO_32);
    this.put(at, high, value - high * TWO_32);
  }

  /** Below 0, 0 or above as the number at a place is less than the one behind it, equal or more; NaN without a value. */
  compare(at: number): number {
    const high = this.#high[at]! - this.#high[at + 1]!;
    return high === 0 ? this.#low[at]! - this.#low[at + 1]! : high;
  }

  add(at: number): void {
    const low = this.#low[at]! + this.#low[at + 1]!;
    const carry = low >= TWO_32 ? 1 : 0;
    this.#settle(at, this.#high[at]! + this.#high[at + 1]! + carry, low - carry * TWO_32);
  }

  subtract(at: number): void {
    const low = this.#low[at]! - this.#low[at + 1]!;
    const borrow = low < 0 ? 1 : 0;
    this.#settle(at, this.#high[at]! - this.#high[at + 1]! - borrow, low + borrow * TWO_32);
  }

  multiply(at: number): void {
    const negative = this.#makePositive(at) !== this.#makePositive(at + 1);
    const small = this.#high[at] === 0 ? at : at + 1;
    const other = small === at ? at + 1 : at;
    if (this.#high[small] !== 0) return this.put(at, NaN, 0);
    const by = this.#low[small]!;
    const low = this.#low[other]!;
    const upperBy = Math.floor(by / TWO_16);
    const middle = low * upperBy; // in units of 2^16
    const upper = Math.floor(middle / TWO_16);
    const sum = low * (by - upperBy * TWO_16) + (middle - upper * TWO_16) * TWO_16;
    const carry = Math.floor(sum / TWO_32);
    this.#settleSigned(at, negative, this.#high[other]! * by + upper + carry, sum - carry * TWO_32);
  }

  /** The quotient, cut off towards zero. */
  divide(at: number): void {
    const negative = this.#makePositive(at) !== this.#makePositive(at + 1);
    this.#division(at);
    this.#settleSigned(at, negative, this.#high[at]!, this.#low[at]!);
  }

  /** What a division leaves, with the sign of what is divided. */
  remainder(at: number): void {
    const negative = this.#makePositive(at);
    this.#makePositive(at + 1);
    this.#division(at);
    this.#settleSigned(at, negative, this.#restHigh, this.#restLow);
  }

  /** Quotient and rest of numbers that are not below zero. */
  #division(at: number): void {
    const high = this.#high[at]!;
    const byHigh = this.#high[at + 1]!;
    const byLow = this.#low[at + 1]!;
    if (!(byHigh > 0 || byLow > 0) || !(high >= 0)) {
      this.#restHigh = NaN;
      return this.put(at, NaN, 0);
    }
    if (high >= NARROW_HIGH || byHigh >= NARROW_HIGH) return this.#longDivision(at, byHigh, byLow);
    const value = high * TWO_32 + this.#low[at]!;
    const by = byHigh * TWO_32 + byLow;
    const rest = value % by;
    this.putNumber(at, (value - rest) / by);
    this.#restHigh = Math.floor(rest / TWO_32);
    this.#restLow = rest - this.#restHigh * TWO_32;
  }

  /** Bit by bit, as on paper. */
  #longDivision(at: number, byHigh: number, byLow: number): void {
    const high = this.#high[at]!;
    const low = this.#low[at]!;
    let quotientHigh = 0;
    let quotientLow = 0;
    let restHigh = 0;
    let restLow = 0;
    for (let bit = 63; bit >= 0; bit--) {
      const next = ((bit >= 32 ? high : low) >>> (bit & 31)) & 1;
      restHigh = restHigh * 2 + (restLow >= TWO_32 / 2 ? 1 : 0);
      restLow = ((restLow * 2) % TWO_32) + next;
      if (restHigh < byHigh || (restHigh === byHigh && restLow < byLow)) continue;
      restHigh -= byHigh + (restLow < byLow ? 1 : 0);
      restLow += restLow < byLow ? TWO_32 - byLow : -byLow;
      if (bit >= 32) quotientHigh += 2 ** (bit - 32);
      else quotientLow += 2 ** bit;
    }
    this.put(at, quotientHigh, quotientLow);
    this.#restHigh = restHigh;
    this.#restLow = restLow;
  }

  /** Takes the sign away; whether there was one. */
  #makePositive(at: number): boolean {
    if (!(this.#high[at]! < 0)) return false;
    this.#negate(at, this.#high[at]!, this.#low[at]!);
    return true;
  }

  #negate(at: number, high: number, low: number): void {
    if (low === 0) this.put(at, -high, 0);
    else this.put(at, -high - 1, TWO_32 - low);
  }

  #settleSigned(at: number, negative: boolean, high: number, low: number): void {
    if (negative) {
      this.#negate(at, high, low);
      this.#settle(at, this.#high[at]!, this.#low[at]!);
    } else this.#settle(at, high, low);
  }

  #settle(at: number, high: number, low: number): void {
    this.put(at, high >= UNDER && high < OVER ? high : NaN, low);
  }
}

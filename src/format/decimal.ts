/**
 * Unsigned numbers as decimal digits, three at a time from a table.
 *
 * All functions write at `pos`, return the position after the last digit and may spoil up to three octets beyond it.
 */

/** Octets past its end that a number may overwrite. */
export const DECIMAL_SLACK = 3;

const ZERO = 0x30;

/** The digits of 0 to 999 with leading zeros, the first digit in the lowest octet. */
export const padded = new Uint32Array(1000);
/** The same without leading zeros, and in the highest octet how many they are: to go on needs no branch. */
export const plain = new Uint32Array(1000);
for (let n = 0; n < 1000; n++) {
  const digits = 0x303030 | ((n % 10) << 16) | ((Math.floor(n / 10) % 10) << 8) | Math.floor(n / 100);
  padded[n] = digits;
  plain[n] = n < 10 ? (digits >>> 16) | 0x1000000 : n < 100 ? (digits >>> 8) | 0x2000000 : digits | 0x3000000;
}

const BILLION = 1000000000;

/**
 * Quotient (at most 18,446,744,073) and remainder of a 64-bit number and 10^9, in this order: the result of
 * {@link divideByBillion}, kept in a typed array because a double that a function returns may be boxed.
 */
export const division = new Float64Array(2);

/**
 * Divides the 64-bit number whose halves are at word `at`, exactly. The quotient is estimated with doubles, which
 * are wrong by less than one; the low 32 bits of the difference then tell the remainder and which way it was wrong.
 */
export function divideByBillion(words: Uint32Array, at: number): void {
  const low = words[at]!;
  let quotient = Math.floor((words[at + 1]! * 4294967296 + low) * 1e-9);
  let remainder = (low - Math.imul(quotient, BILLION)) | 0;
  if (remainder < 0) {
    quotient--;
    remainder += BILLION;
  } else if (remainder >= BILLION) {
    quotient++;
    remainder -= BILLION;
  }
  division[0] = quotient;
  division[1] = remainder;
}

/**
 * The writers of numbers. The optimising compiler knows the tables since they are constants around functions that there
 * is one of each; those of a module it would load and check at every use.
 */
function numberWriters() {
  const texts = padded;
  const shortTexts = plain;
  const quotientAndRemainder = division;

  /** Writes 0 to 999. */
  const writeSmall = (view: DataView, pos: number, value: number): number => {
    const digits = shortTexts[value]!;
    view.setUint32(pos, digits, true);
    return pos + (digits >>> 24);
  };

  /** Writes six digits, 0 to 999,999. */
  const writeSixDigits = (view: DataView, pos: number, value: number): number => {
    const upper = (value / 1000) | 0;
    view.setUint32(pos, texts[upper]!, true);
    view.setUint32(pos + 3, texts[value - upper * 1000]!, true);
    return pos + 6;
  };

  /** Writes nine digits, 0 to 999,999,999. */
  const writeNineDigits = (view: DataView, pos: number, value: number): number => {
    const upper = (value / 1000000) | 0;
    view.setUint32(pos, texts[upper]!, true);
    return writeSixDigits(view, pos + 3, value - upper * 1000000);
  };

  /** Writes an unsigned 32-bit number; it may come with its highest bit as a sign, which calls pass without boxing. */
  const writeU32 = (view: DataView, pos: number, value: number): number => {
    const number = value >>> 0;
    if (number < 1000) return writeSmall(view, pos, number);
    if (number < 1000000) {
      const upper = (number / 1000) | 0;
      const next = writeSmall(view, pos, upper);
      view.setUint32(next, texts[number - upper * 1000]!, true);
      return next + 3;
    }
    if (number < 1000000000) {
      const upper = (number / 1000000) | 0;
      return writeSixDigits(view, writeSmall(view, pos, upper), number - upper * 1000000);
    }
    const upper = (number / 1000000000) | 0;
    view.setUint8(pos, ZERO + upper);
    return writeNineDigits(view, pos + 1, number - upper * 1000000000);
  };

  const writeAnyLong = (view: DataView, pos: number, words: Uint32Array, at: number): number => {
    divideByBillion(words, at);
    const quotient = quotientAndRemainder[0]!;
    const upper = Math.floor(quotient / BILLION);
    const next =
      upper === 0
        ? writeU32(view, pos, quotient)
        : writeNineDigits(view, writeSmall(view, pos, upper), quotient - upper * BILLION);
    return writeNineDigits(view, next, quotientAndRemainder[1]!);
  };

  /**
   * {@link writeU64} for a number of more than 32 bits. A time in nanoseconds has 19 digits from 2001 to 2106: they are
   * written in 32-bit arithmetic and without a branch, in half the time of the general way.
   */
  const writeLong = (view: DataView, pos: number, words: Uint32Array, at: number): number => {
    const low = words[at]!;
    // Wrong by less than one: what is near the borders of ten digits in 32 bits goes the general way.
    const estimate = (words[at + 1]! * 4294967296 + low) * 1e-9;
    if (estimate < 1000000001 || estimate > 4294967294) return writeAnyLong(view, pos, words, at);
    let quotient = estimate >>> 0;
    let remainder = ((low | 0) - Math.imul(quotient, BILLION)) | 0;
    if (remainder < 0) {
      quotient = (quotient - 1) >>> 0;
      remainder = (remainder + BILLION) | 0;
    } else if (remainder >= BILLION) {
      quotient = (quotient + 1) >>> 0;
      remainder = (remainder - BILLION) | 0;
    }
    const upper = (quotient / 1000000) | 0; // four digits
    const first = (upper / 1000) | 0;
    const middle = (quotient - Math.imul(upper, 1000000)) | 0;
    const middleUpper = (middle / 1000) | 0;
    const lower = (remainder / 1000000) | 0;
    const last = (remainder - Math.imul(lower, 1000000)) | 0;
    const lastUpper = (last / 1000) | 0;
    view.setUint8(pos, ZERO + first);
    view.setUint32(pos + 1, texts[(upper - Math.imul(first, 1000)) | 0]!, true);
    view.setUint32(pos + 4, texts[middleUpper]!, true);
    view.setUint32(pos + 7, texts[(middle - Math.imul(middleUpper, 1000)) | 0]!, true);
    view.setUint32(pos + 10, texts[lower]!, true);
    view.setUint32(pos + 13, texts[lastUpper]!, true);
    view.setUint32(pos + 16, texts[(last - Math.imul(lastUpper, 1000)) | 0]!, true);
    return pos + 19;
  };

  /** Writes the 64-bit number whose halves are at word `at`. */
  const writeU64 = (view: DataView, pos: number, words: Uint32Array, at: number): number => {
    return words[at + 1] === 0 ? writeU32(view, pos, words[at]! | 0) : writeLong(view, pos, words, at);
  };

  return { writeSixDigits, writeNineDigits, writeU32, writeU64, writeLong };
}

export const { writeSixDigits, writeNineDigits, writeU32, writeU64, writeLong } = numberWriters();

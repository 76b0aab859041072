/**
 * 64-bit unsigned numbers as two 32-bit words of a Uint32Array, low word first.
 *
 * Doubles lose integers above 2^53 and BigInt allocates, so the data path works with halves; every function here
 * is exact over the range that its docstring states.
 */

/** Whether a 32-bit word of a typed array has its least significant octet first on this machine. */
export const NATIVE_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const TWO_32 = 4294967296;
const INVERSE_TWO_16 = 1 / 65536;
const INVERSE_TWO_32 = 1 / TWO_32;

/** Stores an integer from 0 to 2^53. */
export function putNumber(words: Uint32Array, slot: number, value: number): void {
  words[slot] = value; // a Uint32Array stores modulo 2^32
  words[slot + 1] = value / TWO_32;
}

/**
 * Stores `seconds * 1e9 + nanoseconds`, modulo 2^64.
 *
 * @param seconds 0 to 2^34
 * @param nanoseconds 0 to 2^32
 */
export function putSeconds(words: Uint32Array, slot: number, seconds: number, nanoseconds: number): void {
  const high = Math.floor(seconds * INVERSE_TWO_16);
  const low = (seconds - high * 65536) * 1e9 + nanoseconds; // below 2^47
  const carry = Math.floor(low * INVERSE_TWO_16);
  const upper = high * 1e9 + carry; // the result, in units of 2^16; below 2^49
  words[slot] = ((upper & 0xffff) << 16) | ((low - carry * 65536) & 0xffff);
  words[slot + 1] = Math.floor(upper * INVERSE_TWO_16);
}

/** Stores milliseconds as nanoseconds. Integers from 0 to 18,446,744,073,709 (2^64 nanoseconds). */
export function putMilliseconds(words: Uint32Array, slot: number, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000);
  putSeconds(words, slot, seconds, (milliseconds - seconds * 1000) * 1e6);
}

/**
 * Stores the number at `from` of `base` minus `milliseconds` as nanoseconds.
 *
 * @param milliseconds an integer, also below 0, of a size up to 2^33
 * @returns false, with nothing stored, when the result would be below 0 or above 2^64
 */
export function putMillisecondsBefore(
  words: Uint32Array,
  slot: number,
  base: Uint32Array,
  from: number,
  milliseconds: number,
): boolean {
  const nanoseconds = milliseconds * 1e6; // below 2^53: exact
  const upper = Math.floor(nanoseconds * INVERSE_TWO_32);
  let low = base[from]! - (nanoseconds - upper * TWO_32);
  let high = base[from + 1]! - upper;
  if (low < 0) {
    low += TWO_32;
    high -= 1;
  }
  if (high < 0 || high >= TWO_32) return false;
  words[slot] = low;
  words[slot + 1] = high;
  return true;
}

/** The value as a double: exact up to 2^53, rounded above. */
export function toNumber(words: Uint32Array, slot: number): number {
  return words[slot + 1]! * TWO_32 + words[slot]!;
}

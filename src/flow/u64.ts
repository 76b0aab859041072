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
  // what is borrowed, 1 or nothing, is not asked for: nobody can foretell it
  const low = base[from]! - (nanoseconds - upper * TWO_32);
  const high = base[from + 1]! - upper + Math.floor(low * INVERSE_TWO_32);
  if (high < 0 || high >= TWO_32) return false;
  words[slot] = low;
  words[slot + 1] = high;
  return true;
}

/** The value as a double: exact up to 2^53, rounded above. */
export function toNumber(words: Uint32Array, slot: number): number {
  return words[slot + 1]! * TWO_32 + words[slot]!;
}

/** Seconds from 1900, where NTP begins to count, to 1970. */
const NTP_TO_UNIX = 2_208_988_800;

/** Stores microseconds as nanoseconds. Integers from 0 to 2^53. */
export function putMicroseconds(words: Uint32Array, slot: number, microseconds: number): void {
  const seconds = Math.floor(microseconds / 1e6);
  putSeconds(words, slot, seconds, (microseconds - seconds * 1e6) * 1000);
}

/**
 * Stores an NTP timestamp (RFC 5905 section 6) as Unix nanoseconds, cut off below one nanosecond.
 *
 * NTP seconds wrap every 136 years, next in 2036: of the times that they can mean, the nearest to `nearSeconds`
 * (Unix) is taken.
 *
 * @param seconds upper 32 bits
 * @param fraction lower 32 bits, in units of 2^-32 seconds
 * @returns false, with nothing stored, when that time is before 1970
 */
export function putNtp(
  words: Uint32Array,
  slot: number,
  seconds: number,
  fraction: number,
  nearSeconds: number,
): boolean {
  const unix = nearestTo(seconds - NTP_TO_UNIX, nearSeconds);
  if (unix < 0) return false;
  const lower = Math.floor(((fraction & 0xffff) * 1e9) / 65536);
  putSeconds(words, slot, unix, Math.floor(((fraction >>> 16) * 1e9 + lower) / 65536));
  return true;
}

/** Of the numbers that equal `value` modulo 2^32, the nearest to `near`. Integers below 2^52. */
export function nearestTo(value: number, near: number): number {
  return value + Math.round((near - value) / TWO_32) * TWO_32;
}

/** Stores the number at `a` and `addend` (two words) added up; false, with nothing stored, when that is above 64 bits. */
export function putSum(words: Uint32Array, slot: number, a: number, addend: Uint32Array): boolean {
  const low = words[a]! + addend[0]!;
  const high = words[a + 1]! + addend[1]! + (low >= TWO_32 ? 1 : 0);
  if (high >= TWO_32) return false;
  words[slot] = low;
  words[slot + 1] = high;
  return true;
}

/** Stores the number at `a` less `subtrahend` (two words); false, with nothing stored, when that is below 0. */
export function putDifference(words: Uint32Array, slot: number, a: number, subtrahend: Uint32Array): boolean {
  const low = words[a]! - subtrahend[0]!;
  const high = words[a + 1]! - subtrahend[1]! - (low < 0 ? 1 : 0);
  if (high < 0) return false;
  words[slot] = low;
  words[slot + 1] = high;
  return true;
}

/** Stores the product of the numbers at `a` and `b`; the largest number, 2^64 - 1, where it would be above. */
export function putProduct(words: Uint32Array, slot: number, a: number, b: number): void {
  const lowA = words[a]!;
  const highA = words[a + 1]!;
  const lowB = words[b]!;
  const highB = words[b + 1]!;
  // Halves of 16 bits: each product is below 2^32, each sum below 2^53.
  const low = (lowA & 0xffff) * (lowB & 0xffff);
  const middle = (lowA >>> 16) * (lowB & 0xffff) + (lowA & 0xffff) * (lowB >>> 16) + Math.floor(low * INVERSE_TWO_16);
  const upper = (lowA >>> 16) * (lowB >>> 16) + Math.floor(middle * INVERSE_TWO_16);
  const high = upper + highA * lowB + lowA * highB;
  const fits = (highA === 0 || highB === 0) && high < TWO_32;
  words[slot] = fits ? (low & 0xffff) | ((middle & 0xffff) << 16) : 0xffffffff;
  words[slot + 1] = fits ? high : 0xffffffff;
}

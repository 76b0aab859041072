/** Points in time as RFC 3339 text in UTC, such as `2023-11-14T22:13:20.123456789Z`. */
import { division, divideByBillion, writeNineDigits, writeU64 } from './decimal.ts';

/** Longest text, with nine digits of a fraction. */
export const DATE_TIME_MAX = 30;

const DAY = 86400;
/** Seconds to the end of year 9999, after which RFC 3339 has no text. */
const END_OF_TIME = 253402300800;
const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const T = 0x54;
const Z = 0x5a;

/** Two digits of 0 to 99, the first one lowest. */
const pairs = new Uint16Array(100);
for (let n = 0; n < 100; n++) pairs[n] = (ZERO + Math.floor(n / 10)) | ((ZERO + (n % 10)) << 8);

/** Writes two digits and a separator. */
function writePair(view: DataView, pos: number, value: number, separator: number): number {
  view.setUint16(pos, pairs[value]!, true);
  view.setUint8(pos + 2, separator);
  return pos + 3;
}

/** Writes date and time of day, without fraction and zone. */
function writeSeconds(view: DataView, pos: number, seconds: number): number {
  const day = Math.floor(seconds / DAY);
  const time = (seconds - day * DAY) | 0;
  // Civil date of a day number: eras of 400 years from 1 March of year 0, months of a year that begins in March.
  const shifted = day + 719468;
  const era = (shifted / 146097) | 0;
  const dayOfEra = shifted - era * 146097;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36524) | 0) - ((dayOfEra / 146096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const monthFromMarch = ((5 * dayOfYear + 2) / 153) | 0;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const century = (year / 100) | 0;
  view.setUint16(pos, pairs[century]!, true);
  let next = writePair(view, pos + 2, year - century * 100, DASH);
  next = writePair(view, next, month, DASH);
  next = writePair(view, next, dayOfYear - (((153 * monthFromMarch + 2) / 5) | 0) + 1, T);
  const hour = (time / 3600) | 0;
  const minute = ((time - hour * 3600) / 60) | 0;
  next = writePair(view, next, hour, COLON);
  next = writePair(view, next, minute, COLON);
  return writePair(view, next, time - hour * 3600 - minute * 60, Z);
}

/**
 * Writes Unix seconds of 64 bits (two words) or 32. What lies after the year 9999 is shown as the number that it is.
 */
export function writeDateTime(view: DataView, pos: number, words: Uint32Array, at: number, wide: boolean): number {
  const seconds = (wide ? words[at + 1]! * 4294967296 : 0) + words[at]!;
  return seconds < END_OF_TIME ? writeSeconds(view, pos, seconds) : writeU64(view, pos, words, at);
}

/** Writes Unix nanoseconds of 64 bits, up to nine digits of a fraction without the zeros at its end. */
export function writeDateTimeNano(view: DataView, pos: number, words: Uint32Array, at: number): number {
  divideByBillion(words, at);
  const next = writeSeconds(view, pos, division[0]!);
  const nanoseconds = division[1]!;
  if (nanoseconds === 0) return next;
  view.setUint8(next - 1, DOT);
  let end = writeNineDigits(view, next, nanoseconds);
  while (view.getUint8(end - 1) === ZERO) end--;
  view.setUint8(end, Z);
  return end + 1;
}

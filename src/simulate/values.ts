import { addressOctets, macOctets } from './address-octets.ts';
import { putInteger, WireWriter } from './wire-writer.ts';
import type { WireNumber } from './wire-writer.ts';

/**
 * The abstract data types of information elements as octets (RFC 7011 section 6). Each function gives the octets of
 * one value; the length that a template announces is the length of what they return.
 */

/** unsigned8 to unsigned64 and signed8 to signed64 in any number of octets (section 6.2, reduced size). */
export function integer(value: WireNumber, octets: number): Uint8Array {
  const out = new Uint8Array(octets);
  putInteger(out, value);
  return out;
}

export function float32(value: number): Uint8Array {
  return new WireWriter().float32(value).finish();
}

export function float64(value: number): Uint8Array {
  return new WireWriter().float64(value).finish();
}

/** boolean: 1 is true, 2 is false (section 6.1.5). */
export function boolean(value: boolean): Uint8Array {
  return Uint8Array.of(value ? 1 : 2);
}

/** string in UTF-8 (section 6.1.6); in `octets` octets, padded with NUL, for a field of fixed length. */
export function string(text: string, octets?: number): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  if (octets === undefined) return encoded;
  const fixed = new Uint8Array(octets);
  fixed.set(encoded.subarray(0, octets));
  return fixed;
}

/** ipv4Address or ipv6Address. */
export const address = addressOctets;

/** macAddress. */
export const mac = macOctets;

/** dateTimeSeconds of Unix nanoseconds. */
export function dateTimeSeconds(time: bigint): Uint8Array {
  return integer(time / 1_000_000_000n, 4);
}

/** dateTimeMilliseconds of Unix nanoseconds. */
export function dateTimeMilliseconds(time: bigint): Uint8Array {
  return integer(time / 1_000_000n, 8);
}

/** Seconds from 1900 to 1970: NTP's epoch to Unix's (RFC 5905 section 6). */
const NTP_EPOCH = 2_208_988_800n;

/** dateTimeNanoseconds of Unix nanoseconds, in NTP's 64-bit form (section 6.1.10). */
export function dateTimeNanoseconds(time: bigint): Uint8Array {
  const fraction = ((time % 1_000_000_000n) << 32n) / 1_000_000_000n;
  return integer(((time / 1_000_000_000n + NTP_EPOCH) << 32n) | fraction, 8);
}

/** dateTimeMicroseconds: the same with the low 11 bits of the fraction zero (section 6.1.9). */
export function dateTimeMicroseconds(time: bigint): Uint8Array {
  const octets = dateTimeNanoseconds(time);
  octets[6] = octets[6]! & 0xf8;
  octets[7] = 0;
  return octets;
}

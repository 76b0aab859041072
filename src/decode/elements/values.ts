import { isUtf8 } from 'node:buffer';
import type { Cursor } from '../cursor.ts';

/**
 * Values of the abstract data types of RFC 7011 section 6 out of a field that a cursor has claimed, where they are
 * wanted as JavaScript values: names from options data, values outside of the columns. Columns are filled by plans,
 * which allocate nothing.
 */

/**
 * signed8 to signed64 in 1 to 6 octets (section 6.1.2, two's complement; reduced sizes keep the sign, section 6.2);
 * 7 and 8 octets where the value is within 2^53. Undefined for any other size or value.
 */
export function readSigned(field: Cursor, length: number): number | undefined {
  if (length < 1 || length > 8) return undefined;
  let value = (field.u8(0) << 24) >> 24; // the first octet with its sign
  for (let i = 1; i < length; i++) value = value * 256 + field.u8(i);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** float32 in 4 octets, float64 in 8 or, as float32, in 4 (sections 6.1.3, 6.1.4 and 6.2); undefined otherwise. */
export function readFloat(field: Cursor, length: number): number | undefined {
  if (length === 4) return field.f32(0);
  return length === 8 ? field.f64(0) : undefined;
}

/** boolean: 1 is true, 2 is false (section 6.1.5); undefined for every other value and size. */
export function readBoolean(field: Cursor, length: number): boolean | undefined {
  if (length !== 1) return undefined;
  const value = field.u8(0);
  return value === 1 ? true : value === 2 ? false : undefined;
}

/**
 * string: UTF-8 without the NULs that pad a field of fixed length (section 6.1.6); undefined when it is ill-formed.
 */
export function readText(field: Cursor, length: number): string | undefined {
  let end = field.at + length;
  while (end > field.at && field.bytes[end - 1] === 0) end--;
  const octets = field.bytes.subarray(field.at, end);
  return isUtf8(octets) ? Buffer.from(octets).toString() : undefined;
}

/** octetArray of any length (section 6.1.6): base64, as everywhere in text output. */
export function readOctets(field: Cursor, length: number): string {
  const { bytes, at } = field;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('base64');
}

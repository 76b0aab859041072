import { addressText } from '../../flow/address.ts';
import type { Cursor } from '../cursor.ts';
import { readBoolean, readFloat, readSigned, readText } from './values.ts';

/** A value that JSON has, and integers of any size. */
export type ElementValue = string | number | bigint | boolean | null;

/** Abstract data types (RFC 7012 section 3.1, RFC 6313, RFC 9740), in small letters. */
export const dataTypes: ReadonlySet<string> = new Set(
  (
    'octetarray unsigned8 unsigned16 unsigned32 unsigned64 unsigned256 signed8 signed16 signed32 signed64 ' +
    'float32 float64 boolean macaddress string ipv4address ipv6address datetimeseconds datetimemilliseconds ' +
    'datetimemicroseconds datetimenanoseconds basiclist subtemplatelist subtemplatemultilist'
  ).split(' '),
);

/** Seconds between 1900 and 1970, and of an NTP era of 2^32 seconds. */
const NTP_EPOCH = 2_208_988_800n;
const NTP_ERA = 1n << 32n;

/**
 * The value of a field by the abstract data type of its element (RFC 7011 section 6.1): numbers as numbers, addresses
 * and times as text (RFC 5952, RFC 3339). Null where the octets are no value of that type; undefined for types that are
 * only octets.
 *
 * @param field a cursor that has claimed the field and nothing else
 */
export function decodeValue(type: string, field: Cursor, length: number): ElementValue | undefined {
  switch (type.toLowerCase()) {
    case 'unsigned8':
    case 'unsigned16':
    case 'unsigned32':
    case 'unsigned64':
      return readUnsigned(field, length) ?? null;
    case 'signed8':
    case 'signed16':
    case 'signed32':
    case 'signed64':
      return readWideSigned(field, length) ?? null;
    case 'float32':
    case 'float64':
      return finite(readFloat(field, length));
    case 'boolean':
      return readBoolean(field, length) ?? null;
    case 'ipv4address':
      return length === 4 ? addressText(field.bytes, field.at, 4) : null;
    case 'ipv6address':
      return length === 16 ? addressText(field.bytes, field.at, 16) : null;
    case 'macaddress':
      return length === 6 ? macText(field) : null;
    case 'string':
      return readText(field, length) ?? null;
    case 'datetimeseconds':
      return length === 4 ? timeText(BigInt(field.u32(0)) * 1_000_000_000n) : null;
    case 'datetimemilliseconds':
      return length === 8 ? timeText(BigInt(readUnsigned(field, 8)!) * 1_000_000n) : null;
    case 'datetimemicroseconds':
      return length === 8 ? timeText(ntpNanoseconds(field.u32(0), field.u32(4) & ~0x7ff)) : null;
    case 'datetimenanoseconds':
      return length === 8 ? timeText(ntpNanoseconds(field.u32(0), field.u32(4))) : null;
    default:
      return undefined;
  }
}

/** Unsigned numbers of 1 to 8 octets, exactly: a bigint where a double would round. Undefined for other sizes. */
export function readUnsigned(field: Cursor, length: number): number | bigint | undefined {
  if (length < 1 || length > 8) return undefined;
  let value = 0n;
  for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(field.u8(i));
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function readWideSigned(field: Cursor, length: number): number | bigint | undefined {
  const narrow = readSigned(field, length);
  if (narrow !== undefined || length < 7) return narrow;
  const unsigned = readUnsigned(field, length);
  return unsigned === undefined ? undefined : BigInt.asIntN(length * 8, BigInt(unsigned));
}

/** JSON has neither infinity nor not-a-number. */
function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function macText(field: Cursor): string {
  return Array.from({ length: 6 }, (_, i) => field.u8(i).toString(16).padStart(2, '0')).join(':');
}

/** Unix nanoseconds of an NTP timestamp; below 1970 it is one of the era that begins in 2036 (RFC 7011 section 5.2). */
function ntpNanoseconds(seconds: number, fraction: number): bigint {
  let unix = BigInt(seconds) - NTP_EPOCH;
  if (unix < 0n) unix += NTP_ERA;
  return unix * 1_000_000_000n + ((BigInt(fraction >>> 0) * 1_000_000_000n) >> 32n);
}

/** RFC 3339 in UTC, with as many digits of the second as are not zero; null after the year 9999. */
export function timeText(nanoseconds: bigint): string | null {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return null;
  const fraction = (nanoseconds % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${date.toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

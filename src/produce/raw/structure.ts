import { addressText } from '../../flow/address.ts';
import type { Cursor } from '../../decode/cursor.ts';
import { readText } from '../../decode/elements/values.ts';
import { readUnsigned } from '../../decode/elements/decode-value.ts';
import type { RawObject, RawValue } from './json-text.ts';

/**
 * How a member of an XDR structure is held (RFC 4506): `address` is a type and 4 or 16 octets; `string`, `opaque` and
 * `u32[]` begin with their length and are padded to 4 octets; a `mac` takes 8 octets, `mac6` six.
 */
export type MemberType =
  'u32' | 'u64' | 'float' | 'ipv4' | 'ipv6' | 'address' | 'mac' | 'mac6' | 'string' | 'opaque' | 'uuid' | 'u32[]';

/** Key of a member in raw output, and how it is held. */
export type Member = readonly [key: string, type: MemberType];

/** Members in the order of the wire. Those behind `optional` may be absent, as in later versions of a structure. */
export interface Structure {
  readonly members: readonly Member[];
  readonly optional?: readonly Member[];
}

/** Members by this table out of the claimed and unclaimed octets of `body`; undefined when it is too short. */
export function readStructure(structure: Structure, body: Cursor): RawObject | undefined {
  const object: Record<string, RawValue> = {};
  for (const [key, type] of structure.members) if (!readMember(object, key, type, body)) return undefined;
  for (const [key, type] of structure.optional ?? []) if (!readMember(object, key, type, body)) break;
  return object;
}

function readMember(object: Record<string, RawValue>, key: string, type: MemberType, body: Cursor): boolean {
  if (type === 'address') return readAddress(object, key, body);
  const value = readValue(type, body);
  if (value === undefined) return false;
  object[key] = value;
  return true;
}

/** An address has two members: its version, and its text, which is empty for an unknown one (type 0). */
export function readAddress(object: Record<string, RawValue>, key: string, body: Cursor): boolean {
  if (!body.take(4)) return false;
  const version = body.u32(0);
  const length = version === 1 ? 4 : version === 2 ? 16 : 0;
  if (version > 2 || !body.take(length)) return false;
  object[`${key}-ip-version`] = version;
  object[key] = addressText(body.bytes, body.at, length);
  return true;
}

function readValue(type: Exclude<MemberType, 'address'>, body: Cursor): RawValue | undefined {
  switch (type) {
    case 'u32':
      return body.take(4) ? body.u32(0) : undefined;
    case 'u64':
      return body.take(8) ? readUnsigned(body, 8) : undefined;
    case 'float':
      return body.take(4) ? (Number.isFinite(body.f32(0)) ? body.f32(0) : null) : undefined;
    case 'ipv4':
      return body.take(4) ? addressText(body.bytes, body.at, 4) : undefined;
    case 'ipv6':
      return body.take(16) ? addressText(body.bytes, body.at, 16) : undefined;
    case 'mac':
      return body.take(8) ? macText(body) : undefined;
    case 'mac6':
      return body.take(6) ? macText(body) : undefined;
    case 'uuid':
      return body.take(16) ? hexText(body, 16) : undefined;
    case 'string':
    case 'opaque':
      return readCounted(type, body);
    case 'u32[]':
      return readNumbers(body);
  }
}

function readCounted(type: 'string' | 'opaque', body: Cursor): string | undefined {
  if (!body.take(4)) return undefined;
  const length = body.u32(0);
  if (!body.take(length)) return undefined;
  const text = type === 'string' ? textOf(body, length) : octetsText(body, length);
  const padding = (4 - (length % 4)) % 4;
  body.take(Math.min(padding, body.left)); // the last member's padding is left out by some
  return text;
}

/** Text as it is where it is well-formed, else with what is not replaced. */
function textOf(body: Cursor, length: number): string {
  return (
    readText(body, length) ?? Buffer.from(body.bytes.buffer, body.bytes.byteOffset + body.at, length).toString('utf8')
  );
}

/** Numbers behind their count, which never asks for more than the octets that are there. */
export function readNumbers(body: Cursor): number[] | undefined {
  if (!body.take(4)) return undefined;
  const count = body.u32(0);
  if (!body.take(4 * count)) return undefined;
  return Array.from({ length: count }, (_, i) => body.u32(4 * i));
}

/** The claimed octets in base64. */
export function octetsText(body: Cursor, length: number): string {
  return Buffer.from(body.bytes.buffer, body.bytes.byteOffset + body.at, length).toString('base64');
}

function macText(body: Cursor): string {
  return Array.from({ length: 6 }, (_, i) => body.u8(i).toString(16).padStart(2, '0')).join(':');
}

function hexText(body: Cursor, length: number): string {
  return Buffer.from(body.bytes.buffer, body.bytes.byteOffset + body.at, length).toString('hex');
}

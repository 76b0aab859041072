import { addressText } from '../../flow/address.ts';
import type { Cursor } from '../../decode/cursor.ts';
import { readText } from '../../decode/elements/values.ts';
import { readUnsigned } from '../../decode/elements/decode-value.ts';
import type { RawObject, RawValue } from './json-text.ts';
import type { Member, MemberType, Structure } from './structure-table.ts';

/** Members by this table out of the claimed and unclaimed octets of `body`; undefined when it is too short. */
export function readStructure({ members, optional }: Structure, body: Cursor): RawObject | undefined {
  const object: Record<string, RawValue> = {};
  if (!readMembers(object, members, body)) return undefined;
  for (const [key, held] of optional) if (!readMember(object, key, held, body)) break;
  return object;
}

function readMembers(object: Record<string, RawValue>, members: readonly Member[], body: Cursor): boolean {
  return members.every(([key, held]) => readMember(object, key, held, body));
}

function readMember(object: Record<string, RawValue>, key: string, held: Member[1], body: Cursor): boolean {
  if (held === 'address') return readAddress(object, key, body);
  const value = typeof held === 'string' ? readValue(held, body) : readList(held, body);
  if (value === undefined) return false;
  object[key] = value;
  return true;
}

/** Structures behind their count; a count that is more than the octets can hold ends where they end. */
function readList(members: readonly Member[], body: Cursor): RawObject[] | undefined {
  if (!body.take(4)) return undefined;
  const count = body.u32(0);
  const list: RawObject[] = [];
  while (list.length < count) {
    const object: Record<string, RawValue> = {};
    if (!readMembers(object, members, body)) return undefined;
    list.push(object);
  }
  return list;
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
    case 'u8':
      return body.take(1) ? body.u8(0) : undefined;
    case 'u32':
      return body.take(4) ? body.u32(0) : undefined;
    case 'i32':
      return body.take(4) ? body.u32(0) | 0 : undefined;
    case 'u64':
      return body.take(8) ? readUnsigned(body, 8) : undefined;
    case 'float':
      return body.take(4) ? (Number.isFinite(body.f32(0)) ? body.f32(0) : null) : undefined;
    case 'ipv4':
      return body.take(4) ? addressText(body.bytes, body.at, 4) : undefined;
    case 'ipv6':
      return body.take(16) ? addressText(body.bytes, body.at, 16) : undefined;
    case 'mac':
      return body.take(8) ? macText(body, 0) : undefined;
    case 'mac6':
      return body.take(6) ? macText(body, 0) : undefined;
    case 'uuid':
      return body.take(16) ? hexText(body, 16) : undefined;
    case 'string':
    case 'opaque':
      return readCounted(type, body);
    case 'u32[]':
      return readNumbers(body);
    case 'i32[]':
      return readNumbers(body)?.map((number) => number | 0);
    case 'mac[]':
      return readCount(8, body)?.map((at) => macText(body, at));
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

/** Numbers behind their count. */
export function readNumbers(body: Cursor): number[] | undefined {
  return readCount(4, body)?.map((at) => body.u32(at));
}

/** Claims values of `size` octets behind their count, which never asks for more than is there: where each begins. */
function readCount(size: number, body: Cursor): number[] | undefined {
  if (!body.take(4)) return undefined;
  const count = body.u32(0);
  if (!body.take(size * count)) return undefined;
  return Array.from({ length: count }, (_, i) => size * i);
}

/** The claimed octets in base64. */
export function octetsText(body: Cursor, length: number): string {
  return Buffer.from(body.bytes.buffer, body.bytes.byteOffset + body.at, length).toString('base64');
}

function macText(body: Cursor, at: number): string {
  return Array.from({ length: 6 }, (_, i) =>
    body
      .u8(at + i)
      .toString(16)
      .padStart(2, '0'),
  ).join(':');
}

function hexText(body: Cursor, length: number): string {
  return Buffer.from(body.bytes.buffer, body.bytes.byteOffset + body.at, length).toString('hex');
}

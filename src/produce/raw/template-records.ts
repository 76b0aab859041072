import type { Cursor } from '../../decode/cursor.ts';
import type { RawObject } from './json-text.ts';

const ENTERPRISE = 0x8000;

/**
 * The template records of a set, as far as they are whole; the set was checked before. What follows the last one is
 * padding: a record has an id of 256 and more.
 *
 *     v9 template:          id 2, field count 2, fields
 *     v9 options template:  id 2, octets of scopes 2, octets of options 2, scopes, options
 *     IPFIX:                id 2, field count 2, (options: scope count 2), fields; a field count of 0 withdraws
 *
 * A field is an id and a length of 2 octets each; in IPFIX the top bit of the id announces 4 octets of enterprise.
 */
export function templateRecords(cursor: Cursor, version: 9 | 10, options: boolean): RawObject[] {
  const records: RawObject[] = [];
  while (cursor.take(4)) {
    const id = cursor.u16(0);
    if (id < 256) break;
    const count = cursor.u16(2);
    const record = !options
      ? dataTemplate(cursor, id, count, version)
      : version === 9
        ? v9Options(cursor, id, count)
        : ipfixOptions(cursor, id, count);
    if (record === undefined) break;
    records.push(record);
  }
  return records;
}

function dataTemplate(cursor: Cursor, id: number, count: number, version: 9 | 10): RawObject | undefined {
  const list = fields(cursor, count, version === 10);
  return list && { 'template-id': id, 'field-count': count, fields: list };
}

function v9Options(cursor: Cursor, id: number, scopeLength: number): RawObject | undefined {
  if (!cursor.take(2)) return undefined;
  const optionLength = cursor.u16(0);
  const scopes = fields(cursor, scopeLength >> 2, false);
  const options = scopes && fields(cursor, optionLength >> 2, false);
  return options && { 'template-id': id, 'scope-length': scopeLength, 'option-length': optionLength, scopes, options };
}

function ipfixOptions(cursor: Cursor, id: number, count: number): RawObject | undefined {
  if (count === 0) return { 'template-id': id, 'field-count': 0, 'scope-field-count': 0, options: [], scopes: [] };
  if (!cursor.take(2)) return undefined;
  const scopeCount = cursor.u16(0);
  const scopes = fields(cursor, scopeCount, true);
  const options = scopes && fields(cursor, count - scopeCount, true);
  return options && { 'template-id': id, 'field-count': count, 'scope-field-count': scopeCount, options, scopes };
}

function fields(cursor: Cursor, count: number, enterprises: boolean): RawObject[] | undefined {
  const list: RawObject[] = [];
  for (let i = 0; i < count; i++) {
    if (!cursor.take(4)) return undefined;
    const type = cursor.u16(0);
    const length = cursor.u16(2);
    const enterprise = enterprises && (type & ENTERPRISE) !== 0;
    if (enterprise && !cursor.take(4)) return undefined;
    const pen = enterprise ? cursor.u32(0) : 0;
    list.push({ 'pen-provided': enterprise, type: enterprise ? type & ~ENTERPRISE : type, length, pen });
  }
  return list;
}

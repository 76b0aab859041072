import { Cursor } from '../../decode/cursor.ts';
import { flowStructures } from './flow-structures.ts';
import type { RawObject, RawValue } from './json-text.ts';
import { octetsText, readAddress, readNumbers, readStructure } from './structure.ts';
import { structure } from './structure-table.ts';

/** Addresses of 6 octets, not of 8 with the padding of XDR: told apart by the length of the record. */
const unpaddedEthernet = structure('length src-mac:mac6 dst-mac:mac6 eth-type');

/**
 * A record under its header. One that cannot be read by its format has its octets in `data`.
 *
 * @param whole shows in `rest` what stands behind the members, as in later versions of a structure
 */
export function recordObject(
  format: number,
  body: Cursor,
  read: (format: number, body: Cursor) => RawObject | undefined,
  whole = false,
): RawObject {
  const { pos: at, end } = body;
  const header = { 'data-format': format, length: end - at };
  const data = read(format, body);
  if (data === undefined) return { header, data: { data: octets(body, at, end) } };
  // fewer than four octets are padding
  return whole && body.left >= 4 ? { header, data, rest: octets(body, body.pos, end) } : { header, data };
}

function octets(body: Cursor, at: number, end: number): string {
  body.reset(body.bytes, body.view, at, end);
  body.take(end - at);
  return octetsText(body, end - at);
}

/** Members of a flow record by its format; undefined when the format is not known or the record is too short. */
export function readFlowRecord(format: number, body: Cursor): RawObject | undefined {
  switch (format) {
    case 1:
      return readSampledHeader(body);
    case 2:
    case 1021:
    case 1022:
      return readStructure(body.left === 20 ? unpaddedEthernet : flowStructures.get(format)!, body);
    case 1003:
      return readGateway(body);
    case 1016:
      return readAggregation(body);
    default: {
      const structure = flowStructures.get(format);
      return structure === undefined ? undefined : readStructure(structure, body);
    }
  }
}

/** `original-length` is the length of the header that was sent; padding is not part of it. */
function readSampledHeader(body: Cursor): RawObject | undefined {
  if (!body.take(16)) return undefined;
  const object: Record<string, RawValue> = {
    protocol: body.u32(0),
    'frame-length': body.u32(4),
    stripped: body.u32(8),
    'original-length': body.u32(12),
  };
  const length = Math.min(body.u32(12), body.left);
  body.take(length);
  object['header-data'] = octetsText(body, length);
  return object;
}

/**
 * The first segment of the path keeps the keys that it has always had; where there are several, all of them stand in
 * `as-path-segments`.
 */
function readGateway(body: Cursor): RawObject | undefined {
  const object: Record<string, RawValue> = {};
  if (!readAddress(object, 'next-hop', body) || !body.take(16)) return undefined;
  object['as'] = body.u32(0);
  object['src-as'] = body.u32(4);
  object['src-peer-as'] = body.u32(8);
  const count = body.u32(12);
  object['as-destinations'] = count;
  const segments: RawObject[] = [];
  for (let i = 0; i < count; i++) {
    if (!body.take(4)) return undefined;
    const type = body.u32(0);
    const path = readNumbers(body);
    if (path === undefined) return undefined;
    segments.push({ type, path });
  }
  const first = segments[0];
  object['as-path-type'] = first?.['type'] ?? 0;
  const path = first?.['path'] as number[] | undefined;
  object['as-path-length'] = path?.length ?? 0;
  object['as-path'] = path ?? null;
  if (segments.length > 1) object['as-path-segments'] = segments;
  const communities = readNumbers(body);
  if (communities === undefined || !body.take(4)) return undefined;
  object['communities-length'] = communities.length;
  object['communities'] = communities;
  object['local-pref'] = body.u32(0);
  return object;
}

/** The frames of an aggregate, each with flow records of its own. */
function readAggregation(body: Cursor): RawObject | undefined {
  if (!body.take(4)) return undefined;
  const count = body.u32(0);
  const pdus: RawObject[] = [];
  while (pdus.length < count) {
    const records = readRecords(body);
    if (records === undefined) return undefined;
    pdus.push({ 'flow-records': records });
  }
  return { pdus };
}

function readRecords(body: Cursor): RawObject[] | undefined {
  if (!body.take(4)) return undefined;
  const count = body.u32(0);
  const records: RawObject[] = [];
  while (records.length < count) {
    if (!body.take(8)) return undefined;
    const format = body.u32(0);
    const length = body.u32(4);
    if (!body.take(length)) return undefined;
    const record = new Cursor();
    record.reset(body.bytes, body.view, body.at, body.pos);
    records.push(recordObject(format, record, readInnerRecord));
    if (length % 4 !== 0) body.take(Math.min(4 - (length % 4), body.left));
  }
  return records;
}

/** Aggregates do not hold aggregates, whatever octets say: the depth is bounded. */
function readInnerRecord(format: number, body: Cursor): RawObject | undefined {
  return format === 1016 ? undefined : readFlowRecord(format, body);
}

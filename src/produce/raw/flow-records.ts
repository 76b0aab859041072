import type { Cursor } from '../../decode/cursor.ts';
import { flowStructures } from './flow-structures.ts';
import type { RawObject, RawValue } from './json-text.ts';
import { octetsText, readAddress, readNumbers, readStructure } from './structure.ts';
import type { Structure } from './structure.ts';

const paddedEthernet: Structure = {
  members: [
    ['length', 'u32'],
    ['src-mac', 'mac'],
    ['dst-mac', 'mac'],
    ['eth-type', 'u32'],
  ],
};
const plainEthernet: Structure = {
  members: [
    ['length', 'u32'],
    ['src-mac', 'mac6'],
    ['dst-mac', 'mac6'],
    ['eth-type', 'u32'],
  ],
};

/** Members of a flow record by its format; undefined when the format is not known or the record is too short. */
export function readFlowRecord(format: number, body: Cursor): RawObject | undefined {
  switch (format) {
    case 1:
      return readSampledHeader(body);
    case 2: // addresses of 6 octets, or of 8 with the padding of XDR: told apart by the length of the record
      return readStructure(body.left === 20 ? plainEthernet : paddedEthernet, body);
    case 1003:
      return readGateway(body);
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

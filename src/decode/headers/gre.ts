import { Layer } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;

/**
 * GRE (RFC 2784 section 2, RFC 2890 section 2; version 1: RFC 2637 section 4.1):
 *
 *     flags 13 bits, version 3 bits; protocol type
 *     checksum and reserved 4 octets if C; key 4 octets if K; sequence number 4 octets if S
 *     acknowledgment number 4 octets if A (version 1 only)
 */
export const gre: LayerParser = {
  name: 'gre',
  layer: Layer.GRE,
  keys: ['gre'],
  group: 40,
  prolongs: false,
  minimum: 4,
  etherType: 0,
  parse(frame) {
    const flags = frame.cursor.u16(0);
    const version = flags & 7;
    if (version > 1) return undefined;
    let size = 4;
    if (flags & CHECKSUM) size += 4;
    if (flags & KEY) size += 4;
    if (flags & SEQUENCE) size += 4;
    if (version === 1 && flags & ACKNOWLEDGMENT) size += 4;
    frame.size = size;
    if (flags & ROUTING) return undefined; // source routes of RFC 1701: to be discarded (RFC 2784 section 2.3)
    return frame.byEtherType(frame.cursor.u16(2));
  },
};

import { Layer } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

/**
 * Geneve (RFC 8926 section 3.4), behind a UDP port that is configured for it:
 *
 *     version 2 bits, length of the options 6 bits in words of 32 bits; flags; protocol type
 *     virtual network identifier 24 bits; reserved; options
 */
export const geneve: LayerParser = {
  name: 'geneve',
  layer: Layer.Geneve,
  keys: ['geneve'],
  group: 40,
  prolongs: false,
  minimum: 8,
  etherType: 0,
  parse(frame) {
    const first = frame.cursor.u8(0);
    if (first >>> 6 !== 0) return frame.reject();
    frame.size = 8 + 4 * (first & 0x3f);
    return frame.byEtherType(frame.cursor.u16(2));
  },
};

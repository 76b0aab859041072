import { Layer } from '../../flow/fields.ts';
import { ipv6 } from './ipv6.ts';
import type { LayerParser } from './layer-parser.ts';

/**
 * Teredo (RFC 4380 section 5.1.1), behind a UDP port that is configured for it: the IPv6 packet follows at once, or
 * after an origin indication of 8 octets, which begins with 0.
 */
export const teredo: LayerParser = {
  name: 'teredo-dst',
  layer: Layer.Teredo,
  keys: ['teredo-dst', 'teredo'],
  group: 40,
  prolongs: false,
  minimum: 0,
  etherType: 0,
  parse(frame) {
    const { cursor } = frame;
    if (cursor.take(2) && cursor.u16(0) === 0) frame.size = 8;
    return ipv6;
  },
};

import { Layer, slotOf } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

const FRAGMENT_ID = slotOf('fragment_id');
const FRAGMENT_OFFSET = slotOf('fragment_offset');
const IP_FLAGS = slotOf('ip_flags');

/**
 * IPv6 fragment header (RFC 8200 section 4.5):
 *
 *     next header; reserved
 *     fragment offset 13 bits in units of 8 octets, reserved 2 bits, more fragments 1 bit
 *     identification 4 octets
 *
 * Only the first fragment holds the transport's header, so the chain ends with any other.
 */
export const ipv6Fragment: LayerParser = {
  name: 'ipv6-frag',
  layer: Layer.IPv6HeaderFragment,
  keys: ['ipv6eh_fragment', 'ipv6-frag', 'ipv6eh'],
  group: 35,
  prolongs: true,
  minimum: 8,
  etherType: 0,
  parse(frame) {
    const { cursor, words } = frame;
    const fragment = cursor.u16(2);
    if (frame.fills) {
      words[FRAGMENT_ID] = cursor.u32(4);
      words[FRAGMENT_OFFSET] = fragment >>> 3;
      words[IP_FLAGS] = fragment & 7;
    }
    const next = frame.byNextHeader(cursor.u8(0)); // names the transport even where it is not in this fragment
    return fragment >>> 3 === 0 ? next : undefined;
  },
};

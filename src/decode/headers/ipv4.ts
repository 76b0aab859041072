import { Layer, slotOf } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

const SRC_ADDR = slotOf('src_addr');
const DST_ADDR = slotOf('dst_addr');
const PROTO = slotOf('proto');
const IP_TOS = slotOf('ip_tos');
const IP_TTL = slotOf('ip_ttl');
const IP_FLAGS = slotOf('ip_flags');
const FRAGMENT_ID = slotOf('fragment_id');
const FRAGMENT_OFFSET = slotOf('fragment_offset');

/**
 * IPv4 (RFC 791 section 3.1):
 *
 *     version 4 bits, header length 4 bits in words of 32 bits; type of service; total length
 *     identification; flags 3 bits, fragment offset 13 bits in units of 8 octets
 *     time to live; protocol; header checksum
 *     source address; destination address; options up to the header length
 *
 * Only the first fragment holds the transport's header, so the chain ends with any other.
 */
export const ipv4: LayerParser = {
  name: 'ipv4',
  layer: Layer.IPv4,
  keys: ['ipv4', 'ip', '3'],
  group: 30,
  prolongs: false,
  minimum: 20,
  etherType: 0x0800,
  parse(frame) {
    const { cursor, words } = frame;
    const first = cursor.u8(0);
    if (first >>> 4 !== 4) return frame.reject();
    const fragment = cursor.u16(6);
    const protocol = cursor.u8(9);
    if (!frame.encapsulated) {
      frame.flow.setIPv4(SRC_ADDR, cursor.view, cursor.at + 12);
      frame.flow.setIPv4(DST_ADDR, cursor.view, cursor.at + 16);
      words[PROTO] = protocol;
      words[IP_TOS] = cursor.u8(1);
      words[IP_TTL] = cursor.u8(8);
      words[IP_FLAGS] = fragment >>> 13;
      words[FRAGMENT_ID] = cursor.u16(4);
      words[FRAGMENT_OFFSET] = fragment & 0x1fff;
    }
    const size = (first & 0x0f) * 4;
    if (size < 20) return undefined; // where the payload begins is not known
    frame.size = size;
    return (fragment & 0x1fff) === 0 ? frame.byIpProtocol(protocol) : undefined;
  },
};

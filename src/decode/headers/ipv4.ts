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
    const first = cursor.u32(0); // the words that share several columns are read once
    if (first >>> 28 !== 4) return frame.reject();
    const second = cursor.u32(4);
    const third = cursor.u16(8);
    const protocol = third & 0xff;
    if (frame.fills) {
      frame.flow.setIPv4(SRC_ADDR, cursor.view, cursor.at + 12);
      frame.flow.setIPv4(DST_ADDR, cursor.view, cursor.at + 16);
      words[PROTO] = protocol;
      words[IP_TOS] = (first >>> 16) & 0xff;
      words[IP_TTL] = third >>> 8;
      words[IP_FLAGS] = (second >>> 13) & 7;
      words[FRAGMENT_ID] = second >>> 16;
      words[FRAGMENT_OFFSET] = second & 0x1fff;
    }
    const size = ((first >>> 24) & 0x0f) * 4;
    if (size < 20) return undefined; // where the payload begins is not known
    frame.size = size;
    return (second & 0x1fff) === 0 ? frame.byIpProtocol(protocol) : undefined;
  },
};

import { Layer, slotOf } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

const SRC_ADDR = slotOf('src_addr');
const DST_ADDR = slotOf('dst_addr');
const IP_TOS = slotOf('ip_tos');
const IP_TTL = slotOf('ip_ttl');
const FLOW_LABEL = slotOf('ipv6_flow_label');

/**
 * IPv6 (RFC 8200 section 3):
 *
 *     version 4 bits, traffic class 8 bits, flow label 20 bits
 *     payload length; next header; hop limit
 *     source address; destination address
 */
export const ipv6: LayerParser = {
  name: 'ipv6',
  layer: Layer.IPv6,
  keys: ['ipv6', 'ip', '3'],
  group: 30,
  prolongs: false,
  minimum: 40,
  etherType: 0x86dd,
  parse(frame) {
    const { cursor, words } = frame;
    const first = cursor.u32(0);
    if (first >>> 28 !== 6) return frame.reject();
    if (frame.fills) {
      frame.flow.setIPv6(SRC_ADDR, cursor.view, cursor.at + 8);
      frame.flow.setIPv6(DST_ADDR, cursor.view, cursor.at + 24);
      words[IP_TOS] = (first >>> 20) & 0xff;
      words[FLOW_LABEL] = first & 0xf_ffff;
      words[IP_TTL] = cursor.u8(7);
    }
    frame.beginIpv6();
    return frame.byNextHeader(cursor.u8(6));
  },
};

import { Layer, slotOf } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

const SRC_PORT = slotOf('src_port');
const DST_PORT = slotOf('dst_port');

/**
 * UDP (RFC 768):
 *
 *     source port; destination port; length; checksum
 */
export const udp: LayerParser = {
  name: 'udp',
  layer: Layer.UDP,
  keys: ['udp', '4'],
  group: 40,
  prolongs: false,
  minimum: 8,
  etherType: 0,
  parse(frame) {
    const { cursor, words } = frame;
    const ports = cursor.u32(0);
    if (frame.fills) {
      words[SRC_PORT] = ports >>> 16;
      words[DST_PORT] = ports & 0xffff;
    }
    return frame.byUdpPort(ports);
  },
};

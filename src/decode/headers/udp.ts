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
    const source = cursor.u16(0);
    const destination = cursor.u16(2);
    if (!frame.encapsulated) {
      words[SRC_PORT] = source;
      words[DST_PORT] = destination;
    }
    return frame.byUdpPort(source, destination);
  },
};

import { Layer, slotOf } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

const SRC_MAC = slotOf('src_mac');
const DST_MAC = slotOf('dst_mac');
const ETYPE = slotOf('etype');

/**
 * Ethernet (IEEE 802.3 section 3.1.1), without preamble:
 *
 *     mac destination   6 octets
 *     mac source        6
 *     type or length    2
 */
export const ethernet: LayerParser = {
  name: 'ethernet',
  layer: Layer.Ethernet,
  keys: ['ethernet', '2'],
  group: 20,
  prolongs: false,
  minimum: 14,
  etherType: 0,
  parse(frame) {
    const { cursor, words } = frame;
    const type = cursor.u16(12);
    if (frame.fills) {
      words[DST_MAC + 1] = cursor.u16(0);
      words[DST_MAC] = cursor.u32(2);
      words[SRC_MAC + 1] = cursor.u16(6);
      words[SRC_MAC] = cursor.u32(8);
      words[ETYPE] = type;
    }
    return frame.byEtherType(type);
  },
};

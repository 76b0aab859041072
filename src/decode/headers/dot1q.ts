import { Layer, slotOf } from '../../flow/fields.ts';
import { NETWORK_GROUP } from './groups.ts';
import type { LayerParser } from './layer-parser.ts';

const VLAN_ID = slotOf('vlan_id');
const ETYPE = slotOf('etype');

/**
 * VLAN tag (IEEE 802.1Q section 9.3), after the EtherType that announced it:
 *
 *     priority 3 bits, drop eligible 1 bit, VLAN id 12 bits
 *     type     2 octets
 *
 * Of stacked tags the inner one gives `vlan_id`.
 */
export const dot1q: LayerParser = {
  name: 'dot1q',
  layer: Layer.Dot1Q,
  keys: ['dot1q'],
  group: 25,
  prolongs: true,
  minimum: 4,
  etherType: 0x8100,
  parse(frame) {
    const { cursor, words } = frame;
    const type = cursor.u16(2);
    if (frame.fills && frame.group < NETWORK_GROUP) {
      words[VLAN_ID] = cursor.u16(0) & 0xfff;
      words[ETYPE] = type;
    }
    return frame.byEtherType(type);
  },
};

import { Layer, slotOf } from '../../flow/fields.ts';
import type { Frame, LayerParser } from './layer-parser.ts';

const ICMP_TYPE = slotOf('icmp_type');
const ICMP_CODE = slotOf('icmp_code');

/**
 * ICMP (RFC 792), of which a fragment of a header is enough:
 *
 *     type; code; checksum; four octets by type
 */
export const icmp: LayerParser = {
  name: 'icmp',
  layer: Layer.ICMP,
  keys: ['icmp'],
  group: 70,
  prolongs: false,
  minimum: 2,
  etherType: 0,
  parse: readTypeAndCode,
};

/** The first ICMP header of a packet fills the columns, also when it is inside of a tunnel. */
export function readTypeAndCode(frame: Frame): undefined {
  const { cursor, words } = frame;
  if (!frame.icmp) {
    frame.icmp = true;
    words[ICMP_TYPE] = cursor.u8(0);
    words[ICMP_CODE] = cursor.u8(1);
  }
  frame.size = 8;
  return undefined;
}

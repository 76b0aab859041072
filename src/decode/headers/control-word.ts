import { ethernet } from './ethernet.ts';
import { UNLISTED } from './layer-parser.ts';
import type { LayerParser } from './layer-parser.ts';

/** Greatest value of the type field of a frame that is a length (IEEE 802.3 section 3.2.6). */
const MAX_LENGTH = 1500;

/**
 * The control word of an Ethernet pseudowire behind MPLS labels (RFC 4448 section 4.6, RFC 4385 section 3):
 *
 *     zero 4 bits, reserved 12; sequence number 16
 *
 * Pseudowires of all kinds begin like this and nothing on the wire tells them apart: it counts only where the frame
 * behind it has an EtherType that is read here, or a length.
 */
export const controlWord: LayerParser = {
  name: 'control-word',
  layer: UNLISTED,
  keys: [],
  group: 25,
  prolongs: true,
  minimum: 4,
  etherType: 0,
  parse(frame) {
    const { cursor } = frame;
    if (!cursor.take(ethernet.minimum)) return frame.reject();
    const type = cursor.u16(12);
    const isFrame = type <= MAX_LENGTH || frame.byEtherType(type) !== undefined;
    return isFrame ? ethernet : frame.reject();
  },
};

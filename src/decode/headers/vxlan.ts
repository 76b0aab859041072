import { Layer } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

const HAS_VNI = 0x08;
const HAS_PROTOCOL = 0x04;

/** EtherTypes of the protocols that VXLAN-GPE can carry; others end the chain. */
const etherTypes: Readonly<Record<number, number>> = { 1: 0x0800, 2: 0x86dd, 3: 0x6558 };

/**
 * VXLAN (RFC 7348 section 5) and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe), behind a UDP port that is configured for it:
 *
 *     flags 8 bits, with I = the network identifier is there; reserved 24
 *     virtual network identifier 24 bits; reserved 8
 *
 * An Ethernet frame follows. With the flag P of VXLAN-GPE the last reserved octet before the identifier says what does.
 */
export const vxlan: LayerParser = {
  name: 'vxlan',
  layer: Layer.VXLAN,
  keys: ['vxlan'],
  group: 40,
  prolongs: false,
  minimum: 8,
  etherType: 0,
  parse(frame) {
    const flags = frame.cursor.u8(0);
    if ((flags & HAS_VNI) === 0) return frame.reject();
    const type = (flags & HAS_PROTOCOL) === 0 ? 0x6558 : etherTypes[frame.cursor.u8(3)];
    return type === undefined ? undefined : frame.byEtherType(type);
  },
};

import { Layer, listOf, slotOf } from '../../flow/fields.ts';
import type { Cursor } from '../cursor.ts';
import { MAX_MPLS_LABELS } from '../limits.ts';
import { controlWord } from './control-word.ts';
import { NETWORK_GROUP } from './groups.ts';
import type { LayerParser } from './layer-parser.ts';

const ETYPE = slotOf('etype');
const LABELS = slotOf('mpls_label');
const TTLS = slotOf('mpls_ttl');
const LABEL_LIST = listOf('mpls_label');
const TTL_LIST = listOf('mpls_ttl');

const IPV4_EXPLICIT_NULL = 0;
const IPV6_EXPLICIT_NULL = 2;

/** Answer of {@link payloadType} that is no EtherType. */
const PSEUDOWIRE = -1;

/**
 * MPLS label stack (RFC 3032 section 2.1): entries of 4 octets, up to the one with the bottom-of-stack bit.
 *
 *     label 20 bits, traffic class 3, bottom of stack 1, TTL 8
 *
 * Nothing in the stack names the payload. An explicit null at the bottom does; otherwise the version in the first four
 * bits after it tell IPv4 and IPv6 apart (RFC 4928 section 2); 0 is a pseudowire's control word (RFC 4385 section 3).
 */
export const mpls: LayerParser = {
  name: 'mpls',
  layer: Layer.MPLS,
  keys: ['mpls'],
  group: 25,
  prolongs: true,
  minimum: 4,
  etherType: 0x8847,
  parse(frame) {
    const { cursor, flow, words } = frame;
    const labels = flow.reserve(LABEL_LIST, MAX_MPLS_LABELS);
    const ttls = flow.reserve(TTL_LIST, MAX_MPLS_LABELS);
    const columns = frame.fills;
    let count = 0;
    let entry: number;
    do {
      entry = cursor.u32(0);
      if (columns) {
        labels[count] = entry >>> 12;
        ttls[count] = entry & 0xff;
      }
      count++;
    } while ((entry & 0x100) === 0 && count < MAX_MPLS_LABELS && cursor.take(4));
    if (columns) words[LABELS] = words[TTLS] = count;
    frame.size = 4 * count;
    const type = (entry & 0x100) === 0 ? 0 : payloadType(entry >>> 12, cursor);
    if (type === PSEUDOWIRE) return controlWord;
    if (type === 0) return undefined;
    if (columns && frame.group < NETWORK_GROUP) words[ETYPE] = type;
    return frame.byEtherType(type);
  },
};

/** EtherType of what follows the bottom of the stack, or {@link PSEUDOWIRE}; 0 when it is neither. */
function payloadType(bottom: number, cursor: Cursor): number {
  if (bottom === IPV4_EXPLICIT_NULL) return 0x0800;
  if (bottom === IPV6_EXPLICIT_NULL) return 0x86dd;
  if (!cursor.take(1)) return 0;
  const version = cursor.u8(0) >>> 4;
  if (version === 0) return PSEUDOWIRE;
  return version === 4 ? 0x0800 : version === 6 ? 0x86dd : 0;
}

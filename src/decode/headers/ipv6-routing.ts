import { Layer, column, slotOf } from '../../flow/fields.ts';
import { MAX_ROUTING_ADDRESSES } from '../limits.ts';
import type { Frame, LayerParser } from './layer-parser.ts';

const ADDRESSES = column('ipv6_routing_header_addresses');
const SEGMENTS_LEFT = slotOf('ipv6_routing_header_seg_left');

const SEGMENT_ROUTING = 4;

/**
 * IPv6 routing header (RFC 8200 section 4.4), here with the segment list of type 4 (RFC 8754 section 2):
 *
 *     next header; length in units of 8 octets without the first 8; routing type; segments left
 *     last entry; flags; tag 2 octets
 *     addresses, 16 octets each, the last segment first
 */
export const ipv6Routing: LayerParser = {
  name: 'ipv6-route',
  layer: Layer.IPv6HeaderRouting,
  keys: ['ipv6eh_routing', 'ipv6-route', 'ipv6eh'],
  group: 35,
  prolongs: false,
  minimum: 8,
  etherType: 0,
  parse(frame) {
    const { cursor } = frame;
    const nextHeader = cursor.u8(0);
    const units = cursor.u8(1);
    const segmentRouting = cursor.u8(2) === SEGMENT_ROUTING;
    const addresses = Math.min(cursor.u8(4) + 1, units >>> 1, MAX_ROUTING_ADDRESSES);
    frame.size = 8 + 8 * units;
    if (frame.fills) {
      frame.words[SEGMENTS_LEFT] = cursor.u8(3);
      if (segmentRouting) readSegments(frame, addresses);
    }
    return frame.byNextHeader(nextHeader);
  },
};

/** Appends the addresses that are there, `count` at most. */
function readSegments({ cursor, flow }: Frame, count: number): void {
  for (let i = 0; i < count && cursor.take(16); i++) flow.appendAddress(ADDRESSES, cursor.bytes, cursor.at, 16);
}

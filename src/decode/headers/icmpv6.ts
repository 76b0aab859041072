import { Layer } from '../../flow/fields.ts';
import { readTypeAndCode } from './icmp.ts';
import type { LayerParser } from './layer-parser.ts';

/** ICMPv6 (RFC 4443 section 2.1): begins as ICMP does. */
export const icmpv6: LayerParser = {
  name: 'ipv6-icmp',
  layer: Layer.ICMPv6,
  keys: ['icmpv6', 'ipv6-icmp'],
  group: 70,
  prolongs: false,
  minimum: 2,
  etherType: 0,
  parse: readTypeAndCode,
};

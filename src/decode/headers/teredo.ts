import { Layer } from '../../flow/fields.ts';
import { ipv6 } from './ipv6.ts';
import type { LayerParser } from './layer-parser.ts';

/** Teredo (RFC 4380 section 2.6), behind a UDP port that is configured for it: the IPv6 packet follows at once. */
export const teredo: LayerParser = {
  name: 'teredo-dst',
  layer: Layer.Teredo,
  keys: ['teredo-dst', 'teredo'],
  group: 40,
  prolongs: false,
  minimum: 0,
  etherType: 0,
  parse: () => ipv6,
};

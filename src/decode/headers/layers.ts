import { dot1q } from './dot1q.ts';
import { ethernet } from './ethernet.ts';
import { geneve } from './geneve.ts';
import { gre } from './gre.ts';
import { icmp } from './icmp.ts';
import { icmpv6 } from './icmpv6.ts';
import { ipv4 } from './ipv4.ts';
import { ipv6Fragment } from './ipv6-fragment.ts';
import { ipv6Routing } from './ipv6-routing.ts';
import { ipv6 } from './ipv6.ts';
import type { LayerParser } from './layer-parser.ts';
import { mpls } from './mpls.ts';
import { tcp } from './tcp.ts';
import { teredo } from './teredo.ts';
import { udp } from './udp.ts';
import { vxlan } from './vxlan.ts';

/** Every built-in layer that configuration can name. */
export const layers: readonly LayerParser[] = [
  ethernet,
  dot1q,
  mpls,
  ipv4,
  ipv6,
  ipv6Routing,
  ipv6Fragment,
  tcp,
  udp,
  icmp,
  icmpv6,
  gre,
  teredo,
  geneve,
  vxlan,
];

/** The layer of that name; undefined when there is none. */
export function findLayer(name: string): LayerParser | undefined {
  return layers.find((layer) => layer.name === name);
}

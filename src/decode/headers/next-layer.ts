import { dot1q } from './dot1q.ts';
import { ethernet } from './ethernet.ts';
import { gre } from './gre.ts';
import { icmp } from './icmp.ts';
import { icmpv6 } from './icmpv6.ts';
import { ipv4 } from './ipv4.ts';
import { authentication, options } from './ipv6-extension.ts';
import { ipv6Fragment } from './ipv6-fragment.ts';
import { ipv6Routing } from './ipv6-routing.ts';
import { ipv6 } from './ipv6.ts';
import type { LayerParser } from './layer-parser.ts';
import { mpls } from './mpls.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';

/** Layers by EtherType (IANA, IEEE 802 Numbers). Anything else ends the chain. */
const byEtherType: readonly [etherType: number, parser: LayerParser][] = [
  [0x0800, ipv4],
  [0x86dd, ipv6],
  [0x8100, dot1q], // IEEE 802.1Q
  [0x88a8, dot1q], // IEEE 802.1ad, the service tag
  [0x9100, dot1q], // stacked tags before 802.1ad
  [0x8847, mpls], // RFC 3032
  [0x8848, mpls], // RFC 5332
  [0x6558, ethernet], // transparent Ethernet bridging, RFC 1701
  [0x199e, ethernet],
];

/** Layers by IP protocol (IANA, Protocol Numbers). Anything else ends the chain. */
const byIpProtocol: readonly [protocol: number, parser: LayerParser][] = [
  [1, icmp],
  [4, ipv4],
  [6, tcp],
  [17, udp],
  [41, ipv6],
  [47, gre],
  [58, icmpv6],
];

/** Extension headers (RFC 8200 section 4, RFC 7045): only behind an IPv6 header. */
const byExtension: readonly [nextHeader: number, parser: LayerParser][] = [
  [0, options], // hop-by-hop
  [43, ipv6Routing],
  [44, ipv6Fragment],
  [51, authentication],
  [60, options], // destination
  [135, options], // mobility, RFC 6275
  [139, options], // HIP, RFC 7401
  [140, options], // Shim6, RFC 5533
];

function table(size: number, rows: readonly [number, LayerParser][]): readonly (LayerParser | undefined)[] {
  const parsers = new Array<LayerParser | undefined>(size).fill(undefined);
  for (const [number, parser] of rows) parsers[number] = parser;
  return parsers;
}

/** By EtherType, 16 bits. */
export const etherTypes = table(65_536, byEtherType);

/** By protocol, 8 bits. */
export const ipProtocols = table(256, byIpProtocol);

/** By next header, 8 bits. */
export const ipv6Extensions = table(256, byExtension);

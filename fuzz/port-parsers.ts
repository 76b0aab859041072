import { geneve } from '#src/decode/headers/geneve.js';
import { gre } from '#src/decode/headers/gre.js';
import type { PortParser } from '#src/decode/headers/port-parser.js';
import { vxlan } from '#src/decode/headers/vxlan.js';
import { teredo } from '#src/decode/headers/teredo.js';

/** Ports that the mapping sample configures, so that tunnels are reached. */
export const portParsers: readonly PortParser[] = [
  { protocol: 'udp', direction: 'both', port: 6081, parser: geneve },
  { protocol: 'udp', direction: 'both', port: 4789, parser: vxlan },
  { protocol: 'udp', direction: 'dst', port: 3544, parser: teredo },
  { protocol: 'udp', direction: 'src', port: 4754, parser: gre },
  { protocol: 'tcp', direction: 'both', port: 443, parser: gre },
];

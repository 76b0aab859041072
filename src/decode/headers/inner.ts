import { slotOf } from '../../flow/fields.ts';
import type { ColumnName } from '../../flow/fields.ts';
import { ethernet } from './ethernet.ts';
import { geneve } from './geneve.ts';
import { NETWORK_GROUP } from './groups.ts';
import type { Frame, LayerParser } from './layer-parser.ts';
import type { PortParser } from './port-parser.ts';
import { teredo } from './teredo.ts';
import { vxlan } from './vxlan.ts';

/** The ports that IANA has assigned to tunnels, for users without a mapping file; rows of one go before them. */
export const tunnelPorts: readonly PortParser[] = [
  { protocol: 'udp', direction: 'dst', port: 4789, parser: vxlan },
  { protocol: 'udp', direction: 'dst', port: 4790, parser: vxlan }, // VXLAN-GPE
  { protocol: 'udp', direction: 'dst', port: 6081, parser: geneve },
  { protocol: 'udp', direction: 'both', port: 3544, parser: teredo },
];

/** What a network layer and those behind it fill, beside addresses of both, which it always has. */
const packetColumns = words(
  ...(['proto', 'ip_tos', 'ip_ttl', 'ip_flags', 'fragment_id', 'fragment_offset', 'ipv6_flow_label'] as const),
  ...(['src_port', 'dst_port', 'tcp_flags', 'icmp_type', 'icmp_code'] as const),
  ...(['ipv6_routing_header_addresses', 'ipv6_routing_header_seg_left'] as const),
);

/** What a frame fills beside its addresses: a tag, and labels. */
const frameColumns = words('vlan_id', 'mpls_label', 'mpls_ttl');

const ETYPE = slotOf('etype');

function words(...names: ColumnName[]): readonly number[] {
  return names.map((name) => slotOf(name));
}

/**
 * Called before a layer inside of a tunnel is read: where it begins a packet or a frame of its own, the columns that it
 * may not have lose what the outer one has put there.
 */
export function beginInner(frame: Frame, parser: LayerParser): void {
  const { words: columns, cursor } = frame;
  if (parser.group === NETWORK_GROUP) {
    if (cursor.u8(0) >>> 4 !== (parser.etherType === 0x0800 ? 4 : 6)) return; // no header of that kind
    for (let i = 0; i < packetColumns.length; i++) columns[packetColumns[i]!] = 0;
    columns[ETYPE] = parser.etherType;
    frame.icmp = false;
  } else if (parser === ethernet) {
    for (let i = 0; i < frameColumns.length; i++) columns[frameColumns[i]!] = 0;
    // its tags are in front of a network layer again
    frame.group = ethernet.group;
  }
}

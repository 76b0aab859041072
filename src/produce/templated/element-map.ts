import type { ColumnName } from '../../flow/fields.ts';

/**
 * How a value is read.
 *
 * - `unsigned`: 1 to 8 octets; a column of 32 bits keeps the low ones;
 * - `ipv4`, `ipv6`, `mac`: 4, 16 and 6 octets;
 * - `seconds`, `milliseconds`, `ntp_microseconds`, `ntp_nanoseconds`: times of 4, 8, 8 and 8 octets;
 * - `sysuptime`: milliseconds since the exporter started, as a time;
 * - `before_export`: microseconds before the export time, as a time;
 * - `icmp_type_code`: type in the upper, code in the lower octet of 16 bits, for two columns;
 * - `ip_version`: 4 or 6, as EtherType;
 * - `fragment_flags`: the top three of 8 bits;
 * - `application`: an id of 1 to 8 octets, the engine and the selector (RFC 6759 section 4);
 * - `mpls_label`: a label stack entry of 3 octets, of which 20 bits are the label.
 */
export type Reader =
  | 'unsigned'
  | 'ipv4'
  | 'ipv6'
  | 'mac'
  | 'seconds'
  | 'milliseconds'
  | 'ntp_microseconds'
  | 'ntp_nanoseconds'
  | 'sysuptime'
  | 'before_export'
  | 'icmp_type_code'
  | 'ip_version'
  | 'fragment_flags'
  | 'application'
  | 'mpls_label';

/** Octets of the readers that have only one size. */
export const fixedSizes: Partial<Record<Reader, number>> = {
  ipv4: 4,
  ipv6: 16,
  mac: 6,
  seconds: 4,
  milliseconds: 8,
  ntp_microseconds: 8,
  ntp_nanoseconds: 8,
};

/** One element that fills a column. */
export interface ElementRow {
  readonly id: number;
  /** Name in the registry of IANA; v9 has the same numbers. */
  readonly name: string;
  readonly column: ColumnName;
  readonly read: Reader;
  /** Where several elements of a template fill one column, the lowest rank is used; equal ranks are one choice. */
  readonly rank: number;
  /** What a reader of the docs should know beside the name. */
  readonly note?: string;
}

const total = 'a total since the flow began, not a delta: counted';
const ipv4First = 'where both are there: the IPv4 one unless it is zero';
const byFamily = 'where both are there: by the EtherType of the flow';
const byProtocol = 'where those of IPv4 and of IPv6 are there: by the protocol';

/**
 * The one table of which elements fill which column, in NetFlow v9 and IPFIX alike, whatever their order in a
 * template. Only elements of IANA are here: those of enterprises fill columns by a mapping. `docs/protocols.md` is
 * made from it.
 */
export const elementMap: readonly ElementRow[] = [
  { id: 1, name: 'octetDeltaCount', column: 'bytes', read: 'unsigned', rank: 1 },
  { id: 23, name: 'postOctetDeltaCount', column: 'bytes', read: 'unsigned', rank: 2 },
  { id: 352, name: 'layer2OctetDeltaCount', column: 'bytes', read: 'unsigned', rank: 3 },
  { id: 231, name: 'initiatorOctets', column: 'bytes', read: 'unsigned', rank: 4 },
  { id: 85, name: 'octetTotalCount', column: 'bytes', read: 'unsigned', rank: 5, note: total },
  { id: 312, name: 'dataLinkFrameSize', column: 'bytes', read: 'unsigned', rank: 6 },
  { id: 2, name: 'packetDeltaCount', column: 'packets', read: 'unsigned', rank: 1 },
  { id: 24, name: 'postPacketDeltaCount', column: 'packets', read: 'unsigned', rank: 2 },
  { id: 298, name: 'initiatorPackets', column: 'packets', read: 'unsigned', rank: 3 },
  { id: 86, name: 'packetTotalCount', column: 'packets', read: 'unsigned', rank: 4, note: total },

  { id: 8, name: 'sourceIPv4Address', column: 'src_addr', read: 'ipv4', rank: 1, note: ipv4First },
  { id: 27, name: 'sourceIPv6Address', column: 'src_addr', read: 'ipv6', rank: 1 },
  { id: 12, name: 'destinationIPv4Address', column: 'dst_addr', read: 'ipv4', rank: 1, note: ipv4First },
  { id: 28, name: 'destinationIPv6Address', column: 'dst_addr', read: 'ipv6', rank: 1 },
  { id: 15, name: 'ipNextHopIPv4Address', column: 'next_hop', read: 'ipv4', rank: 1, note: ipv4First },
  { id: 62, name: 'ipNextHopIPv6Address', column: 'next_hop', read: 'ipv6', rank: 1 },
  { id: 18, name: 'bgpNextHopIPv4Address', column: 'bgp_next_hop', read: 'ipv4', rank: 1, note: ipv4First },
  { id: 63, name: 'bgpNextHopIPv6Address', column: 'bgp_next_hop', read: 'ipv6', rank: 1 },
  { id: 9, name: 'sourceIPv4PrefixLength', column: 'src_net', read: 'unsigned', rank: 1, note: byFamily },
  { id: 29, name: 'sourceIPv6PrefixLength', column: 'src_net', read: 'unsigned', rank: 1 },
  { id: 13, name: 'destinationIPv4PrefixLength', column: 'dst_net', read: 'unsigned', rank: 1, note: byFamily },
  { id: 30, name: 'destinationIPv6PrefixLength', column: 'dst_net', read: 'unsigned', rank: 1 },
  { id: 60, name: 'ipVersion', column: 'etype', read: 'ip_version', rank: 1, note: 'else by the addresses' },

  { id: 4, name: 'protocolIdentifier', column: 'proto', read: 'unsigned', rank: 1 },
  { id: 7, name: 'sourceTransportPort', column: 'src_port', read: 'unsigned', rank: 1 },
  { id: 11, name: 'destinationTransportPort', column: 'dst_port', read: 'unsigned', rank: 1 },
  { id: 6, name: 'tcpControlBits', column: 'tcp_flags', read: 'unsigned', rank: 1 },
  { id: 176, name: 'icmpTypeIPv4', column: 'icmp_type', read: 'unsigned', rank: 1, note: byProtocol },
  { id: 178, name: 'icmpTypeIPv6', column: 'icmp_type', read: 'unsigned', rank: 1 },
  { id: 177, name: 'icmpCodeIPv4', column: 'icmp_code', read: 'unsigned', rank: 1, note: byProtocol },
  { id: 179, name: 'icmpCodeIPv6', column: 'icmp_code', read: 'unsigned', rank: 1 },
  { id: 32, name: 'icmpTypeCodeIPv4', column: 'icmp_type', read: 'icmp_type_code', rank: 2, note: 'icmp_code too' },
  { id: 139, name: 'icmpTypeCodeIPv6', column: 'icmp_type', read: 'icmp_type_code', rank: 2, note: 'icmp_code too' },

  { id: 10, name: 'ingressInterface', column: 'in_if', read: 'unsigned', rank: 1 },
  { id: 14, name: 'egressInterface', column: 'out_if', read: 'unsigned', rank: 1 },
  { id: 56, name: 'sourceMacAddress', column: 'src_mac', read: 'mac', rank: 1 },
  { id: 81, name: 'postSourceMacAddress', column: 'src_mac', read: 'mac', rank: 2 },
  { id: 80, name: 'destinationMacAddress', column: 'dst_mac', read: 'mac', rank: 1 },
  { id: 57, name: 'postDestinationMacAddress', column: 'dst_mac', read: 'mac', rank: 2 },
  { id: 58, name: 'vlanId', column: 'src_vlan', read: 'unsigned', rank: 1 },
  { id: 243, name: 'dot1qVlanId', column: 'src_vlan', read: 'unsigned', rank: 2 },
  { id: 58, name: 'vlanId', column: 'vlan_id', read: 'unsigned', rank: 1 },
  { id: 243, name: 'dot1qVlanId', column: 'vlan_id', read: 'unsigned', rank: 2 },
  { id: 59, name: 'postVlanId', column: 'dst_vlan', read: 'unsigned', rank: 1 },
  { id: 254, name: 'postDot1qVlanId', column: 'dst_vlan', read: 'unsigned', rank: 2 },

  { id: 5, name: 'ipClassOfService', column: 'ip_tos', read: 'unsigned', rank: 1 },
  { id: 52, name: 'minimumTTL', column: 'ip_ttl', read: 'unsigned', rank: 1 },
  { id: 192, name: 'ipTTL', column: 'ip_ttl', read: 'unsigned', rank: 2 },
  { id: 197, name: 'fragmentFlags', column: 'ip_flags', read: 'fragment_flags', rank: 1 },
  { id: 54, name: 'fragmentIdentification', column: 'fragment_id', read: 'unsigned', rank: 1 },
  { id: 88, name: 'fragmentOffset', column: 'fragment_offset', read: 'unsigned', rank: 1 },
  { id: 31, name: 'flowLabelIPv6', column: 'ipv6_flow_label', read: 'unsigned', rank: 1 },
  { id: 89, name: 'forwardingStatus', column: 'forwarding_status', read: 'unsigned', rank: 1 },
  { id: 16, name: 'bgpSourceAsNumber', column: 'src_as', read: 'unsigned', rank: 1 },
  { id: 17, name: 'bgpDestinationAsNumber', column: 'dst_as', read: 'unsigned', rank: 1 },
  { id: 128, name: 'bgpNextAdjacentAsNumber', column: 'next_hop_as', read: 'unsigned', rank: 1 },
  { id: 138, name: 'observationPointId', column: 'observation_point_id', read: 'unsigned', rank: 1 },

  { id: 234, name: 'ingressVRFID', column: 'ingress_vrf_id', read: 'unsigned', rank: 1, note: 'for the context' },
  { id: 235, name: 'egressVRFID', column: 'egress_vrf_id', read: 'unsigned', rank: 1, note: 'for the context' },
  { id: 95, name: 'applicationId', column: 'application_id', read: 'application', rank: 1, note: 'for the context' },

  ...Array.from({ length: 10 }, (_, i) => mplsEntry(i)),
  { id: 47, name: 'mplsTopLabelIPv4Address', column: 'mpls_ip', read: 'ipv4', rank: 1 },
  { id: 140, name: 'mplsTopLabelIPv6Address', column: 'mpls_ip', read: 'ipv6', rank: 1 },

  ...times('Start', 'time_flow_start_ns', [156, 154, 152, 150, 158, 22]),
  ...times('End', 'time_flow_end_ns', [157, 155, 153, 151, 159, 21]),
];

/** Elements 70 to 79: the label stack, top first. */
function mplsEntry(index: number): ElementRow {
  const name = index === 0 ? 'mplsTopLabelStackSection' : `mplsLabelStackSection${index + 1}`;
  return { id: 70 + index, name, column: 'mpls_label', read: 'mpls_label', rank: 1, note: `label ${index + 1}` };
}

/** The times of one end of a flow, and that of an observed packet, which is both ends. */
function times(end: 'Start' | 'End', column: ColumnName, ids: readonly number[]): ElementRow[] {
  const rows: [id: number, name: string, read: Reader, note?: string][] = [
    [ids[0]!, `flow${end}Nanoseconds`, 'ntp_nanoseconds'],
    [ids[1]!, `flow${end}Microseconds`, 'ntp_microseconds'],
    [ids[2]!, `flow${end}Milliseconds`, 'milliseconds'],
    [ids[3]!, `flow${end}Seconds`, 'seconds'],
    [ids[4]!, `flow${end}DeltaMicroseconds`, 'before_export'],
    [ids[5]!, `flow${end}SysUpTime`, 'sysuptime', 'in IPFIX with 160, of the record or of options data'],
    [325, 'observationTimeNanoseconds', 'ntp_nanoseconds'],
    [324, 'observationTimeMicroseconds', 'ntp_microseconds'],
    [323, 'observationTimeMilliseconds', 'milliseconds'],
    [322, 'observationTimeSeconds', 'seconds'],
  ];
  return rows.map(([id, name, read, note], i) => ({
    id,
    name,
    column,
    read,
    rank: i + 1,
    ...(note === undefined ? {} : { note }),
  }));
}

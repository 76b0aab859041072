/**
 * The one table of what a flow message carries.
 *
 * Everything that names a column is derived from it: the memory layout of {@link FlowRecord}, `pb/flow.proto`,
 * the JSON and text columns and their order, the mapping file, filters and the reference pages.
 * The order of the rows is the order of the columns in JSON and text; numbers are the protobuf field numbers.
 */

/** How a column is held in a record and on the protobuf wire. */
export type ColumnType = 'u32' | 'u64' | 'enum' | 'code' | 'address' | 'u32[]' | 'enum[]' | 'address[]';

/** How a column is shown in JSON and text when nothing else was asked for. */
export type ColumnRenderer = 'none' | 'ip' | 'mac' | 'etype' | 'proto' | 'network' | 'type' | 'layer';

interface ColumnRow {
  readonly name: string;
  readonly number: number;
  readonly type: ColumnType;
  readonly renderer: ColumnRenderer;
  /** Units and source, one line, for the docs. */
  readonly doc: string;
}

const rows = [
  { name: 'type', number: 1, type: 'enum', renderer: 'type', doc: 'protocol the flow came by (FlowType)' },
  {
    name: 'time_received_ns',
    number: 110,
    type: 'u64',
    renderer: 'none',
    doc: 'when the datagram was read, Unix nanoseconds',
  },
  { name: 'sequence_num', number: 4, type: 'u32', renderer: 'none', doc: 'sequence number of the datagram' },
  {
    name: 'sampling_rate',
    number: 3,
    type: 'u64',
    renderer: 'none',
    doc: 'one packet in so many was looked at; 0 = unknown',
  },
  {
    name: 'sampler_address',
    number: 11,
    type: 'address',
    renderer: 'ip',
    doc: 'exporter: source of the datagram, or the sFlow agent',
  },
  { name: 'time_flow_start_ns', number: 111, type: 'u64', renderer: 'none', doc: 'first packet, Unix nanoseconds' },
  { name: 'time_flow_end_ns', number: 112, type: 'u64', renderer: 'none', doc: 'last packet, Unix nanoseconds' },
  { name: 'bytes', number: 9, type: 'u64', renderer: 'none', doc: 'octets of the flow, not scaled by sampling' },
  { name: 'packets', number: 10, type: 'u64', renderer: 'none', doc: 'packets of the flow, not scaled by sampling' },
  { name: 'src_addr', number: 6, type: 'address', renderer: 'ip', doc: 'source address' },
  { name: 'dst_addr', number: 7, type: 'address', renderer: 'ip', doc: 'destination address' },
  { name: 'etype', number: 30, type: 'u32', renderer: 'etype', doc: 'EtherType of the network layer' },
  { name: 'proto', number: 20, type: 'u32', renderer: 'proto', doc: 'IP protocol' },
  { name: 'src_port', number: 21, type: 'u32', renderer: 'none', doc: 'source port' },
  { name: 'dst_port', number: 22, type: 'u32', renderer: 'none', doc: 'destination port' },
  { name: 'in_if', number: 18, type: 'u32', renderer: 'none', doc: 'ifIndex that the packets came in by' },
  { name: 'out_if', number: 19, type: 'u32', renderer: 'none', doc: 'ifIndex that the packets went out by' },
  { name: 'src_mac', number: 27, type: 'u64', renderer: 'mac', doc: 'source MAC, low 48 bits' },
  { name: 'dst_mac', number: 28, type: 'u64', renderer: 'mac', doc: 'destination MAC, low 48 bits' },
  { name: 'src_vlan', number: 33, type: 'u32', renderer: 'none', doc: 'VLAN on the way in' },
  { name: 'dst_vlan', number: 34, type: 'u32', renderer: 'none', doc: 'VLAN on the way out' },
  { name: 'vlan_id', number: 29, type: 'u32', renderer: 'none', doc: 'VLAN of the (innermost) tag' },
  { name: 'ip_tos', number: 23, type: 'u32', renderer: 'none', doc: 'type of service / traffic class' },
  { name: 'forwarding_status', number: 24, type: 'u32', renderer: 'none', doc: 'forwarding status (element 89)' },
  { name: 'ip_ttl', number: 25, type: 'u32', renderer: 'none', doc: 'time to live / hop limit' },
  { name: 'ip_flags', number: 38, type: 'u32', renderer: 'none', doc: 'top three bits of the IPv4 fragment word' },
  { name: 'tcp_flags', number: 26, type: 'u32', renderer: 'none', doc: 'TCP control bits' },
  { name: 'icmp_type', number: 31, type: 'u32', renderer: 'none', doc: 'ICMP / ICMPv6 type' },
  { name: 'icmp_code', number: 32, type: 'u32', renderer: 'none', doc: 'ICMP / ICMPv6 code' },
  { name: 'ipv6_flow_label', number: 37, type: 'u32', renderer: 'none', doc: 'IPv6 flow label' },
  { name: 'fragment_id', number: 35, type: 'u32', renderer: 'none', doc: 'IP identification' },
  { name: 'fragment_offset', number: 36, type: 'u32', renderer: 'none', doc: 'fragment offset in units of 8 octets' },
  { name: 'src_as', number: 14, type: 'u32', renderer: 'none', doc: 'source AS' },
  { name: 'dst_as', number: 15, type: 'u32', renderer: 'none', doc: 'destination AS' },
  { name: 'next_hop', number: 12, type: 'address', renderer: 'ip', doc: 'next hop' },
  { name: 'next_hop_as', number: 13, type: 'u32', renderer: 'none', doc: 'AS of the next hop' },
  { name: 'src_net', number: 16, type: 'u32', renderer: 'network', doc: 'prefix length of the source' },
  { name: 'dst_net', number: 17, type: 'u32', renderer: 'network', doc: 'prefix length of the destination' },
  { name: 'bgp_next_hop', number: 100, type: 'address', renderer: 'ip', doc: 'BGP next hop' },
  { name: 'bgp_communities', number: 101, type: 'u32[]', renderer: 'none', doc: 'BGP communities' },
  { name: 'as_path', number: 102, type: 'u32[]', renderer: 'none', doc: 'BGP AS path, all segments' },
  { name: 'mpls_ttl', number: 80, type: 'u32[]', renderer: 'none', doc: 'TTL of each MPLS label' },
  { name: 'mpls_label', number: 81, type: 'u32[]', renderer: 'none', doc: 'MPLS labels, top first' },
  { name: 'mpls_ip', number: 82, type: 'address[]', renderer: 'ip', doc: 'MPLS top label addresses' },
  { name: 'observation_domain_id', number: 70, type: 'u32', renderer: 'none', doc: 'v9 source id / IPFIX domain' },
  { name: 'observation_point_id', number: 71, type: 'u32', renderer: 'none', doc: 'observation point (element 138)' },
  { name: 'layer_stack', number: 103, type: 'enum[]', renderer: 'layer', doc: 'headers found in the sampled packet' },
  { name: 'layer_size', number: 104, type: 'u32[]', renderer: 'none', doc: 'octets of each of those headers' },
  {
    name: 'ipv6_routing_header_addresses',
    number: 105,
    type: 'address[]',
    renderer: 'ip',
    doc: 'segments of an IPv6 segment routing header',
  },
  {
    name: 'ipv6_routing_header_seg_left',
    number: 106,
    type: 'u32',
    renderer: 'none',
    doc: 'segments left of an IPv6 routing header',
  },
] as const satisfies readonly ColumnRow[];

/** Columns that a message has only when they are asked for. */
const optionalRows = [
  {
    name: 'scaled_bytes',
    number: 501,
    type: 'u64',
    renderer: 'none',
    doc: 'bytes times sampling_rate; the bytes as they are while the rate is unknown (-produce.scale)',
  },
  {
    name: 'scaled_packets',
    number: 502,
    type: 'u64',
    renderer: 'none',
    doc: 'packets times sampling_rate; the packets as they are while the rate is unknown (-produce.scale)',
  },
] as const satisfies readonly ColumnRow[];

/** Columns of flows that a database of countries was asked about; numbers are those of an enricher. */
const countryRows = [
  {
    name: 'src_country',
    number: 1000,
    type: 'code',
    renderer: 'none',
    doc: 'country of the source address (ISO 3166)',
  },
  { name: 'dst_country', number: 1001, type: 'code', renderer: 'none', doc: 'country of the destination address' },
] as const satisfies readonly ColumnRow[];

/** Columns that later stages look at, and that are part of no message. */
const innerRows = [
  { name: 'ingress_vrf_id', number: 0, type: 'u32', renderer: 'none', doc: 'VRF on the way in (element 234)' },
  { name: 'egress_vrf_id', number: 0, type: 'u32', renderer: 'none', doc: 'VRF on the way out (element 235)' },
  {
    name: 'application_id',
    number: 0,
    type: 'u64',
    renderer: 'none',
    doc: 'application (element 95): the engine in the top octet, the selector below',
  },
] as const satisfies readonly ColumnRow[];

const allRows = [...rows, ...optionalRows, ...countryRows, ...innerRows];

export type ColumnName = (typeof allRows)[number]['name'];

/** A column with its place in {@link FlowRecord}. */
export interface Column extends ColumnRow {
  readonly name: ColumnName;
  /** Index of its first 32-bit word in `FlowRecord.words`. */
  readonly slot: number;
  /** For list columns: index into `FlowRecord.lists`; otherwise -1. */
  readonly list: number;
}

/** 32-bit words of an address: four of data in network byte order, one for the length in octets (0, 4 or 16). */
export const ADDRESS_WORDS = 5;

const sizes: Record<ColumnType, number> = {
  u32: 1,
  enum: 1,
  code: 1,
  u64: 2,
  address: ADDRESS_WORDS,
  'u32[]': 1,
  'enum[]': 1,
  'address[]': 1,
};

function layOut(): { columns: Column[]; words: number; lists: number } {
  let slot = 0;
  let lists = 0;
  const columns = allRows.map((row): Column => {
    const column = { ...row, slot, list: row.type.endsWith('[]') ? lists++ : -1 };
    slot += sizes[row.type];
    return column;
  });
  return { columns, words: slot, lists };
}

const layout = layOut();

/** All columns of a message, without the optional ones, in the order of JSON and text. */
export const columns: readonly Column[] = layout.columns.slice(0, rows.length);

/** Columns that a message has only when they are asked for; in JSON and text they follow the others. */
export const optionalColumns: readonly Column[] = layout.columns.slice(rows.length, rows.length + optionalRows.length);

/** Countries: columns that a message has where there is a database of them; in JSON and text they follow all others. */
export const countryColumns: readonly Column[] = layout.columns.slice(
  rows.length + optionalRows.length,
  rows.length + optionalRows.length + countryRows.length,
);

/** The columns that messages have beside those of every message: scaled ones, and those of a database of countries. */
export function columnsBeside(scale: boolean, countries: boolean): Column[] {
  return [...(scale ? optionalColumns : []), ...(countries ? countryColumns : [])];
}

/** Size of a record in 32-bit words. */
export const RECORD_WORDS = layout.words;

/** How many columns are lists. */
export const LIST_COUNT = layout.lists;

const byName = new Map<string, Column>(columns.map((column) => [column.name, column]));
const allByName = new Map(layout.columns.map((column) => [column.name, column]));

/** The column of that name, none of the optional ones; undefined when there is none. */
export function findColumn(name: string): Column | undefined {
  return byName.get(name);
}

/** The column of that name, which is known to exist. */
export function column(name: ColumnName): Column {
  const found = allByName.get(name);
  if (found === undefined) throw new Error(`no such column: ${name}`);
  return found;
}

/** Index of the first word of a column. */
export function slotOf(name: ColumnName): number {
  return column(name).slot;
}

/** Indices of the words of a column; of a list that of its count. */
export function wordsOf({ slot, type }: Column): number[] {
  return Array.from({ length: sizes[type] }, (_, i) => slot + i);
}

/** Index of a list column in `FlowRecord.lists`. */
export function listOf(name: ColumnName): number {
  return column(name).list;
}

/** `FlowType` of `flow.proto`: to 4 those of the original, then ours. */
export const FlowType = {
  FLOWUNKNOWN: 0,
  SFLOW_5: 1,
  NETFLOW_V5: 2,
  NETFLOW_V9: 3,
  IPFIX: 4,
  NETFLOW_V1: 5,
  NETFLOW_V7: 6,
} as const;

/** `LayerStack` of `flow.proto`. */
export const Layer = {
  Ethernet: 0,
  IPv4: 1,
  IPv6: 2,
  TCP: 3,
  UDP: 4,
  MPLS: 5,
  Dot1Q: 6,
  ICMP: 7,
  ICMPv6: 8,
  GRE: 9,
  IPv6HeaderRouting: 10,
  IPv6HeaderFragment: 11,
  Geneve: 12,
  Teredo: 13,
  VXLAN: 14,
  Custom: 99,
} as const;

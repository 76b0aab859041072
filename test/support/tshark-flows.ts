import { all, shows } from './tshark.ts';
import type { Dissected } from './tshark.ts';

/** A flow by the names of our columns: numbers as bigint, addresses and MACs as text. What is not known is not there. */
export type FlowRow = Record<string, bigint | string>;

/** How tshark names what a column holds; several names where it depends on the family or on the protocol. */
export const netflowColumns: Record<string, readonly string[]> = {
  src_addr: ['cflow.srcaddr', 'cflow.srcaddrv6'],
  dst_addr: ['cflow.dstaddr', 'cflow.dstaddrv6'],
  next_hop: ['cflow.nexthop', 'cflow.nexthopv6'],
  bgp_next_hop: ['cflow.bgpnexthop', 'cflow.bgpnexthopv6'],
  bytes: ['cflow.octets'],
  packets: ['cflow.packets'],
  proto: ['cflow.protocol'],
  src_port: ['cflow.srcport'],
  dst_port: ['cflow.dstport'],
  in_if: ['cflow.inputint'],
  out_if: ['cflow.outputint'],
  ip_tos: ['cflow.tos'],
  ip_ttl: ['cflow.ttl_min'],
  tcp_flags: ['cflow.tcpflags'],
  src_as: ['cflow.srcas'],
  dst_as: ['cflow.dstas'],
  src_net: ['cflow.srcmask', 'cflow.srcmaskv6'],
  dst_net: ['cflow.dstmask', 'cflow.dstmaskv6'],
  src_mac: ['cflow.srcmac'],
  dst_mac: ['cflow.dstmac'],
  vlan_id: ['cflow.vlanid'],
  fragment_id: ['cflow.frag_ident'],
  ipv6_flow_label: ['cflow.ipv6flowlabel'],
  icmp_type: ['cflow.icmp_ipv4_type', 'cflow.icmp_ipv6_type'],
  icmp_code: ['cflow.icmp_ipv4_code', 'cflow.icmp_ipv6_code'],
};

/** The flow records of a NetFlow or IPFIX datagram as tshark sees them. */
export function netflowRows(packet: Dissected): FlowRow[] {
  const cflow = packet.children.find(({ name }) => name === 'cflow');
  if (cflow === undefined) return [];
  const header = headerOf(cflow);
  const records = groups(cflow, /^(Flow|pdu) \d+/).map((group) => ({ ...header.common, ...netflowRow(group, header) }));
  return records.filter((row) => 'src_addr' in row); // options records have none
}

/** What the header of a datagram says. */
export interface Header {
  /** Time of the header, and sysUptime then, in nanoseconds; undefined for IPFIX, which has no sysUptime. */
  readonly clock: { readonly time: bigint; readonly uptime: bigint } | undefined;
  readonly common: FlowRow;
}

function headerOf(cflow: Dissected): Header {
  const first = (name: string) => shows(cflow, name)[0];
  const version = first('cflow.version');
  const common: FlowRow = { sequence_num: BigInt(first('cflow.sequence') ?? first('cflow.flow_sequence')!) };
  if (version === '10') {
    const domain = cflow.children.find(({ name }) => name === 'cflow.od_id')!.show;
    return { clock: undefined, common: { ...common, observation_domain_id: BigInt(domain) } };
  }
  if (version === '9') common['observation_domain_id'] = BigInt(first('cflow.source_id')!);
  else common['sampling_rate'] = BigInt(first('cflow.samplerate')!);
  const time = BigInt(first('cflow.unix_secs')!) * 1_000_000_000n + BigInt(first('cflow.unix_nsecs') ?? 0);
  return { clock: { time, uptime: decimalSeconds(first('cflow.sysuptime')!) }, common };
}

function netflowRow(group: Dissected, header: Header): FlowRow {
  const row: FlowRow = {};
  for (const [column, names] of Object.entries(netflowColumns)) {
    const show = names.flatMap((name) => shows(group, name))[0];
    if (show !== undefined) row[column] = columnValue(column, show);
  }
  const status = group.children.find(({ show }) => show === 'Forwarding Status');
  if (status !== undefined) row['forwarding_status'] = BigInt(`0x${status.value}`);
  const icmp = shows(group, 'cflow.icmp_type_code_ipv4').concat(shows(group, 'cflow.icmp_type_code_ipv6'))[0];
  if (icmp !== undefined) {
    row['icmp_type'] = BigInt(icmp) >> 8n;
    row['icmp_code'] = BigInt(icmp) & 255n;
  }
  for (const side of ['start', 'end'] as const) {
    const time = timeOf(group, side, header.clock);
    if (time !== undefined) row[`time_flow_${side}_ns`] = time;
  }
  return row;
}

/** Start or end of a flow; undefined where tshark has no date for it, as for sysUptime in IPFIX. */
function timeOf(group: Dissected, side: 'start' | 'end', clock: Header['clock']): bigint | undefined {
  const [uptime] = all(group, `cflow.time${side}`);
  const [absolute] = all(group, `cflow.abstime${side}`);
  // a sysUptime of 0 is shown as a date, but of four octets
  const isUptime = uptime !== undefined || absolute?.value === '00000000';
  if (isUptime) return clock && nearestTime(clock, decimalSeconds(uptime?.show ?? '0'));
  return absolute && clockTime(absolute.show);
}

/** When sysUptime was `switched`: the nearest time to the header's, before or after it (D-5). */
export function nearestTime({ time, uptime }: NonNullable<Header['clock']>, switched: bigint): bigint {
  return time - BigInt.asIntN(32, (uptime - switched) / 1_000_000n) * 1_000_000n;
}

/** Columns that a sampled packet fills, from the first header of their kind. */
const packetColumns: Record<string, readonly string[]> = {
  src_mac: ['eth.src'],
  dst_mac: ['eth.dst'],
  vlan_id: ['vlan.id'],
  src_addr: ['ip.src', 'ipv6.src'],
  dst_addr: ['ip.dst', 'ipv6.dst'],
  ip_tos: ['ip.dsfield', 'ipv6.tclass'],
  ip_ttl: ['ip.ttl', 'ipv6.hlim'],
  fragment_id: ['ip.id'],
  ipv6_flow_label: ['ipv6.flow'],
  proto: ['ip.proto', 'ipv6.nxt'],
  src_port: ['tcp.srcport', 'udp.srcport'],
  dst_port: ['tcp.dstport', 'udp.dstport'],
  tcp_flags: ['tcp.flags'],
  icmp_type: ['icmp.type', 'icmpv6.type'],
  icmp_code: ['icmp.code', 'icmpv6.code'],
};

/** The flow samples of an sFlow datagram as tshark sees them. */
export function sflowRows(packet: Dissected): FlowRow[] {
  const sflow = packet.children.find(({ name }) => name === 'sflow');
  if (sflow === undefined) return [];
  const common: FlowRow = { sequence_num: BigInt(shows(sflow, 'sflow_245.sequence_number')[0]!) };
  common['sampler_address'] = shows(sflow, 'sflow_245.agent').concat(shows(sflow, 'sflow_245.agent.v6'))[0]!;
  return groups(sflow, /^(Flow|Expanded flow) sample/).map((group) => ({ ...common, ...sflowRow(group) }));
}

function sflowRow(group: Dissected): FlowRow {
  const row: FlowRow = {};
  const put = (column: string, ...names: readonly string[]) => {
    const show = names.flatMap((name) => shows(group, name))[0];
    if (show !== undefined) row[column] = columnValue(column, show);
  };
  put('sampling_rate', 'sflow.flow_sample.sampling_rate');
  put('in_if', 'sflow.flow_sample.input_interface', 'sflow.flow_sample.input_interface_value');
  put('out_if', 'sflow.flow_sample.output_interface_value');
  put('bytes', 'sflow_245.header.frame_length');
  put('src_vlan', 'sflow_245.vlan.in');
  put('dst_vlan', 'sflow_245.vlan.out');
  put('src_net', 'sflow_245.nexthop.src_mask');
  put('dst_net', 'sflow_245.nexthop.dst_mask');
  put('src_as', 'sflow_245.srcAS');
  const [router, border] = shows(group, 'sflow_245.nexthop').concat(shows(group, 'sflow_245.nexthop.v6'));
  if (router !== undefined) row['next_hop'] = router;
  if (border !== undefined) row['bgp_next_hop'] = border;
  const path = shows(group, 'sflow_245.dstAS');
  if (path.length > 0) row['dst_as'] = BigInt(path.at(-1)!);
  for (const [column, names] of Object.entries(packetColumns)) put(column, ...names);
  return row;
}

/** Groups of fields whose title matches, not looking into those. */
function groups(element: Dissected, title: RegExp): Dissected[] {
  return element.children.flatMap((child) => (title.test(child.show) ? [child] : groups(child, title)));
}

export function columnValue(column: string, show: string): bigint | string {
  return /_(mac|addr|hop)$/.test(column) ? show : BigInt(show);
}

/** Nanoseconds of seconds such as `99.997000000`. */
export function decimalSeconds(text: string): bigint {
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

/** Unix nanoseconds of a time such as `Nov 14, 2023 22:13:19.997000000 UTC`. */
export function clockTime(text: string): bigint {
  const [whole, fraction] = text.replace(' UTC', '').split('.') as [string, string];
  return BigInt(Date.parse(`${whole} UTC`)) * 1_000_000n + BigInt(fraction);
}

import { clockTime, columnValue, decimalSeconds, nearestTime, netflowColumns } from '../support/tshark-flows.ts';
import type { FlowRow } from '../support/tshark-flows.ts';
import { tsharkFields } from './tshark-fields.ts';
import type { PacketFields } from './tshark-fields.ts';

const headerFields = ['cflow.version', 'cflow.sysuptime', 'cflow.unix_secs', 'cflow.unix_nsecs', 'cflow.od_id'];
const timeFields = ['cflow.timestart', 'cflow.timeend', 'cflow.abstimestart', 'cflow.abstimeend'];
const netflowFields = [...headerFields, ...timeFields, 'cflow.source_id', ...Object.values(netflowColumns).flat()];

/** Flows of NetFlow datagrams of one layout each, in order, as tshark sees them. */
export async function tsharkNetflow(capture: string): Promise<FlowRow[]> {
  const rows: FlowRow[] = [];
  for await (const fields of tsharkFields(capture, netflowFields)) rows.push(...netflowRows(fields));
  return rows;
}

function netflowRows(fields: PacketFields): FlowRow[] {
  const many = fields.get('cflow.srcaddr')!.length + fields.get('cflow.srcaddrv6')!.length;
  return Array.from({ length: many }, (_, i) => {
    const row: FlowRow = {};
    for (const [column, names] of Object.entries(netflowColumns)) {
      const shows = names.flatMap((name) => fields.get(name)!);
      if (shows.length === many) row[column] = columnValue(column, shows[i]!);
    }
    for (const side of ['start', 'end'] as const) {
      const time = timeOf(fields, side, i);
      if (time !== undefined) row[`time_flow_${side}_ns`] = time;
    }
    const domain = fields.get('cflow.source_id')![0] ?? fields.get('cflow.od_id')![0];
    if (domain !== undefined) row['observation_domain_id'] = BigInt(domain);
    return row;
  });
}

function timeOf(fields: PacketFields, side: 'start' | 'end', i: number): bigint | undefined {
  const uptime = fields.get(`cflow.time${side}`)![i];
  const absolute = fields.get(`cflow.abstime${side}`)![i];
  if (uptime === undefined) return absolute === undefined ? undefined : clockTime(absolute);
  const nanoseconds = BigInt(fields.get('cflow.unix_nsecs')![0] ?? 0);
  const clock = {
    time: BigInt(fields.get('cflow.unix_secs')![0]!) * 1_000_000_000n + nanoseconds,
    uptime: decimalSeconds(fields.get('cflow.sysuptime')![0]!),
  };
  return nearestTime(clock, decimalSeconds(uptime));
}

/** Fields of a sample, and which of their values is that of the sample: the datagram has an Ethernet frame of its own. */
const sampleColumns: Record<string, readonly [name: string, at: number]> = {
  sampling_rate: ['sflow.flow_sample.sampling_rate', 0],
  out_if: ['sflow.flow_sample.output_interface_value', 0],
  bytes: ['sflow_245.header.frame_length', 0],
  src_vlan: ['sflow_245.vlan.in', 0],
  dst_vlan: ['sflow_245.vlan.out', 0],
  src_net: ['sflow_245.nexthop.src_mask', 0],
  dst_net: ['sflow_245.nexthop.dst_mask', 0],
  src_as: ['sflow_245.srcAS', 0],
  src_mac: ['eth.src', 1],
  dst_mac: ['eth.dst', 1],
};

/** The same for packets that hold no other packet. */
const plainColumns: Record<string, readonly (readonly [name: string, at: number])[]> = {
  src_addr: [
    ['ip.src', 1],
    ['ipv6.src', 0],
  ],
  dst_addr: [
    ['ip.dst', 1],
    ['ipv6.dst', 0],
  ],
  ip_tos: [
    ['ip.dsfield', 1],
    ['ipv6.tclass', 0],
  ],
  ip_ttl: [
    ['ip.ttl', 1],
    ['ipv6.hlim', 0],
  ],
  ipv6_flow_label: [['ipv6.flow', 0]],
  src_port: [
    ['tcp.srcport', 0],
    ['udp.srcport', 1],
  ],
  dst_port: [
    ['tcp.dstport', 0],
    ['udp.dstport', 1],
  ],
  tcp_flags: [['tcp.flags', 0]],
  icmp_type: [
    ['icmp.type', 0],
    ['icmpv6.type', 0],
  ],
  icmp_code: [
    ['icmp.code', 0],
    ['icmpv6.code', 0],
  ],
};

const inputFields = ['sflow.flow_sample.input_interface', 'sflow.flow_sample.input_interface_value'];
const sflowFields = [
  ...inputFields,
  'frame.protocols',
  'sflow_245.dstAS',
  'vlan.id',
  'ieee8021ad.id',
  ...Object.values(sampleColumns).map(([name]) => name),
  ...Object.values(plainColumns).flatMap((places) => places.map(([name]) => name)),
];

/** Flows of sFlow datagrams of one sample each, in order, as tshark sees them. */
export async function tsharkSFlow(capture: string): Promise<FlowRow[]> {
  const rows: FlowRow[] = [];
  for await (const fields of tsharkFields(capture, sflowFields)) rows.push(sampleRow(fields));
  return rows;
}

function sampleRow(fields: PacketFields): FlowRow {
  const row: FlowRow = {};
  const put = (column: string, name: string, at: number) => {
    const show = fields.get(name)!.at(at);
    if (show !== undefined) row[column] = columnValue(column, show);
  };
  for (const [column, [name, at]] of Object.entries(sampleColumns)) put(column, name, at);
  for (const name of inputFields) put('in_if', name, 0);
  put('dst_as', 'sflow_245.dstAS', -1);
  // layers of the sampled packet: an IP layer in it twice is a tunnel, whose columns are those of the outer one
  const layers = fields.get('frame.protocols')![0]!.split(':sflow:')[1]!.split(':');
  if (layers.filter((layer) => layer === 'ip' || layer === 'ipv6' || layer === 'gre').length > 1) return row;
  const tag = layers.findLast((layer) => layer === 'vlan' || layer === 'ieee8021ad');
  if (tag !== undefined) put('vlan_id', `${tag}.id`, -1);
  for (const [column, places] of Object.entries(plainColumns)) {
    for (const [name, at] of places) put(column, name, at);
  }
  return row;
}

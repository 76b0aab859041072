import { existsSync, readFileSync } from 'node:fs';
import { noRecords, oraclePath } from './captures.ts';
import type { RecordCounts } from './captures.ts';
import { canonicalAddress } from './values.ts';
import type { Values } from './values.ts';

/**
 * The views of the independent decoders, brought to one shape. A value that a decoder does not state is absent;
 * where it has no way to say "absent" (nfdump and pmacct print 0.0.0.0 or port 0), zero counts as absent.
 */

/** tshark keeps datagrams apart and has the flows of each in order. */
export interface TsharkView {
  readonly counts: RecordCounts;
  readonly datagrams: readonly (readonly Values[])[];
}

/** nfdump has one line a flow and loses the borders of datagrams. */
export interface NfdumpView {
  readonly records: number;
  readonly flows: readonly Values[];
}

/** pmacct adds up flows that agree in the key. */
export interface PmacctView {
  readonly flows: number;
  /** False where only the first lines were kept. */
  readonly complete: boolean;
  readonly aggregates: readonly { readonly values: Values; readonly flows: number }[];
}

type Json = Record<string, unknown>;

function read(corpus: string, oracle: string, file: string): Json | undefined {
  const path = oraclePath(corpus, oracle, file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Json) : undefined;
}

const list = (value: unknown): Json[] => (value === undefined ? [] : (value as Json[]));

/** A number of JSON or of text in decimal or hex; undefined for lists and the rest. */
function number(value: unknown): number | undefined {
  const result = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : NaN;
  if (Number.isNaN(result)) return undefined;
  if (!Number.isSafeInteger(result)) throw new Error(`not exact in JSON: ${String(value)}`);
  return result;
}

const address = (value: unknown): string | undefined =>
  typeof value === 'string' ? canonicalAddress(value) : undefined;

/** Drops what is undefined. */
function present(values: { [name in keyof Values]: Values[name] | undefined }): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

export function tshark(corpus: string, file: string): TsharkView | undefined {
  const view = read(corpus, 'tshark', file);
  if (view === undefined) return undefined;
  const totals = view['totals'] as Record<string, number>;
  return {
    counts: {
      ...noRecords(),
      flow: totals['flow_records']!,
      opt: totals['options_records']!,
      tmpl: totals['templates']!,
      otmpl: totals['options_templates']!,
      notmpl: totals['sets_without_template']!,
      sflow_flow: totals['flow_samples']!,
      sflow_counter: totals['counter_samples']!,
      sflow_other: totals['other_samples']!,
    },
    datagrams: list(view['datagrams']).map((datagram) => [
      ...list(datagram['flows']).map((flow) => tsharkFlow(flow, datagram)),
      ...list(datagram['samples'])
        .filter((sample) => String(sample['kind']).toLowerCase().includes('flow'))
        .map(tsharkSample),
    ]),
  };
}

function tsharkFlow(flow: Json, datagram: Json): Values {
  const other = (flow['x'] ?? {}) as Json;
  return present({
    src: address(flow['src']),
    dst: address(flow['dst']),
    sport: number(flow['sport']),
    dport: number(flow['dport']),
    proto: number(flow['proto']),
    bytes: number(flow['bytes']),
    packets: number(flow['packets']),
    in_if: number(flow['in_if']),
    out_if: number(flow['out_if']),
    tos: number(other['tos']),
    tcp_flags: number(other['tcpflags']),
    next_hop: address(other['nexthop']),
    src_net: number(other['srcmask']),
    dst_net: number(other['dstmask']),
    src_as: number(other['srcas']),
    dst_as: number(other['dstas']),
    sampling_rate: datagram['version'] === 5 ? number(datagram['samplerate']) : undefined,
  });
}

function tsharkSample(sample: Json): Values {
  const records = list(sample['records']);
  const has = (format: number) => records.some((record) => record['ent'] === 0 && record['fmt'] === format);
  const vlans = sample['vlan'] as number[] | undefined;
  return present({
    src: address(sample['src']),
    dst: address(sample['dst']),
    sport: number(sample['sport']),
    dport: number(sample['dport']),
    proto: number(sample['proto']),
    bytes: has(1) ? number(sample['frame_length']) : undefined,
    packets: 1,
    in_if: number(sample['in_if']),
    out_if: number(sample['out_if']),
    src_mac: typeof sample['src_mac'] === 'string' ? sample['src_mac'] : undefined,
    dst_mac: typeof sample['dst_mac'] === 'string' ? sample['dst_mac'] : undefined,
    etype: vlans === undefined && sample['mpls'] === undefined ? number(sample['etype']) : undefined,
    vlan: vlans?.at(-1),
    icmp_type: number(sample['icmp_type']),
    icmp_code: number(sample['icmp_code']),
    sampling_rate: number(sample['rate']),
  });
}

const zeroAddress = (text: string | undefined) => (text === '0.0.0.0' || text === '::' ? undefined : text);
const notZero = (value: number | undefined) => (value === 0 ? undefined : value);

export function nfdump(corpus: string, file: string): NfdumpView | undefined {
  const view = read(corpus, 'nfdump', file);
  if (view === undefined) return undefined;
  const parts = [view['netflow'], view['sflow']].filter((part) => part !== undefined) as Json[];
  return {
    records: parts.reduce((sum, part) => sum + number(part['records'])!, 0),
    flows: parts.flatMap((part) => list(part['flows']).map(nfdumpFlow)),
  };
}

function nfdumpFlow(flow: Json): Values {
  return present({
    src: zeroAddress(address(flow['src'])),
    dst: zeroAddress(address(flow['dst'])),
    sport: notZero(number(flow['sport'])),
    dport: notZero(number(flow['dport'])),
    proto: notZero(number(flow['proto'])),
    bytes: number(flow['bytes']),
    packets: number(flow['packets']),
    in_if: number(flow['in_if']),
    out_if: number(flow['out_if']),
  });
}

/** Names that pmacct prints for IP protocols; it prints numbers for some. */
const protocols: Record<string, number> = {
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  ipv6: 41,
  'ipv6-frag': 44,
  gre: 47,
  esp: 50,
  'ipv6-icmp': 58,
  ospf: 89,
  sctp: 132,
};

export function pmacct(corpus: string, file: string): PmacctView | undefined {
  const view = read(corpus, 'pmacct', file);
  if (view === undefined) return undefined;
  const parts = [view['nfacctd'], view['sfacctd']].filter((part) => part !== undefined) as Json[];
  const total = (name: string) => parts.reduce((sum, part) => sum + number(part[name])!, 0);
  const aggregates = parts.flatMap((part) => list(part['records']).map(pmacctAggregate));
  return { flows: total('flows'), complete: aggregates.length === total('aggregated'), aggregates };
}

function pmacctAggregate(record: Json): { values: Values; flows: number } {
  const name = String(record['proto']);
  const proto = protocols[name] ?? number(name);
  if (proto === undefined) throw new Error(`unknown protocol name: ${name}`);
  const values = present({
    src: zeroAddress(address(record['src'])),
    dst: zeroAddress(address(record['dst'])),
    sport: notZero(number(record['sport'])),
    dport: notZero(number(record['dport'])),
    proto: notZero(proto),
    bytes: number(record['bytes']),
    packets: number(record['packets']),
    in_if: number(record['in_if']),
    out_if: number(record['out_if']),
  });
  return { values, flows: number(record['flows'])! };
}

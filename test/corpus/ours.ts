import { join } from 'node:path';
import { addressText } from '#src/flow/address.js';
import { slotOf } from '#src/flow/fields.js';
import type { ColumnName } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';
import { WholeChain } from '../support/whole-chain.ts';
import { readCapture } from '../support/stored-datagram.ts';
import type { StoredDatagram } from '../support/stored-datagram.ts';
import { noRecords } from './captures.ts';
import type { RecordCounts } from './captures.ts';
import type { Values } from './values.ts';

/** What our decoders make of a capture. */
export interface OurView {
  readonly counts: RecordCounts;
  /** Flows of each datagram, in order. */
  readonly datagrams: readonly (readonly Values[])[];
  /** Flows of data that was held for its template. */
  readonly held: readonly Values[];
  readonly counters: Readonly<Record<string, number>>;
}

const slot = (name: ColumnName) => slotOf(name);
const slots = {
  src: slot('src_addr'),
  dst: slot('dst_addr'),
  nextHop: slot('next_hop'),
  bytes: slot('bytes'),
  packets: slot('packets'),
  rate: slot('sampling_rate'),
  srcMac: slot('src_mac'),
  dstMac: slot('dst_mac'),
  sport: slot('src_port'),
  dport: slot('dst_port'),
  proto: slot('proto'),
  inIf: slot('in_if'),
  outIf: slot('out_if'),
  tos: slot('ip_tos'),
  tcpFlags: slot('tcp_flags'),
  srcNet: slot('src_net'),
  dstNet: slot('dst_net'),
  srcAs: slot('src_as'),
  dstAs: slot('dst_as'),
  etype: slot('etype'),
  vlan: slot('vlan_id'),
  icmpType: slot('icmp_type'),
  icmpCode: slot('icmp_code'),
};

/** A flow as plain values; addresses that are not there are empty. */
export function valuesOf(flow: FlowRecord): Values {
  const { words } = flow;
  const address = (at: number) => addressText(flow.octets, at * 4, words[at + 4]!);
  const mac = (at: number) =>
    flow
      .bigint(at)
      .toString(16)
      .padStart(12, '0')
      .replace(/..(?!$)/g, '$&:');
  return {
    src: address(slots.src),
    dst: address(slots.dst),
    sport: words[slots.sport]!,
    dport: words[slots.dport]!,
    proto: words[slots.proto]!,
    bytes: Number(flow.bigint(slots.bytes)),
    packets: Number(flow.bigint(slots.packets)),
    in_if: words[slots.inIf]!,
    out_if: words[slots.outIf]!,
    tos: words[slots.tos]!,
    tcp_flags: words[slots.tcpFlags]!,
    next_hop: address(slots.nextHop),
    src_net: words[slots.srcNet]!,
    dst_net: words[slots.dstNet]!,
    src_as: words[slots.srcAs]!,
    dst_as: words[slots.dstAs]!,
    src_mac: mac(slots.srcMac),
    dst_mac: mac(slots.dstMac),
    etype: words[slots.etype]!,
    vlan: words[slots.vlan]!,
    icmp_type: words[slots.icmpType]!,
    icmp_code: words[slots.icmpCode]!,
    sampling_rate: Number(flow.bigint(slots.rate)),
  };
}

/** Takes a capture through decoders and producers. */
export async function ourView(corpus: string, file: string): Promise<OurView> {
  const datagrams: Values[][] = [];
  const held: Values[] = [];
  const counts = noRecords();
  let at: StoredDatagram | undefined;
  const chain = new WholeChain((flow, from) => {
    (from.bytes === at?.bytes ? datagrams.at(-1)! : held).push(valuesOf(flow));
  });
  chain.onPacket = (packet) => {
    if (packet.kind !== 'netflow_v9' && packet.kind !== 'ipfix') return;
    for (const { kind, records } of packet.sets.slice(0, packet.setCount)) {
      if (kind === 'template') counts.tmpl += records;
      if (kind === 'options_template') counts.otmpl += records;
    }
  };
  for (const stored of await readCapture(join(corpus, file))) {
    at = stored;
    datagrams.push([]);
    chain.take(stored);
  }
  const { counters } = chain;
  counts.sflow_flow = counters.get('samples_flow');
  counts.sflow_counter = counters.get('samples_counters');
  counts.sflow_other = counters.get('samples_drop') + counters.get('sets_skipped:unknown_sample');
  counts.flow = counters.get('flows_produced') - counts.sflow_flow;
  counts.opt = counters.get('records_dropped:no_flow');
  counts.notmpl = counters.get('pending_in') + counters.get('sets_skipped:no_template');
  return { counts, datagrams, held, counters: counters.snapshot() };
}

import { wordsUpTo } from '../codegen/message-run.ts';
import type { MessageRun } from '../codegen/message-run.ts';
import type { FixedKind, FixedLayout } from '../decode/netflow-fixed/layout.ts';
import type { FixedPacket } from '../decode/packet.ts';
import { FlowType, slotOf } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import { putMillisecondsBefore, putSeconds } from '../flow/u64.ts';
import type { Datagram } from '../listen/datagram.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { Counters } from '../metrics/counters.ts';
import { putDatagramColumns, putSource } from './datagram-columns.ts';
import type { Emit, Straight } from './producer.ts';

const RECORDS = counterIndex('records_decoded');

const SAMPLING_RATE = slotOf('sampling_rate');
const START = slotOf('time_flow_start_ns');
const END = slotOf('time_flow_end_ns');
const BYTES = slotOf('bytes');
const PACKETS = slotOf('packets');
const SRC_ADDR = slotOf('src_addr');
const DST_ADDR = slotOf('dst_addr');
const ETYPE = slotOf('etype');
const PROTO = slotOf('proto');
const SRC_PORT = slotOf('src_port');
const DST_PORT = slotOf('dst_port');
const IN_IF = slotOf('in_if');
const OUT_IF = slotOf('out_if');
const IP_TOS = slotOf('ip_tos');
const TCP_FLAGS = slotOf('tcp_flags');
const SRC_AS = slotOf('src_as');
const DST_AS = slotOf('dst_as');
const NEXT_HOP = slotOf('next_hop');
const SRC_NET = slotOf('src_net');
const DST_NET = slotOf('dst_net');

/** Words of the columns of a datagram, with the largest value of each. */
const datagramWords = [
  ...wordsUpTo(2 ** 64, ['time_received_ns']),
  ...wordsUpTo(2 ** 32 - 1, ['sequence_num', 'sampler_address']),
  ...wordsUpTo(0xffff, ['sampling_rate', 'etype']),
  ...wordsUpTo(0xff, ['type']),
];

/** The same, and those of a record. */
const shape = {
  words: new Map([
    ...datagramWords,
    ...wordsUpTo(2 ** 64, ['time_flow_start_ns', 'time_flow_end_ns']),
    ...wordsUpTo(2 ** 32 - 1, ['bytes', 'packets', 'src_addr', 'dst_addr', 'next_hop']),
    ...wordsUpTo(0xffff, ['src_port', 'dst_port', 'in_if', 'out_if', 'src_as', 'dst_as']),
    ...wordsUpTo(0xff, ['proto', 'ip_tos', 'tcp_flags', 'src_net', 'dst_net']),
  ]),
  entries: 0,
  same: new Set(datagramWords.map(([word]) => word)),
};

const types = {
  netflow_v1: FlowType.NETFLOW_V1,
  netflow_v5: FlowType.NETFLOW_V5,
  netflow_v7: FlowType.NETFLOW_V7,
} as const satisfies Record<FixedKind, number>;

/** Flows out of the records of NetFlow v1, v5 and v7; {@link FixedLayout} has their members. */
export class FixedProducer {
  readonly #flow: FlowRecord;
  readonly #counters: Counters;
  readonly #base: FlowRecord;
  /** Writes a flow as a message, where nobody looks at it on its way. */
  #run: MessageRun | undefined;

  /** @param flow what is emitted, filled again for each record */
  constructor(flow: FlowRecord, counters: Counters) {
    this.#flow = flow;
    this.#base = new FlowRecord(flow.custom);
    this.#counters = counters;
  }

  goStraight(straight: Straight | undefined): void {
    this.#run = straight?.(shape);
  }

  produce(packet: FixedPacket, datagram: Datagram, emit: Emit): void {
    this.#beginDatagram(packet, datagram);
    const flow = this.#flow;
    const { words } = flow;
    const base = this.#base.words;
    const { values } = this.#counters;
    const { layout } = packet;
    const run = this.#run;
    let timesLeftOut = 0;
    let at = packet.recordsAt;
    for (let i = 0; i < packet.records; i++, at += layout.recordLength) {
      words.set(base);
      fillRecord(flow, datagram.view, at, layout);
      if (!fillTimes(words, base, packet.sysUptimeMs, datagram.view, at)) timesLeftOut++;
      values[RECORDS]! += 1;
      if (i === 0) run?.begin();
      if (run === undefined || run.write(datagram.bytes, datagram.view, at, 1) === 0) emit(flow);
    }
    if (timesLeftOut > 0) this.#counters.add('notices:field_value', timesLeftOut);
  }

  #beginDatagram(packet: FixedPacket, datagram: Datagram): void {
    const base = this.#base;
    const { source } = datagram;
    putDatagramColumns(base, datagram, types[packet.kind], packet.sequence);
    putSource(base, source);
    base.words[SAMPLING_RATE] = packet.samplingInterval & 0x3fff; // the top two bits are the mode
    base.words[ETYPE] = 0x0800;
    putSeconds(base.words, START, packet.unixSeconds, packet.unixNanoseconds);
    putSeconds(base.words, END, packet.unixSeconds, packet.unixNanoseconds);
  }
}

/** Fills the columns of the record at `at`, save its times. */
function fillRecord(flow: FlowRecord, view: DataView, at: number, { tcpFlagsAt, routing }: FixedLayout): void {
  const { words } = flow;
  flow.setIPv4(SRC_ADDR, view, at);
  flow.setIPv4(DST_ADDR, view, at + 4);
  flow.setIPv4(NEXT_HOP, view, at + 8);
  words[IN_IF] = view.getUint16(at + 12);
  words[OUT_IF] = view.getUint16(at + 14);
  words[PACKETS] = view.getUint32(at + 16);
  words[BYTES] = view.getUint32(at + 20);
  words[SRC_PORT] = view.getUint16(at + 32);
  words[DST_PORT] = view.getUint16(at + 34);
  words[TCP_FLAGS] = view.getUint8(at + tcpFlagsAt);
  words[PROTO] = view.getUint8(at + 38);
  words[IP_TOS] = view.getUint8(at + 39);
  if (!routing) return;
  words[SRC_AS] = view.getUint16(at + 40);
  words[DST_AS] = view.getUint16(at + 42);
  words[SRC_NET] = view.getUint8(at + 44);
  words[DST_NET] = view.getUint8(at + 45);
}

/**
 * Fills the times of the record at `at`; `base` has the time of the header in both columns.
 *
 * sysUptime wraps every 49.7 days: of the times that a value can mean, the nearest to that of the header is taken,
 * before or after it.
 *
 * @returns false when a time was before 1970 and left out
 */
function fillTimes(words: Uint32Array, base: Uint32Array, sysUptimeMs: number, view: DataView, at: number): boolean {
  const sinceStart = (sysUptimeMs - view.getUint32(at + 24)) | 0;
  const sinceEnd = (sysUptimeMs - view.getUint32(at + 28)) | 0;
  const start = putMillisecondsBefore(words, START, base, START, sinceStart);
  const end = putMillisecondsBefore(words, END, base, END, sinceEnd);
  if (!start) words[START] = words[START + 1] = 0;
  if (!end) words[END] = words[END + 1] = 0;
  return start && end;
}

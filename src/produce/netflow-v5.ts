import { RECORD_LENGTH } from '../decode/netflow-v5/layout.ts';
import type { NetFlowV5Packet } from '../decode/packet.ts';
import { FlowType, slotOf } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import { putMillisecondsBefore, putSeconds } from '../flow/u64.ts';
import type { Datagram } from '../listen/datagram.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { Counters } from '../metrics/counters.ts';
import { putDatagramColumns } from './datagram-columns.ts';
import type { Emit } from './producer.ts';

const RECORDS = counterIndex('records_decoded');

const SAMPLING_RATE = slotOf('sampling_rate');
const SAMPLER_ADDRESS = slotOf('sampler_address');
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

/**
 * Flows out of NetFlow v5 records, of 48 octets each:
 *
 *      0 srcaddr     4 dstaddr     8 nexthop
 *     12 input 2    14 output 2   16 dPkts      20 dOctets
 *     24 first      28 last       (sysUptime in milliseconds)
 *     32 srcport 2  34 dstport 2  36 pad 1      37 tcp_flags 1  38 prot 1  39 tos 1
 *     40 src_as 2   42 dst_as 2   44 src_mask 1 45 dst_mask 1   46 pad 2
 */
export class NetFlowV5Producer {
  readonly #flow: FlowRecord;
  readonly #counters: Counters;
  readonly #base = new FlowRecord();

  /** @param flow what is emitted, filled again for each record */
  constructor(flow: FlowRecord, counters: Counters) {
    this.#flow = flow;
    this.#counters = counters;
  }

  produce(packet: NetFlowV5Packet, datagram: Datagram, emit: Emit): void {
    this.#beginDatagram(packet, datagram);
    const flow = this.#flow;
    const { words } = flow;
    const base = this.#base.words;
    const { values } = this.#counters;
    let timesLeftOut = 0;
    let at = packet.recordsAt;
    for (let i = 0; i < packet.records; i++, at += RECORD_LENGTH) {
      words.set(base);
      fillRecord(flow, datagram.view, at);
      if (!fillTimes(words, base, packet.sysUptimeMs, datagram.view, at)) timesLeftOut++;
      values[RECORDS]! += 1;
      emit(flow);
    }
    if (timesLeftOut > 0) this.#counters.add('notices:field_value', timesLeftOut);
  }

  #beginDatagram(packet: NetFlowV5Packet, datagram: Datagram): void {
    const base = this.#base;
    const { source } = datagram;
    putDatagramColumns(base, datagram, FlowType.NETFLOW_V5, packet.sequence);
    base.setAddress(SAMPLER_ADDRESS, source.octets, 0, source.length);
    base.words[SAMPLING_RATE] = packet.samplingInterval & 0x3fff; // the top two bits are the mode
    base.words[ETYPE] = 0x0800;
    putSeconds(base.words, START, packet.unixSeconds, packet.unixNanoseconds);
    putSeconds(base.words, END, packet.unixSeconds, packet.unixNanoseconds);
  }
}

/** Fills the columns of the record at `at`, save its times. */
function fillRecord(flow: FlowRecord, view: DataView, at: number): void {
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
  words[TCP_FLAGS] = view.getUint8(at + 37);
  words[PROTO] = view.getUint8(at + 38);
  words[IP_TOS] = view.getUint8(at + 39);
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

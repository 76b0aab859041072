import { RECORD_LENGTH } from '../decode/netflow-v5/layout.ts';
import type { NetFlowV5Packet } from '../decode/packet.ts';
import { FlowType, slotOf } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import { putSeconds } from '../flow/u64.ts';
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
      if (!fillRecord(flow, packet, datagram.view, at)) timesLeftOut++;
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
  }
}

/** Fills the columns of the record at `at`; false when a time was left out. */
function fillRecord(flow: FlowRecord, packet: NetFlowV5Packet, view: DataView, at: number): boolean {
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
  const start = putSwitched(words, START, packet, view.getUint32(at + 24));
  const end = putSwitched(words, END, packet, view.getUint32(at + 28));
  return start && end;
}

/**
 * Stores the time at which sysUptime was `switched`. sysUptime wraps every 49.7 days: of the two times that a value can
 * mean, the nearer to the header's is taken, before or after it.
 *
 * @returns false, with nothing stored, when that time is before 1970
 */
function putSwitched(words: Uint32Array, slot: number, packet: NetFlowV5Packet, switched: number): boolean {
  const before = (packet.sysUptimeMs - switched) | 0; // milliseconds, signed
  const beforeSeconds = Math.floor(before / 1000);
  let seconds = packet.unixSeconds - beforeSeconds;
  let nanoseconds = packet.unixNanoseconds - (before - beforeSeconds * 1000) * 1e6;
  if (nanoseconds < 0) {
    nanoseconds += 1e9;
    seconds -= 1;
  }
  if (seconds < 0) return false;
  putSeconds(words, slot, seconds, nanoseconds);
  return true;
}

import type { HeaderParser } from '../decode/headers/header-parser.ts';
import type { SFlowPacket, SampleView } from '../decode/packet.ts';
import { readFlowRecord } from '../decode/sflow/flow-records.ts';
import type { RecordResult } from '../decode/sflow/flow-records.ts';
import { RecordWalker } from '../decode/sflow/records.ts';
import { isMapped } from '../flow/address.ts';
import { FlowType, slotOf } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
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
const PACKETS = slotOf('packets');
const IN_IF = slotOf('in_if');
const OUT_IF = slotOf('out_if');

/**
 * Flows out of sFlow flow samples, compact and expanded: one each, whatever records it has. Counter samples and
 * samples of discarded packets make none.
 *
 * Records are applied in the order of the sample, a later one over an earlier one. Those that cannot be read, and those
 * of formats without columns, are counted and passed over.
 */
export class SFlowProducer {
  readonly #flow: FlowRecord;
  readonly #counters: Counters;
  readonly #headers: HeaderParser;
  readonly #base: FlowRecord;
  readonly #records = new RecordWalker();
  // of the datagram at hand, by notice
  #unknownRecords = 0;
  #malformedRecords = 0;
  #unknownProtocols = 0;
  #countMismatches = 0;
  #trailing = 0;

  /** @param flow what is emitted, filled again for each sample */
  constructor(flow: FlowRecord, counters: Counters, headers: HeaderParser) {
    this.#flow = flow;
    this.#base = new FlowRecord(flow.custom);
    this.#counters = counters;
    this.#headers = headers;
  }

  produce(packet: SFlowPacket, datagram: Datagram, emit: Emit): void {
    this.#beginDatagram(packet, datagram);
    const flow = this.#flow;
    const base = this.#base.words;
    const { values } = this.#counters;
    for (let i = 0; i < packet.sampleCount; i++) {
      const sample = packet.samples[i]!;
      if (sample.kind !== 'flow') continue;
      flow.words.set(base);
      this.#fill(datagram, sample);
      values[RECORDS]! += 1;
      emit(flow);
    }
    this.#countNotices();
  }

  #beginDatagram(packet: SFlowPacket, datagram: Datagram): void {
    const base = this.#base;
    const { words } = base;
    putDatagramColumns(base, datagram, FlowType.SFLOW_5, packet.sequence);
    putAgent(base, packet, datagram.bytes);
    words[START] = words[END] = datagram.received[0]!;
    words[START + 1] = words[END + 1] = datagram.received[1]!;
    words[PACKETS] = 1;
  }

  #fill(datagram: Datagram, sample: SampleView): void {
    const { words } = this.#flow;
    words[SAMPLING_RATE] = sample.samplingRate;
    words[IN_IF] = interfaceIndex(sample.inputFormat, sample.input);
    words[OUT_IF] = interfaceIndex(sample.outputFormat, sample.output);
    const records = this.#records;
    records.open(datagram, sample);
    while (records.next()) this.#note(readFlowRecord(this.#flow, records.format, records.body, this.#headers));
    if (records.missing === 0) {
      if (records.left > 0) this.#trailing++;
    } else if (records.left > 0) {
      this.#malformedRecords++;
    } else {
      this.#countMismatches++;
    }
  }

  #note(result: RecordResult): void {
    switch (result) {
      case 'read':
        return;
      case 'malformed':
        this.#malformedRecords++;
        return;
      case 'unknown_record':
        this.#unknownRecords++;
        return;
      case 'unknown_header_protocol':
        this.#unknownProtocols++;
    }
  }

  #countNotices(): void {
    const counters = this.#counters;
    if (this.#unknownRecords > 0) counters.add('notices:unknown_record', this.#unknownRecords);
    if (this.#malformedRecords > 0) counters.add('notices:malformed_record', this.#malformedRecords);
    if (this.#unknownProtocols > 0) counters.add('notices:unknown_header_protocol', this.#unknownProtocols);
    if (this.#countMismatches > 0) counters.add('notices:count_mismatch', this.#countMismatches);
    if (this.#trailing > 0) counters.add('notices:trailing_bytes', this.#trailing);
    this.#unknownRecords = this.#malformedRecords = this.#unknownProtocols = 0;
    this.#countMismatches = this.#trailing = 0;
  }
}

/** The exporter is the agent, whatever address its datagrams come from. */
function putAgent(base: FlowRecord, { agentAt, agentLength }: SFlowPacket, bytes: Uint8Array): void {
  if (agentLength === 16 && isMapped(bytes, agentAt)) base.setAddress(SAMPLER_ADDRESS, bytes, agentAt + 12, 4);
  else base.setAddress(SAMPLER_ADDRESS, bytes, agentAt, agentLength);
}

/** Formats other than 0 count outputs or give a reason: they are no ifIndex. */
function interfaceIndex(format: number, value: number): number {
  return format === 0 ? value : 0;
}

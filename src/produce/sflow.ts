import { codegenAvailable } from '../codegen/available.ts';
import { wordsUpTo } from '../codegen/message-run.ts';
import type { MessageRun } from '../codegen/message-run.ts';
import { USUAL_LAYERS, compileUsualSample, usualColumns } from '../codegen/usual-sample.ts';
import type { UsualSample } from '../codegen/usual-sample.ts';
import type { HeaderParser } from '../decode/headers/header-parser.ts';
import type { SFlowPacket, SampleView } from '../decode/packet.ts';
import { readFlowRecord } from '../decode/sflow/flow-records.ts';
import type { RecordResult } from '../decode/sflow/flow-records.ts';
import { RecordWalker } from '../decode/sflow/records.ts';
import { isMapped } from '../flow/address.ts';
import { FlowType, slotOf } from '../flow/fields.ts';
import type { ColumnName } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import type { Datagram } from '../listen/datagram.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { Counters } from '../metrics/counters.ts';
import { putDatagramColumns } from './datagram-columns.ts';
import type { Emit, Straight } from './producer.ts';

const RECORDS = counterIndex('records_decoded');

const SAMPLING_RATE = slotOf('sampling_rate');
const SAMPLER_ADDRESS = slotOf('sampler_address');
const START = slotOf('time_flow_start_ns');
const END = slotOf('time_flow_end_ns');
const PACKETS = slotOf('packets');
const IN_IF = slotOf('in_if');
const OUT_IF = slotOf('out_if');

/** Words of the columns of a datagram, with the largest value of each. */
const datagramWords = [
  ...wordsUpTo(2 ** 64, ['time_received_ns', 'time_flow_start_ns', 'time_flow_end_ns']),
  ...wordsUpTo(2 ** 32 - 1, ['type', 'sequence_num', 'sampler_address', 'packets']),
];

/** The same, and those of a sample, and of the record of a usual one. */
const usualWords = new Map([
  ...datagramWords,
  ...wordsUpTo(2 ** 32 - 1, ['sampling_rate', 'in_if', 'out_if']),
  ...usualColumns,
]);
const usualShape = {
  words: usualWords,
  entries: USUAL_LAYERS,
  same: new Set(datagramWords.map(([word]) => word)),
};

export interface SFlowProducerOptions {
  /** Whether code may be generated; where the process forbids that, it is not. True by default. */
  readonly codegen?: boolean | undefined;
  /** Columns that enrichers may write; undefined: any. */
  readonly enriched?: readonly ColumnName[] | undefined;
}

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
  /** Reads most samples at one go: half as much time as the walk over records and layers takes. */
  readonly #usual: UsualSample | undefined;
  /** Whether it makes the flow before a copy of the base again. */
  readonly #restores: boolean;
  /** Writes the flow of a usual sample as a message, where nobody looks at it on its way. */
  #run: MessageRun | undefined;
  // of the datagram at hand, by notice
  #unknownRecords = 0;
  #malformedRecords = 0;
  #unknownProtocols = 0;
  #countMismatches = 0;
  #trailing = 0;

  /** @param flow what is emitted, filled again for each sample */
  constructor(
    flow: FlowRecord,
    counters: Counters,
    headers: HeaderParser,
    { codegen = true, enriched }: SFlowProducerOptions = {},
  ) {
    this.#flow = flow;
    this.#base = new FlowRecord(flow.custom);
    this.#counters = counters;
    this.#headers = headers;
    this.#restores = enriched !== undefined;
    if (codegen && headers.plain && codegenAvailable()) {
      this.#usual = compileUsualSample({ flow, base: this.#base, enriched: enriched ?? [] });
    }
  }

  goStraight(straight: Straight | undefined): void {
    this.#run = this.#usual && straight?.(usualShape);
  }

  produce(packet: SFlowPacket, datagram: Datagram, emit: Emit): void {
    this.#beginDatagram(packet, datagram);
    const flow = this.#flow;
    const { values } = this.#counters;
    const { bytes, view } = datagram;
    const run = this.#run;
    let settled = false;
    let begun = false;
    for (let i = 0; i < packet.sampleCount; i++) {
      const sample = packet.samples[i]!;
      if (sample.kind !== 'flow') continue;
      settled = this.#fill(datagram, sample, settled);
      values[RECORDS]! += 1;
      // where the usual sample made the flow it has the columns of one
      if (settled && run !== undefined) {
        if (!begun) run.begin();
        begun = true;
        if (run.write(bytes, view, 0, 1) > 0) continue;
      }
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

  /**
   * Makes the flow of a sample.
   *
   * @param settled whether all that is not the base is what the usual sample writes
   * @returns whether that is so now
   */
  #fill(datagram: Datagram, sample: SampleView, settled: boolean): boolean {
    const { words } = this.#flow;
    if (!settled) words.set(this.#base.words);
    const { declaredRecords, recordsAt, end } = sample;
    const usual = this.#usual;
    const next = usual === undefined || declaredRecords === 0 ? 0 : usual(datagram.view, recordsAt, end);
    if (next === 0 && settled) words.set(this.#base.words);
    words[SAMPLING_RATE] = sample.samplingRate;
    words[IN_IF] = interfaceIndex(sample.inputFormat, sample.input);
    words[OUT_IF] = interfaceIndex(sample.outputFormat, sample.output);
    if (next === end && declaredRecords === 1) return this.#restores;
    this.#walk(datagram, sample, next);
    return false;
  }

  /** Reads the records, but for the first one where that was read and ends at `next`. */
  #walk(datagram: Datagram, sample: SampleView, next: number): void {
    const records = this.#records;
    records.open(datagram, sample);
    if (next !== 0) records.next();
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

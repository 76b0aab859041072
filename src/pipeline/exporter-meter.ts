import type { FixedPacket, Packet, SFlowPacket, SampleView, TemplatedPacket } from '../decode/packet.ts';
import { slotOf } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { toNumber } from '../flow/u64.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { ExporterBook } from '../metrics/exporter-book.ts';
import {
  AHEAD_BUCKETS,
  agentColumn,
  agentShape,
  bucketsAt,
  exporterColumn,
  exporterShape,
} from '../metrics/exporter-columns.ts';
import type { AgentColumn } from '../metrics/exporter-columns.ts';
import { bucketOf } from '../metrics/log-buckets.ts';
import type { DatagramDrop } from '../metrics/reasons.ts';

const END = slotOf('time_flow_end_ns');

const LAST_SEEN = exporterColumn('last_seen');
const PORT = exporterColumn('port');
const DATAGRAMS = exporterColumn('datagrams');
const BYTES = exporterColumn('bytes');
const DROPPED = exporterColumn('dropped_datagrams');
const DROPPED_BYTES = exporterColumn('dropped_bytes');
const FAILED = exporterColumn('failed');
const TEMPLATE_NOT_FOUND = exporterColumn('template_not_found');
const FLOWS = exporterColumn('flows');
const fixed = {
  netflow_v1: fixedColumns('v1'),
  netflow_v5: fixedColumns('v5'),
  netflow_v7: fixedColumns('v7'),
};
const SFLOW = exporterColumn('datagrams_sflow');

/** Columns of NetFlow v9 and IPFIX. */
const templated = (['v9', 'ipfix'] as const).map((version) => ({
  datagrams: exporterColumn(`datagrams_${version}`),
  sets: {
    template: exporterColumn(`sets_${version}_template`),
    options_template: exporterColumn(`sets_${version}_options_template`),
    options_data: exporterColumn(`sets_${version}_options_data`),
    data: exporterColumn(`sets_${version}_data`),
  },
  records: {
    template: exporterColumn(`records_${version}_template`),
    options_template: exporterColumn(`records_${version}_options_template`),
    options_data: exporterColumn(`records_${version}_options_data`),
    data: exporterColumn(`records_${version}_data`),
  },
  delaySum: exporterColumn(`delay_sum_${version}`),
  delayCount: exporterColumn(`delay_count_${version}`),
  delayBuckets: bucketsAt[`delay_${version}`],
}));
const [V9, IPFIX] = [templated[0]!, templated[1]!];

const SAMPLES = {
  flow: agentColumn('samples_flow'),
  expanded_flow: agentColumn('samples_expanded_flow'),
  counter: agentColumn('samples_counter'),
  expanded_counter: agentColumn('samples_expanded_counter'),
  unknown: agentColumn('samples_unknown'),
} as const satisfies Partial<Record<string, number>>;

/** In a row, the records of a kind of sample follow its samples. */
const RECORDS_BEHIND = agentColumn('records_flow' satisfies AgentColumn) - SAMPLES.flow;

/** The smallest sFlow record has 8 octets: format and length. */
const SMALLEST_SAMPLE_RECORD_BITS = 3;

/** Largest delay that has a bucket. */
const MAX_AHEAD_MS = 2 ** 20 - 1;
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Counts, for each exporter, what its datagrams are and what became of them. Nothing is allocated for a datagram, and
 * nothing is done for each flow.
 */
export class ExporterMeter {
  readonly #book: ExporterBook;
  /** The datagram that is decoded; data that was held comes in others. */
  #current: Datagram | undefined;
  /** Flows produced before the packet at hand. */
  #flowsBefore = 0;
  readonly #flows: Float64Array;
  readonly #flowsAt: number;

  /** @param flowsAt index in `counters` of the flows that were produced */
  constructor(book: ExporterBook, counters: Float64Array, flowsAt: number) {
    this.#book = book;
    this.#flows = counters;
    this.#flowsAt = flowsAt;
  }

  /** A datagram is about to be decoded. */
  begin(datagram: Datagram): void {
    this.#current = datagram;
    this.#book.row = this.#book.find(datagram.source);
  }

  /** A packet of the datagram, or one that was held, is about to be produced from. */
  packet(packet: Packet, datagram: Datagram): void {
    const isNew = datagram === this.#current;
    if (!isNew) this.#book.row = this.#book.find(datagram.source);
    this.#flowsBefore = this.#flows[this.#flowsAt]!;
    switch (packet.kind) {
      case 'netflow_v1':
      case 'netflow_v5':
      case 'netflow_v7':
        return this.#fixed(packet, datagram);
      case 'sflow_5':
        return this.#sflow(packet, datagram);
      case 'custom':
        return undefined; // flows are counted as of all, and no more is known
      default:
        this.#templated(packet, datagram, isNew);
    }
  }

  /** All flows of a packet were produced; `last` is the last one, if any. */
  produced(packet: Packet, datagram: Datagram, last: FlowRecord | undefined): void {
    const flows = this.#flows[this.#flowsAt]! - this.#flowsBefore;
    if (flows > 0) {
      this.#book.add(FLOWS, flows);
      if (last !== undefined && 'sets' in packet) {
        this.#delay(packet.version === 9 ? V9 : IPFIX, datagram, last, flows);
      }
    }
    if (datagram !== this.#current && this.#current !== undefined) this.begin(this.#current);
  }

  /** The datagram that was begun is done. */
  end({ length, sourcePort, received }: Datagram, failed: boolean): void {
    const book = this.#book;
    book.add(DATAGRAMS, 1);
    book.add(BYTES, length);
    if (failed) book.add(FAILED, 1);
    const { row } = book;
    book.exporters.buckets[row * exporterShape.buckets + book.bucketsFrom + bucketsAt.size + bucketOf(length)]! += 1;
    if (row !== 0) {
      book.set(LAST_SEEN, toNumber(received, 0) / 1e6);
      book.set(PORT, sourcePort);
    }
    this.#current = undefined;
  }

  /** A datagram was dropped before it was decoded. */
  dropped({ source, length }: Datagram, reason: DatagramDrop): void {
    if (reason !== 'pool_full' && reason !== 'queue_full') return;
    const book = this.#book;
    book.row = book.find(source);
    book.add(DROPPED, 1);
    book.add(DROPPED_BYTES, length);
  }

  #admit(datagram: Datagram): void {
    if (this.#book.row !== 0) return;
    this.#book.row = this.#book.admit(datagram.source, toNumber(datagram.received, 0) / 1e6);
  }

  #fixed({ kind, records }: FixedPacket, datagram: Datagram): void {
    if (records > 0) this.#admit(datagram);
    const columns = fixed[kind];
    this.#book.add(columns.datagrams, 1);
    this.#book.add(columns.sets, records);
    this.#book.add(columns.records, records);
  }

  #templated(packet: TemplatedPacket, datagram: Datagram, isNew: boolean): void {
    const { sets, setCount } = packet;
    const columns = packet.version === 9 ? V9 : IPFIX;
    const book = this.#book;
    for (let i = 0; book.row === 0 && i < setCount; i++) {
      const { kind, records } = sets[i]!;
      if ((kind === 'data' || kind === 'options_data') && records > 0) this.#admit(datagram);
    }
    if (isNew) book.add(columns.datagrams, 1);
    for (let i = 0; i < setCount; i++) {
      const { kind, id, records } = sets[i]!;
      if (kind === 'skipped') {
        if (id >= 256) book.add(TEMPLATE_NOT_FOUND, 1);
        continue;
      }
      book.add(columns.sets[kind], 1);
      book.add(columns.records[kind], records);
    }
  }

  #sflow({ samples, sampleCount, agentAt, agentLength }: SFlowPacket, datagram: Datagram): void {
    const book = this.#book;
    for (let i = 0; book.row === 0 && i < sampleCount; i++) if (samples[i]!.kind !== 'unknown') this.#admit(datagram);
    book.add(SFLOW, 1);
    // an agent is shown with its exporter: as long as that has no row, it has none
    const agent = book.row === 0 ? 0 : book.agent(datagram.source, datagram.bytes, agentAt, agentLength);
    const { values } = book.agents;
    const row = agent * agentShape.columns;
    values[row]! += 1;
    // samples of one kind in a row, most often all of them, are added at once
    for (let i = 0; i < sampleCount;) {
      const column = sampleColumn(samples[i]!);
      const first = i;
      let records = 0;
      do {
        const { declaredRecords, recordsAt, end } = samples[i++]!;
        const most = (end - recordsAt) >>> SMALLEST_SAMPLE_RECORD_BITS;
        records += declaredRecords < most ? declaredRecords : most;
      } while (i < sampleCount && sampleColumn(samples[i]!) === column);
      values[row + column]! += i - first;
      values[row + column + RECORDS_BEHIND]! += records;
    }
  }

  /** How long ago the last flow had ended when it came, for all flows of its packet. */
  #delay(columns: (typeof templated)[number], { received }: Datagram, { words }: FlowRecord, flows: number): void {
    const ended = toNumber(words, END);
    if (ended === 0) return;
    const delayMs = (toNumber(received, 0) - ended) / 1e6;
    const book = this.#book;
    book.add(columns.delaySum, (delayMs / 1e3) * flows);
    book.add(columns.delayCount, flows);
    const bucket =
      delayMs < 0
        ? AHEAD_BUCKETS - 1 - bucketOf(Math.min(MAX_AHEAD_MS, Math.floor(-delayMs)))
        : AHEAD_BUCKETS + bucketOf(Math.min(MAX_DELAY_MS, Math.floor(delayMs)));
    book.exporters.buckets[book.row * exporterShape.buckets + book.bucketsFrom + columns.delayBuckets + bucket]! +=
      flows;
  }
}

function sampleColumn({ kind, expanded }: SampleView): number {
  if (kind === 'flow') return expanded ? SAMPLES.expanded_flow : SAMPLES.flow;
  if (kind === 'counter') return expanded ? SAMPLES.expanded_counter : SAMPLES.counter;
  return SAMPLES.unknown;
}

function fixedColumns(version: 'v1' | 'v5' | 'v7') {
  return {
    datagrams: exporterColumn(`datagrams_${version}`),
    sets: exporterColumn(`sets_${version}_data`),
    records: exporterColumn(`records_${version}_data`),
  };
}

import type { CompileLimits } from '#src/codegen/compile-cache.js';
import { allDecoders } from '#src/decode/all-decoders.js';
import type { Decoder } from '#src/decode/decoder.js';
import { Dispatch } from '#src/decode/dispatch.js';
import type { Packet } from '#src/decode/packet.js';
import { SequenceTracker } from '#src/decode/sequence/tracker.js';
import { MemoryTemplateStore } from '#src/decode/templates/memory-store.js';
import { PendingSets } from '#src/decode/templates/pending.js';
import type { ColumnName } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';
import { Datagram } from '#src/listen/datagram.js';
import { Counters, counterIndex } from '#src/metrics/counters.js';
import { ExporterBook } from '#src/metrics/exporter-book.js';
import type { BookMemory } from '#src/metrics/exporter-book.js';
import type { Failure } from '#src/metrics/reasons.js';
import { ExporterMeter } from '#src/pipeline/exporter-meter.js';
import { SampleProducer } from '#src/produce/sample.js';
import type { NameSink } from '#src/produce/templated/name-sink.js';
import type { SampleMapping } from '#src/produce/sample.js';
import { fill } from './stored-datagram.ts';
import type { StoredDatagram } from './stored-datagram.ts';
import { compileAtOnce } from './twin-producers.ts';

/** Takes a flow, with the datagram that it came in (which for held data is an earlier one). Valid during the call. */
export type OnFlow = (flow: FlowRecord, datagram: Datagram) => void;

/** Templates are compiled sooner than in service, so that tests see both ways. */
const soon = { ...compileAtOnce, afterRecords: 8, plans: 64 };

/** What a test may change about the chain. */
export interface WholeChainOptions {
  readonly maxTemplateBytes?: number;
  readonly maxPendingBytes?: number;
  readonly maxSequenceStreams?: number;
  readonly mapping?: SampleMapping | undefined;
  readonly codegen?: boolean;
  /** Of the tests by default, which compile sooner. */
  readonly compileLimits?: CompileLimits;
  /** Memory for the book of exporters; its own by default. */
  readonly bookMemory?: BookMemory;
  /** Columns that `onFlow` may write; none by default, and any when it is undefined. */
  readonly enriched?: readonly ColumnName[] | undefined;
  /** Takes the names in options data; nobody does by default. */
  readonly names?: NameSink | undefined;
}

/** Which decoder a datagram goes to. */
export type Protocol = 'netflow-fixed' | 'netflow-v9' | 'ipfix' | 'sflow';

/**
 * All decoders and producers of one thread, without formats and output: what tests need who look at flows, packets
 * and counters. It keeps the books of the stages before the output.
 */
export class WholeChain {
  readonly counters = new Counters();
  /** Told about each packet before its flows are produced. */
  onPacket: ((packet: Packet, datagram: Datagram) => void) | undefined;
  readonly #datagram = new Datagram();
  readonly #templates: MemoryTemplateStore;
  readonly #pending: PendingSets;
  readonly book: ExporterBook;
  readonly sequences: SequenceTracker;
  readonly #meter: ExporterMeter;
  readonly #producer: SampleProducer;
  readonly #decoders: Record<Protocol | 'any', Decoder>;
  readonly #onFlow: OnFlow;
  #from: Datagram = this.#datagram;
  #nowMs = 0;
  #last: FlowRecord | undefined;

  constructor(onFlow: OnFlow = () => {}, options: WholeChainOptions = {}) {
    const { counters } = this;
    const { maxTemplateBytes, maxPendingBytes, maxSequenceStreams } = options;
    const enriched = 'enriched' in options ? options.enriched : [];
    this.#onFlow = onFlow;
    const { compileLimits = soon, mapping, codegen, names } = options;
    this.book = new ExporterBook(options.bookMemory);
    this.#meter = new ExporterMeter(this.book, counters.values, counterIndex('flows_produced'));
    this.#producer = new SampleProducer(counters, { compileLimits, codegen, enriched, names }, mapping);
    this.sequences = new SequenceTracker(counters, this.book, maxSequenceStreams);
    this.#templates = new MemoryTemplateStore({
      counters,
      ...(maxTemplateBytes === undefined ? {} : { maxBytes: maxTemplateBytes }),
    });
    this.#pending = new PendingSets({
      counters,
      now: () => this.#nowMs,
      ...(maxPendingBytes === undefined ? {} : { maxBytes: maxPendingBytes }),
    });
    const { sequences } = this;
    const all = allDecoders({ counters, sequences, templates: this.#templates, pending: this.#pending });
    const { fixed, netflowV9, ipfix, sflow } = all;
    const any = new Dispatch('flow', all, counters);
    this.#decoders = { 'netflow-fixed': fixed, 'netflow-v9': netflowV9, ipfix, sflow, any };
  }

  /** Takes one datagram through; why it was discarded whole, if it was. By default its version tells the decoder. */
  take(stored: StoredDatagram, decoder: Protocol | 'any' = 'any'): Failure | undefined {
    const { counters } = this;
    counters.add('datagrams_received');
    const datagram = fill(this.#datagram, stored);
    this.#meter.begin(datagram);
    const failure = this.#decoders[decoder].decode(datagram, this.#produce);
    this.#meter.end(datagram, failure !== undefined);
    if (failure === undefined) counters.add('datagrams_decoded');
    else counters.add(`datagrams_failed:${failure}`);
    return failure;
  }

  /** Lets time pass for templates and held data. */
  wait(ms: number): void {
    this.#nowMs += ms;
    this.#templates.tick(this.#nowMs);
    this.#pending.tick(this.#nowMs);
    this.sequences.tick(this.#nowMs);
    this.book.tick(this.#nowMs);
  }

  /** Nothing follows: what is held is given up and counted. */
  stop(): void {
    this.#pending.stop();
    this.sequences.stop();
  }

  /** Whether data of an address was decoded, as far as its templates tell. */
  isProven(address: string): boolean {
    return this.#templates.entriesOf(address).some(({ proven }) => proven);
  }

  /** Sets that are held for their template. */
  get pendingSets(): number {
    return this.#pending.count;
  }

  readonly #produce = (packet: Packet, datagram: Datagram): void => {
    this.onPacket?.(packet, datagram);
    this.#from = datagram;
    this.#last = undefined;
    this.#meter.packet(packet, datagram);
    this.#producer.produce(packet, datagram, this.#emit);
    this.#meter.produced(packet, datagram, this.#last);
  };

  readonly #emit = (flow: FlowRecord): void => {
    this.counters.add('flows_produced');
    this.#last = flow;
    this.#onFlow(flow, this.#from);
  };
}

/** By the version at the beginning; undefined for others. */
export function protocolOf(bytes: Uint8Array): Protocol | undefined {
  const version = bytes.length < 2 ? -1 : (bytes[0]! << 8) | bytes[1]!;
  if (version === 1 || version === 5 || version === 7) return 'netflow-fixed';
  if (version === 9) return 'netflow-v9';
  if (version === 10) return 'ipfix';
  return version === 0 && bytes[3] === 5 ? 'sflow' : undefined;
}

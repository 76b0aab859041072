import { compileRun } from '../codegen/message-run.ts';
import type { Decoder, OnPacket } from '../decode/decoder.ts';
import type { Packet } from '../decode/packet.ts';
import type { Enricher } from '../enrich/enricher.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { ByteWriter } from '../format/byte-writer.ts';
import type { Filter } from '../filter/filter.ts';
import type { Format } from '../format/format.ts';
import type { Admission } from '../listen/admission.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { Counters } from '../metrics/counters.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { DatagramDrop } from '../metrics/reasons.ts';
import type { Producer, Straight } from '../produce/producer.ts';
import { recordsOf } from '../produce/raw/raw-producer.ts';
import type { RawProducer } from '../produce/raw/raw-producer.ts';
import type { BatchPool } from './batch-pool.ts';
import type { FlowSubjects } from './flow-subjects.ts';
import type { ExporterMeter } from './exporter-meter.ts';
import type { Problems } from './problems.ts';

const RECEIVED = counterIndex('datagrams_received');
const BYTES = counterIndex('bytes_received');
const DECODED = counterIndex('datagrams_decoded');
const RECORDS = counterIndex('records_decoded');
const FILTERED = counterIndex('records_dropped:filtered');
const FLOWS = counterIndex('flows_produced');
const RAW_MESSAGES = counterIndex('raw_messages');
const RAW_RECORDS = counterIndex('raw_records');

/** What one chain is made of. */
export interface Parts {
  readonly decoder: Decoder;
  /** What is added to each flow, in this order. */
  readonly enrichers?: readonly Enricher[];
  /** Which flows are kept; undefined: all. */
  readonly filter?: Filter | undefined;
  /** What is made of a packet: a message for each flow, or one for all of it. */
  readonly produce: { readonly producer: Producer; readonly format: Format } | { readonly raw: RawProducer };
  /** Written after every message. */
  readonly separator: Uint8Array;
  readonly batches: BatchPool;
  /** What messages are told apart by on their way out; undefined: all go the same way. */
  readonly subjects?: FlowSubjects | undefined;
  readonly counters: Counters;
  readonly problems: Problems;
  /** Counts for each exporter. */
  readonly meter?: ExporterMeter | undefined;
  /** Waits until there is room for a datagram; absent where a full pool drops. */
  readonly waitForRoom?: (() => void) | undefined;
}

/**
 * The chain of one thread, from a datagram to bytes in a batch:
 *
 *     decode -> produce -> enrich -> filter -> format -> batch
 *
 * It runs to completion for each datagram. Whatever comes in leaves as a message or under one counted reason.
 */
export class Pipeline {
  /** Who may send; undefined: everybody. */
  admission: Admission | undefined;
  readonly #parts: Parts;
  readonly #values: Float64Array;
  #onPacket!: OnPacket;
  /** The flow that was written last. */
  #last: FlowRecord | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#values = parts.counters.values;
    this.produceBy(parts.produce, parts.filter);
  }

  /** Makes messages of the packets that follow by something else, of flows that pass `filter`: between two datagrams. */
  produceBy(produce: Parts['produce'], filter: Filter | undefined): void {
    const { meter } = this.#parts;
    const write = 'raw' in produce ? this.#writeRaw(produce.raw) : this.#writeFlows(produce, filter);
    this.#onPacket = meter === undefined ? write : this.#metered(write, meter);
  }

  /** Takes one datagram through the chain. */
  datagram(datagram: Datagram): void {
    const { batches, counters, problems, waitForRoom } = this.#parts;
    this.#values[RECEIVED]! += 1;
    this.#values[BYTES]! += datagram.length;
    const refused = this.admission?.refuse(datagram.source, performance.now());
    if (datagram.length === 0) {
      this.#drop(datagram, 'empty');
    } else if (refused !== undefined) {
      this.#drop(datagram, refused);
    } else if (batches.hasRoom()) {
      this.#decode(datagram);
    } else if (waitForRoom === undefined) {
      this.#drop(datagram, 'pool_full');
    } else {
      waitForRoom();
      this.#decode(datagram);
    }
    if (counters.noted.length > 0) problems.report(counters, datagram);
  }

  /** Counts a datagram that somebody in front of the chain had to drop. */
  dropped(datagram: Datagram, reason: DatagramDrop): void {
    this.#values[RECEIVED]! += 1;
    this.#values[BYTES]! += datagram.length;
    this.#drop(datagram, reason);
  }

  /** Takes packets that no new datagram brought: data whose template came from another thread. */
  release(from: (onPacket: OnPacket) => void): void {
    const { counters, problems } = this.#parts;
    try {
      from(this.#onPacket);
    } catch (error) {
      counters.add('records_dropped:internal_error', this.#openRecords());
      problems.internalError(error, undefined);
    }
  }

  #decode(datagram: Datagram): void {
    const { decoder, counters, problems, meter } = this.#parts;
    let failed = true;
    meter?.begin(datagram);
    try {
      const failure = decoder.decode(datagram, this.#onPacket);
      failed = failure !== undefined;
      if (failure === undefined) this.#values[DECODED]! += 1;
      else counters.addReason('datagrams_failed', failure);
    } catch (error) {
      counters.add('datagrams_failed:internal_error');
      counters.add('records_dropped:internal_error', this.#openRecords());
      problems.internalError(error, datagram);
    }
    meter?.end(datagram, failed);
  }

  #drop(datagram: Datagram, reason: DatagramDrop): void {
    const { counters, meter } = this.#parts;
    counters.addReason('datagrams_dropped', reason);
    meter?.dropped(datagram, reason);
  }

  #metered(write: OnPacket, meter: ExporterMeter): OnPacket {
    return (packet, datagram) => {
      this.#last = undefined;
      meter.packet(packet, datagram);
      write(packet, datagram);
      meter.produced(packet, datagram, this.#last);
    };
  }

  /** Records that were decoded and became neither a flow nor a counted drop: 0 but for an interrupted datagram. */
  #openRecords(): number {
    const flows = this.#values[FLOWS]! - this.#values[RAW_MESSAGES]! + this.#values[RAW_RECORDS]!;
    return this.#values[RECORDS]! - flows - this.#parts.counters.total('records_dropped');
  }

  #writeFlows({ producer, format }: { producer: Producer; format: Format }, filter: Filter | undefined): OnPacket {
    const { batches, separator, subjects, enrichers = [] } = this.#parts;
    const emit = (flow: FlowRecord): void => {
      for (let i = 0; i < enrichers.length; i++) enrichers[i]!.enrich(flow);
      if (filter !== undefined && !filter(flow)) {
        this.#values[FILTERED]! += 1;
        return;
      }
      const out = batches.reserve(format.bound(flow) + separator.length);
      format.write(flow, out);
      this.#finish(out, subjects === undefined ? 0 : subjects.of(flow));
      this.#last = flow;
    };
    producer.goStraight?.(enrichers.length === 0 && filter === undefined ? this.#straight(format) : undefined);
    return (packet, datagram) => producer.produce(packet, datagram, emit);
  }

  /** How flows become messages where nothing is between producer and batch. */
  #straight(format: Format): Straight | undefined {
    const { batches, separator, subjects } = this.#parts;
    const message = format.inline;
    if (message === undefined || subjects !== undefined) return undefined;
    const onFlows = (count: number): void => {
      this.#values[FLOWS]! += count;
      this.#last = message.home.flow;
    };
    return (shape, fill) => compileRun({ message, room: batches, separator, onFlows }, shape, fill);
  }

  #writeRaw(raw: RawProducer): OnPacket {
    const { batches, separator, subjects } = this.#parts;
    const encoder = new TextEncoder();
    return (packet, datagram) => {
      const message = raw.message(packet, datagram);
      const out = batches.reserve(3 * message.length + separator.length);
      out.pos += encoder.encodeInto(message, out.bytes.subarray(out.pos)).written;
      this.#finish(out, subjects === undefined ? 0 : subjects.withoutFlow());
      countRaw(this.#parts.counters, packet);
    };
  }

  /** Ends the message that was written to `out`. */
  #finish(out: ByteWriter, subject: number): void {
    const { batches, separator } = this.#parts;
    for (let i = 0; i < separator.length; i++) out.bytes[out.pos++] = separator[i]!;
    batches.commit(subject);
    this.#values[FLOWS]! += 1;
  }
}

/** Decoders count the records of v9 and IPFIX; those of the others are counted where they are looked at. */
function countRaw({ values }: Counters, packet: Packet): void {
  const records = recordsOf(packet);
  if (packet.kind !== 'netflow_v9' && packet.kind !== 'ipfix') values[RECORDS]! += records;
  values[RAW_RECORDS]! += records;
  values[RAW_MESSAGES]! += 1;
}

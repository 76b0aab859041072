import type { Decoder, OnPacket } from '../decode/decoder.ts';
import type { Packet } from '../decode/packet.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { Format } from '../format/format.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { Counters } from '../metrics/counters.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { DatagramDrop } from '../metrics/reasons.ts';
import type { Producer } from '../produce/producer.ts';
import type { BatchPool } from './batch-pool.ts';
import type { Problems } from './problems.ts';

const RECEIVED = counterIndex('datagrams_received');
const BYTES = counterIndex('bytes_received');
const DECODED = counterIndex('datagrams_decoded');
const RECORDS = counterIndex('records_decoded');
const FLOWS = counterIndex('flows_produced');

/** What one chain is made of. */
export interface Parts {
  readonly decoder: Decoder;
  readonly producer: Producer;
  readonly format: Format;
  /** Written after every message. */
  readonly separator: Uint8Array;
  readonly batches: BatchPool;
  readonly counters: Counters;
  readonly problems: Problems;
  /** Waits until there is room for a datagram; absent where a full pool drops. */
  readonly waitForRoom?: (() => void) | undefined;
}

/**
 * The chain of one thread, from a datagram to bytes in a batch:
 *
 *     decode -> produce -> format -> batch
 *
 * It runs to completion for each datagram. Whatever comes in leaves as a message or under one counted reason.
 */
export class Pipeline {
  readonly #parts: Parts;
  readonly #values: Float64Array;
  readonly #onPacket = (packet: Packet, datagram: Datagram): void => {
    this.#parts.producer.produce(packet, datagram, this.#emit);
  };
  readonly #emit = (flow: FlowRecord): void => this.#write(flow);

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#values = parts.counters.values;
  }

  /** Takes one datagram through the chain. */
  datagram(datagram: Datagram): void {
    const { batches, counters, problems, waitForRoom } = this.#parts;
    this.#values[RECEIVED]! += 1;
    this.#values[BYTES]! += datagram.length;
    if (datagram.length === 0) {
      counters.add('datagrams_dropped:empty');
    } else if (batches.hasRoom()) {
      this.#decode(datagram);
    } else if (waitForRoom === undefined) {
      counters.add('datagrams_dropped:pool_full');
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
    this.#parts.counters.add(`datagrams_dropped:${reason}`);
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
    const { decoder, counters, problems } = this.#parts;
    try {
      const failure = decoder.decode(datagram, this.#onPacket);
      if (failure === undefined) this.#values[DECODED]! += 1;
      else counters.add(`datagrams_failed:${failure}`);
    } catch (error) {
      counters.add('datagrams_failed:internal_error');
      counters.add('records_dropped:internal_error', this.#openRecords());
      problems.internalError(error, datagram);
    }
  }

  /** Records that were decoded and became neither a flow nor a counted drop: 0 but for an interrupted datagram. */
  #openRecords(): number {
    return this.#values[RECORDS]! - this.#values[FLOWS]! - this.#parts.counters.total('records_dropped');
  }

  #write(flow: FlowRecord): void {
    const { batches, format, separator } = this.#parts;
    const out = batches.reserve(format.bound(flow) + separator.length);
    format.write(flow, out);
    for (let i = 0; i < separator.length; i++) out.bytes[out.pos++] = separator[i]!;
    batches.commit();
    this.#values[FLOWS]! += 1;
  }
}

import type { Enricher } from '../enrich/enricher.ts';
import { slotOf } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import { putNumber } from '../flow/u64.ts';
import { BinaryReader } from '../format/binary-reader.ts';
import type { ByteWriter } from '../format/byte-writer.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { Counters } from '../metrics/counters.ts';
import type { BatchPool } from '../pipeline/batch-pool.ts';
import type { FlowSubjects } from '../pipeline/flow-subjects.ts';
import { FlowFormats } from './flow-formats.ts';
import { enrichedColumns, MessageCopy } from './message-copy.ts';
import type { MessageStream } from './message-stream.ts';
import { StreamContext } from './stream-context.ts';

const FLOWS = counterIndex('flows_produced');
const SAMPLING_RATE = slotOf('sampling_rate');

interface Parts {
  readonly enricher: Enricher;
  readonly pool: BatchPool;
  /** Written after every message. */
  readonly separator: Uint8Array;
  readonly subjects: FlowSubjects | undefined;
  readonly counters: Counters;
}

/** Writes an enriched flow: the message that the stream has found. */
type WriteMessage = (stream: MessageStream) => ByteWriter;

/** The way of one flow: read, enrich, write, batch. */
export class FlowEnrichment {
  readonly #flow = new FlowRecord();
  readonly #reader: BinaryReader;
  readonly #write: WriteMessage;
  readonly #samplingRate: number;
  readonly #parts: Parts;

  constructor({ format, samplingRate }: { readonly format: string; readonly samplingRate: number }, parts: Parts) {
    // Subjects may be made of any column.
    const few = format === 'bin' && parts.subjects === undefined;
    this.#reader = few ? new BinaryReader(enrichedColumns) : new BinaryReader();
    this.#samplingRate = samplingRate;
    this.#parts = parts;
    this.#write = format === 'bin' ? this.#copying(few) : this.#formatting(format);
  }

  /** Takes the message that a stream has found; false when it cannot be read. */
  take(stream: MessageStream): boolean {
    const flow = this.#flow;
    const { enricher, pool, separator, subjects, counters } = this.#parts;
    if (!this.#reader.read(stream.bytes, stream.from, stream.to, flow)) return false;
    if (this.#samplingRate > 0) putNumber(flow.words, SAMPLING_RATE, this.#samplingRate);
    enricher.enrich(flow);
    const out = this.#write(stream);
    for (let i = 0; i < separator.length; i++) out.bytes[out.pos++] = separator[i]!;
    pool.commit(subjects === undefined ? 0 : subjects.of(flow));
    counters.values[FLOWS]! += 1;
    return true;
  }

  /** @param few whether the enriched columns are all that was read */
  #copying(few: boolean): WriteMessage {
    const { pool, separator } = this.#parts;
    const reader = few ? this.#reader : new BinaryReader(enrichedColumns);
    const scratch = new FlowRecord();
    const copy = new MessageCopy(reader);
    return (stream) => {
      if (!few) reader.read(stream.bytes, stream.from, stream.to, scratch);
      const out = pool.reserve(copy.bound(stream) + separator.length);
      copy.write(stream, this.#flow, out);
      return out;
    };
  }

  #formatting(name: string): WriteMessage {
    const { pool, separator } = this.#parts;
    const flow = this.#flow;
    const context = new StreamContext(name);
    const formats = new FlowFormats(name, { flow, view: pool.view });
    return (stream) => {
      const format = formats.of(flow, context.put(flow, stream.bytes, this.#reader));
      const out = pool.reserve(format.bound(flow) + separator.length);
      format.write(flow, out);
      return out;
    };
  }
}

import type { Enricher } from '../enrich/enricher.ts';
import { slotOf } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import { putNumber } from '../flow/u64.ts';
import { BinaryReader } from '../format/binary-reader.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { Counters } from '../metrics/counters.ts';
import type { BatchPool } from '../pipeline/batch-pool.ts';
import type { FlowSubjects } from '../pipeline/flow-subjects.ts';
import { FlowFormats } from './flow-formats.ts';
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

/** The way of one flow: read, enrich, format, batch. */
export class FlowEnrichment {
  readonly #flow = new FlowRecord();
  readonly #reader = new BinaryReader();
  readonly #context: StreamContext;
  readonly #formats: FlowFormats;
  readonly #samplingRate: number;
  readonly #parts: Parts;

  constructor({ format, samplingRate }: { readonly format: string; readonly samplingRate: number }, parts: Parts) {
    this.#context = new StreamContext(format);
    this.#formats = new FlowFormats(format, { flow: this.#flow, view: parts.pool.view });
    this.#samplingRate = samplingRate;
    this.#parts = parts;
  }

  /** Takes a message; false when it cannot be read. */
  take(bytes: Uint8Array, from: number, to: number): boolean {
    const flow = this.#flow;
    const { enricher, pool, separator, subjects, counters } = this.#parts;
    if (!this.#reader.read(bytes, from, to, flow)) return false;
    if (this.#samplingRate > 0) putNumber(flow.words, SAMPLING_RATE, this.#samplingRate);
    enricher.enrich(flow);
    const format = this.#formats.of(flow, this.#context.put(flow, bytes, this.#reader));
    const out = pool.reserve(format.bound(flow) + separator.length);
    format.write(flow, out);
    for (let i = 0; i < separator.length; i++) out.bytes[out.pos++] = separator[i]!;
    pool.commit(subjects === undefined ? 0 : subjects.of(flow));
    counters.values[FLOWS]! += 1;
    return true;
  }
}

import type { Enricher } from '../enrich/enricher.ts';
import type { DatabasePaths } from '../enrich/live/live-databases.ts';
import { slotOf } from '../flow/fields.ts';
import type { ColumnName } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import { putNumber } from '../flow/u64.ts';
import { BinaryReader } from '../format/binary-reader.ts';
import type { ByteWriter } from '../format/byte-writer.ts';
import { messageReader } from '../format/message-reader.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { Counters } from '../metrics/counters.ts';
import type { BatchPool } from '../pipeline/batch-pool.ts';
import type { FlowSubjects } from '../pipeline/flow-subjects.ts';
import { FlowFormats } from './flow-formats.ts';
import { KeptFlows } from './kept-flows.ts';
import { MessageCopy } from './message-copy.ts';
import { MessageScan } from './message-scan.ts';
import type { MessageStream } from './message-stream.ts';
import { StreamContext } from './stream-context.ts';

const FLOWS = counterIndex('flows_produced');
const SAMPLING_RATE = slotOf('sampling_rate');

interface EnrichmentOptions {
  readonly format: string;
  readonly samplingRate: number;
  readonly databases: DatabasePaths;
}

interface Parts {
  readonly enricher: Enricher;
  /** The memory that messages are usually in. */
  readonly source: DataView;
  readonly pool: BatchPool;
  /** Written after every message. */
  readonly separator: Uint8Array;
  readonly subjects: FlowSubjects | undefined;
  readonly counters: Counters;
}

/** What stands around the enrichment of a flow. */
interface Way {
  /** Reads the message that the stream has found; false when it cannot be read. */
  readonly read: (stream: MessageStream) => boolean;
  /** Writes the flow of that message, at once or with others. */
  readonly write: (stream: MessageStream) => void;
  /** Writes the flows that are not yet written. */
  readonly flush: () => void;
}

/** The way of one flow: read, enrich, write, batch. */
export class FlowEnrichment {
  readonly #flow = new FlowRecord();
  readonly #way: Way;
  readonly #samplingRate: number;
  readonly #parts: Parts;

  constructor({ format, samplingRate, databases }: EnrichmentOptions, parts: Parts) {
    this.#samplingRate = samplingRate;
    this.#parts = parts;
    const replaced: ColumnName[] = [
      ...(samplingRate > 0 ? (['sampling_rate'] as const) : []),
      ...(databases.asn !== '' ? (['src_as', 'dst_as'] as const) : []),
      ...(databases.country !== '' ? (['src_country', 'dst_country'] as const) : []),
    ];
    this.#way = format === 'bin' ? this.#copying(new MessageScan(replaced)) : this.#formatting(format);
  }

  /** Takes the message that a stream has found; false when it cannot be read. Nothing of the message is needed then. */
  take(stream: MessageStream): boolean {
    const flow = this.#flow;
    if (!this.#way.read(stream)) return false;
    if (this.#samplingRate > 0) putNumber(flow.words, SAMPLING_RATE, this.#samplingRate);
    this.#parts.enricher.enrich(flow);
    this.#way.write(stream);
    return true;
  }

  /** Everything that was taken becomes part of a batch. */
  flush(): void {
    this.#way.flush();
  }

  /** From octets to octets. Subjects may be made of any column: then all of them are read as well. */
  #copying(scan: MessageScan): Way {
    const flow = this.#flow;
    const { pool, separator, subjects } = this.#parts;
    const copy = new MessageCopy(scan);
    const reader = new BinaryReader();
    const scratch = new FlowRecord();
    return {
      read:
        subjects === undefined
          ? (stream) => scan.read(stream, flow)
          : (stream) => scan.read(stream, scratch) && reader.read(stream.bytes, stream.from, stream.to, flow),
      write: (stream) => {
        const out = pool.reserve(copy.bound(stream) + separator.length);
        copy.write(stream, flow, out);
        this.#commit(out);
      },
      flush: () => {},
    };
  }

  /** From octets to rows: all columns are read, and the context is shown. */
  #formatting(name: string): Way {
    const flow = this.#flow;
    const { source, pool, separator } = this.#parts;
    const reader = new BinaryReader();
    const read = messageReader(reader, { flow, view: source });
    const context = new StreamContext(name);
    const formats = new FlowFormats(name, { flow, view: pool.view });
    const write = (hasContext: boolean): void => {
      const format = formats.of(flow, hasContext);
      const out = pool.reserve(format.bound(flow) + separator.length);
      format.write(flow, out);
      this.#commit(out);
    };
    const kept = new KeptFlows(flow, () => write(false));
    return {
      read: ({ bytes, view, from, to }) => read(bytes, view, from, to),
      write({ bytes }) {
        if (reader.othersLength === 0 && kept.add()) return;
        kept.flush();
        write(context.put(flow, bytes, reader));
      },
      flush: () => kept.flush(),
    };
  }

  /** A message has been written. */
  #commit(out: ByteWriter): void {
    const { pool, separator, subjects, counters } = this.#parts;
    for (let i = 0; i < separator.length; i++) out.bytes[out.pos++] = separator[i]!;
    pool.commit(subjects === undefined ? 0 : subjects.of(this.#flow));
    counters.values[FLOWS]! += 1;
  }
}

import { MAX_DATA_SOURCES } from '../limits.ts';
import type { SampleView } from '../packet.ts';
import { SequenceStream } from './stream.ts';

/** What an agent numbers for itself: samples of one kind from one data source. */
export class SampleSource {
  readonly stream = new SequenceStream('sflow_sample');
  /** Running counts in its flow samples: packets not sampled for want of resources, and packets to choose from. */
  drops = 0;
  pool = 0;
  known = false;
}

/** The data sources of a sub-agent. */
export class SampleSources {
  /** Keys are 32-bit hashes of kind, type and index: without a collision for types up to 63 and indexes below 2^24. */
  readonly #sources = new Map<number, SampleSource>();
  #lastKey = 0;
  #last: SampleSource | undefined;

  get size(): number {
    return this.#sources.size;
  }

  find(sample: SampleView): SampleSource | undefined {
    const key = keyOf(sample);
    if (key === this.#lastKey && this.#last !== undefined) return this.#last;
    this.#lastKey = key;
    return (this.#last = this.#sources.get(key));
  }

  /** Makes it known; undefined when there are too many already. */
  open(sample: SampleView): SampleSource | undefined {
    if (this.#sources.size >= MAX_DATA_SOURCES) return undefined;
    const source = new SampleSource();
    this.#sources.set(keyOf(sample), source);
    return source;
  }

  *streams(): Generator<SequenceStream> {
    for (const { stream } of this.#sources.values()) yield stream;
  }
}

function keyOf({ kind, sourceType, sourceIndex }: SampleView): number {
  const number = kind === 'flow' ? 0 : kind === 'counter' ? 1 : kind === 'drop' ? 2 : 3;
  return (number << 30) ^ (sourceType << 24) ^ sourceIndex;
}

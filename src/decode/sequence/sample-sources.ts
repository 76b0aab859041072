import { MAX_DATA_SOURCES } from '../limits.ts';
import type { SampleView } from '../packet.ts';
import { SequenceStream } from './stream.ts';

/** What an agent numbers for itself: samples of one kind from one data source. */
export class SampleSource {
  readonly key: number;
  readonly stream = new SequenceStream('sflow_sample');
  /** Running counts in its flow samples: packets not sampled for want of resources, and packets to choose from. */
  drops = 0;
  pool = 0;
  known = false;

  constructor(key: number) {
    this.key = key;
  }
}

/** Places for the data sources that were found last, by the low bits of their keys: interfaces of much traffic take turns. */
const RECENT = 64;

/** The data sources of a sub-agent. */
export class SampleSources {
  /** Keys are 32-bit hashes of kind, type and index: without a collision for types up to 63 and indexes below 2^24. */
  readonly #sources = new Map<number, SampleSource>();
  readonly #recent: (SampleSource | undefined)[] = [];

  get size(): number {
    return this.#sources.size;
  }

  find(sample: SampleView): SampleSource | undefined {
    const key = keyOf(sample);
    const place = key & (RECENT - 1);
    const recent = place < this.#recent.length ? this.#recent[place] : undefined;
    if (recent !== undefined && recent.key === key) return recent;
    const source = this.#sources.get(key);
    if (source !== undefined) this.#keep(place, source);
    return source;
  }

  /** Makes it known; undefined when there are too many already. */
  open(sample: SampleView): SampleSource | undefined {
    if (this.#sources.size >= MAX_DATA_SOURCES) return undefined;
    const key = keyOf(sample);
    const source = new SampleSource(key);
    this.#sources.set(key, source);
    return source;
  }

  /** Grows no further than it has to: most agents have few interfaces. */
  #keep(place: number, source: SampleSource): void {
    while (this.#recent.length <= place) this.#recent.push(undefined);
    this.#recent[place] = source;
  }

  *streams(): Generator<SequenceStream> {
    for (const { stream } of this.#sources.values()) yield stream;
  }
}

function keyOf({ kind, sourceType, sourceIndex }: SampleView): number {
  const number = kind === 'flow' ? 0 : kind === 'counter' ? 1 : kind === 'drop' ? 2 : 3;
  return (number << 30) ^ (sourceType << 24) ^ sourceIndex;
}

import { messageEnd } from '../transport.ts';
import type { WaitingChunk } from './waiting-chunk.ts';

/** Where chunks come from and go to. */
export interface ChunkSource {
  /** A chunk with room for one flow message of `octets`, and for many usual ones. */
  take(octets: number): WaitingChunk;
  giveBack(chunk: WaitingChunk): void;
}

/** Chunks that are gone and may stand at the beginning of the list, before it is shortened. */
const SHORTEN_AT = 64;

/** The flow messages that wait for one subject, oldest first. */
export class Lane {
  readonly subject: string;
  /** When the flows that are there began to wait for company. */
  waitingSince = 0;
  /** `ready`: a message can be made now; `lingering`: more flows may still come. */
  state: 'empty' | 'lingering' | 'ready' = 'empty';
  flows = 0;
  octets = 0;
  readonly #source: ChunkSource;
  readonly #chunks: WaitingChunk[] = [];
  /** Place of the oldest chunk in {@link #chunks}. */
  #head = 0;

  constructor(subject: string, source: ChunkSource) {
    this.subject = subject;
    this.#source = source;
  }

  /** The chunk with the oldest flows; undefined when there is none. */
  get oldest(): WaitingChunk | undefined {
    return this.#chunks[this.#head];
  }

  /** Copies messages of a batch, from `first` on and before `last`, as many as one chunk takes; tells how many. */
  append(source: Uint8Array, index: Uint32Array, first: number, last: number): number {
    let tail = this.#head < this.#chunks.length ? this.#chunks.at(-1)! : this.#grow(index, first);
    let before = tail.octets;
    let taken = tail.append(source, index, first, last);
    if (taken === 0) {
      tail = this.#grow(index, first);
      before = 0;
      taken = tail.append(source, index, first, last);
    }
    this.flows += taken;
    this.octets += tail.octets - before;
    return taken;
  }

  /** The next `count` flows of the oldest chunk are taken. */
  take(count: number): void {
    const chunk = this.oldest!;
    this.flows -= count;
    this.octets -= chunk.octetsOf(count);
    chunk.take(count);
    if (chunk.flows === 0) this.#dropOldest();
  }

  /** Gives up the oldest chunk; tells how many flows were in it. */
  evict(): number {
    const { flows, octets } = this.oldest!;
    this.flows -= flows;
    this.octets -= octets;
    this.#dropOldest();
    return flows;
  }

  /** A new chunk at the end, for message `first` and those behind it. */
  #grow(index: Uint32Array, first: number): WaitingChunk {
    const chunk = this.#source.take(messageEnd(index, first) - messageEnd(index, first - 1));
    this.#chunks.push(chunk);
    return chunk;
  }

  #dropOldest(): void {
    this.#source.giveBack(this.oldest!);
    this.#head++;
    if (this.#head < this.#chunks.length && this.#head < SHORTEN_AT) return;
    this.#chunks.splice(0, this.#head);
    this.#head = 0;
  }
}

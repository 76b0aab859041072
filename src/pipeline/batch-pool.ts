import { ByteWriter } from '../format/byte-writer.ts';
import { Arrangement } from './arrange.ts';
import type { BatchMemory, FinishedBatch } from './batch-memory.ts';

/** Octets that the index takes for each message. */
const INDEX_ENTRY = 4;

/** Takes a finished batch, until it is released. `firstAt`: when its first message was written. */
export type OnBatch = (batch: FinishedBatch, firstAt: number) => void;

/**
 * The worker's side of its {@link BatchMemory}. Messages are written into one chunk after the other, with the index of
 * their ends growing down from its end; a finished chunk is given away and is free again when the output has released
 * it.
 *
 * Ask {@link hasRoom} before each datagram: one that was begun is finished, with memory beyond the limit if need be. So
 * is a message that is larger than a chunk.
 */
export class BatchPool {
  readonly #memory: BatchMemory;
  readonly #onBatch: OnBatch;
  /** Over all chunks, or over a batch of its own. */
  readonly #writer: ByteWriter;
  readonly #view: DataView;
  readonly #chunkIndex: Uint32Array;
  /** The chunk that is written, -1 for none; or the memory of its own of this batch. */
  #chunk = -1;
  #own: SharedArrayBuffer | undefined;
  /** Where the messages of the batch begin, and the words of its index: the place of the last entry. */
  #start = 0;
  #index: Uint32Array;
  #entry = 0;
  #count = 0;
  #firstAt = 0;

  /** How messages are put in the order of their subjects, where they have some. */
  readonly #arrangement: { readonly by: Arrangement; readonly text: (subject: number) => string } | undefined;
  /** Subject of each message of the current batch. */
  #subjects = new Uint32Array(0);

  /**
   * @param subjectText text of a subject by its number; without it messages have no subjects
   */
  constructor(memory: BatchMemory, onBatch: OnBatch, subjectText?: (subject: number) => string) {
    this.#arrangement = subjectText === undefined ? undefined : { by: new Arrangement(), text: subjectText };
    this.#memory = memory;
    this.#onBatch = onBatch;
    this.#writer = new ByteWriter(memory.octets);
    this.#view = this.#writer.view;
    this.#chunkIndex = this.#index = new Uint32Array(memory.octets.buffer);
  }

  /** The memory that messages are written to, but for those beyond the limit. */
  get view(): DataView {
    return this.#view;
  }

  /** Whether another datagram may be begun. */
  hasRoom(): boolean {
    const { chunk } = this.#memory;
    if (this.#chunk >= 0 && this.#entry * INDEX_ENTRY - this.#writer.pos >= chunk / 2) return true;
    return !this.#memory.full(this.#chunk >= 0 ? 1 : 0);
  }

  /** Batches that were given away and did not come back yet. */
  get away(): number {
    return this.#memory.away;
  }

  /** Octets of all chunks. */
  get limit(): number {
    return this.#memory.limit;
  }

  /** Octets of the batches with the output and of the one that is written. */
  get inUse(): number {
    const current = this.#chunk >= 0 ? this.#memory.chunk : (this.#own?.byteLength ?? 0);
    return this.#memory.octetsAway + current;
  }

  /** Milliseconds that the oldest message has waited in the current batch; 0 when there is none. */
  age(nowMs: number): number {
    return this.#count === 0 ? 0 : nowMs - this.#firstAt;
  }

  /** Where the next message of up to `bytes` octets is to be written. */
  reserve(bytes: number): ByteWriter {
    const writer = this.#writer;
    if (writer.pos + bytes > (this.#entry - 1) * INDEX_ENTRY) this.#makeRoom(bytes + INDEX_ENTRY);
    return writer;
  }

  /** The message that was written since {@link reserve} is complete. */
  commit(subject = 0): void {
    if (this.#count === 0) this.#firstAt = performance.now();
    if (this.#arrangement !== undefined) this.#noteSubject(subject);
    this.#count++;
    this.#index[--this.#entry] = this.#writer.pos - this.#start;
  }

  /** Gives the current batch away, if it holds a message. */
  flush(): void {
    if (this.#count === 0) return;
    const length = this.#writer.pos - this.#start;
    const batch: FinishedBatch = {
      chunk: this.#chunk,
      own: this.#own,
      length,
      count: this.#count,
      runs: undefined,
    };
    this.#leave();
    this.#give(this.#arrangement === undefined ? batch : this.#arranged(batch));
  }

  #give(batch: FinishedBatch): void {
    this.#memory.give(batch);
    this.#onBatch(batch, this.#firstAt);
  }

  #noteSubject(subject: number): void {
    if (this.#count === this.#subjects.length) {
      const larger = new Uint32Array(Math.max(1024, 2 * this.#count));
      larger.set(this.#subjects);
      this.#subjects = larger;
    }
    this.#subjects[this.#count] = subject;
  }

  /** The batch with its messages in the order of their subjects, in the same memory or elsewhere. */
  #arranged(batch: FinishedBatch): FinishedBatch {
    const { by, text } = this.#arrangement!;
    const runs = by.runs(this.#subjects, batch.count, text);
    if (runs.length === 1) return { ...batch, runs };
    const memory = this.#memory;
    const source = memory.bufferOf(batch);
    const chunk = batch.chunk < 0 ? -1 : memory.take();
    const own = chunk < 0 ? new SharedArrayBuffer(source.length) : undefined;
    const arranged = { ...batch, chunk, own, runs };
    by.copy(source, memory.bufferOf(arranged), batch.count);
    if (batch.chunk >= 0) memory.putBack(batch.chunk);
    return arranged;
  }

  /** Makes a batch current that has room for `bytes`. */
  #makeRoom(bytes: number): void {
    this.flush();
    const memory = this.#memory;
    if (this.#chunk >= 0) memory.putBack(this.#chunk); // empty, and too small
    this.#leave();
    this.#chunk = bytes <= memory.chunk ? memory.take() : -1;
    if (this.#chunk >= 0) {
      this.#start = this.#chunk * memory.chunk;
      this.#writer.moveTo(memory.octets, this.#view, this.#start);
      this.#index = this.#chunkIndex;
      this.#entry = (this.#start + memory.chunk) / INDEX_ENTRY;
      return;
    }
    this.#own = new SharedArrayBuffer(Math.max(memory.chunk, (bytes + 3) & ~3));
    this.#start = 0;
    const octets = new Uint8Array(this.#own);
    this.#writer.moveTo(octets, new DataView(this.#own), 0);
    this.#index = new Uint32Array(this.#own);
    this.#entry = this.#index.length;
  }

  /** No batch is current. */
  #leave(): void {
    this.#chunk = -1;
    this.#own = undefined;
    this.#count = 0;
    this.#entry = 0;
  }
}

import { ByteWriter } from '../format/byte-writer.ts';
import { Arrangement } from './arrange.ts';
import type { BatchMemory, FinishedBatch } from './batch-memory.ts';

/** Octets that the index takes for each message. */
const INDEX_ENTRY = 4;

/** A batch leaves its chunk to those behind it while so many as large as it have room there. */
const ROOM_FOR = 2;

/** Takes a finished batch, until it is released. `firstAt`: when its first message was written. */
export type OnBatch = (batch: FinishedBatch, firstAt: number) => void;

/**
 * The worker's side of its {@link BatchMemory}. Messages are written into one chunk after the other, with the index of
 * their ends growing down from its end; a chunk is free again when the output has released what is in it. A batch that is
 * finished early, since its messages do not wait long, leaves the middle of its chunk, between the messages and the
 * index, to the next one: an output that stands still gets as many small batches as fit into the memory. Where it keeps
 * up, the next batch begins where the last one did.
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
  /** The part that the batch has, or that is left for the next one; where its index is: 0 between two batches. */
  #start = 0;
  #end = 0;
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
    const half = this.#memory.chunk / 2;
    if (this.#chunk >= 0) {
      if (this.#entry * INDEX_ENTRY - this.#writer.pos >= half) return true;
      if (this.#entry === 0 && this.#left() >= half) return true;
    }
    return !this.#memory.full;
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
    const kept = this.#chunk >= 0 && this.#count === 0 && this.#memory.isAlone(this.#chunk) ? this.#memory.chunk : 0;
    return this.#memory.octetsUsed - kept + (this.#own?.byteLength ?? 0);
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

  /** Where the next message begins in {@link view}, and where the batch did that it is in. */
  get position(): number {
    return this.#writer.pos;
  }

  get start(): number {
    return this.#start;
  }

  /** The memory as words, and the word before which the end of the next message is noted, as octets from {@link start}. */
  get index(): Uint32Array {
    return this.#chunkIndex;
  }

  get entry(): number {
    return this.#entry;
  }

  /**
   * How many messages of up to `octets` can be written from {@link position}, one behind the other and their ends noted,
   * before {@link took} is told of them; `most` of them at the most. 0 where that begins with {@link reserve}.
   */
  roomFor(octets: number, most: number): number {
    if (this.#chunk < 0) return 0;
    const room = this.#entry * INDEX_ENTRY - this.#writer.pos;
    const each = octets + INDEX_ENTRY;
    return room >= most * each ? most : Math.max(0, Math.floor(room / each));
  }

  /** So many messages were written, the last one up to before `end`. */
  took(messages: number, end: number): void {
    if (this.#count === 0) this.#firstAt = performance.now();
    this.#count += messages;
    this.#entry -= messages;
    this.#writer.pos = end;
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
    const memory = this.#memory;
    const chunk = this.#chunk;
    const written: FinishedBatch = {
      chunk,
      own: this.#own,
      start: this.#start,
      end: this.#end,
      length: this.#writer.pos - this.#start,
      count: this.#count,
      runs: undefined,
    };
    this.#start = (this.#writer.pos + 3) & ~3;
    this.#end = this.#entry * INDEX_ENTRY;
    const batch = this.#arrangement === undefined ? written : this.#arranged(written);
    this.#own = undefined;
    this.#count = 0;
    this.#entry = 0;
    memory.give(batch);
    if (batch.chunk >= 0 && batch.chunk !== chunk) memory.leave(batch.chunk);
    const left = this.#end - this.#start;
    if (left < ROOM_FOR * (written.end - written.start - left)) this.#leave();
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
    const arranged = { ...batch, ...this.#another(((batch.length + 3) & ~3) + batch.count * INDEX_ENTRY), runs };
    by.copy(memory.bufferOf(batch), memory.bufferOf(arranged), batch.count);
    return arranged;
  }

  /** Memory for a batch of so many octets: what is left of the chunk, or another one, or memory of its own. */
  #another(octets: number): Pick<FinishedBatch, 'chunk' | 'own' | 'start' | 'end'> {
    const memory = this.#memory;
    if (this.#chunk >= 0 && octets <= this.#end - this.#start) {
      const start = this.#start;
      this.#start += octets;
      return { chunk: this.#chunk, own: undefined, start, end: this.#start };
    }
    const chunk = octets <= memory.chunk ? memory.take() : -1;
    if (chunk >= 0) return { chunk, own: undefined, start: chunk * memory.chunk, end: (chunk + 1) * memory.chunk };
    return { chunk, own: new SharedArrayBuffer(octets), start: 0, end: octets };
  }

  /** Octets of the chunk that the next batch may have. */
  #left(): number {
    return this.#memory.isAlone(this.#chunk) ? this.#memory.chunk : this.#end - this.#start;
  }

  /** Makes a batch current that has room for `bytes`. */
  #makeRoom(bytes: number): void {
    this.flush();
    const memory = this.#memory;
    if (this.#chunk >= 0) {
      // all that was in it has come back: from its beginning, which the processor still has at hand
      if (memory.isAlone(this.#chunk)) this.#begin(this.#chunk);
      if (this.#end - this.#start < bytes) this.#leave();
    }
    if (this.#chunk < 0 && bytes <= memory.chunk) this.#begin(memory.take());
    if (this.#chunk >= 0) {
      this.#writer.moveTo(memory.octets, this.#view, this.#start);
      this.#index = this.#chunkIndex;
    } else {
      this.#own = new SharedArrayBuffer(Math.max(memory.chunk, (bytes + 3) & ~3));
      this.#start = 0;
      this.#end = this.#own.byteLength;
      this.#writer.moveTo(new Uint8Array(this.#own), new DataView(this.#own), 0);
      this.#index = new Uint32Array(this.#own);
    }
    this.#entry = this.#end / INDEX_ENTRY;
  }

  /** The next batch has the whole of a chunk. */
  #begin(chunk: number): void {
    this.#chunk = chunk;
    this.#start = chunk * this.#memory.chunk;
    this.#end = this.#start + this.#memory.chunk;
  }

  /** No chunk is current. */
  #leave(): void {
    if (this.#chunk >= 0) this.#memory.leave(this.#chunk);
    this.#chunk = -1;
  }
}

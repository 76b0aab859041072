import { ByteWriter } from '../format/byte-writer.ts';
import type { SubjectRun } from '../transport/transport.ts';
import { Arrangement } from './arrange.ts';

/** Sizes of a batch buffer: big enough that a write or a transfer costs little for each message in it. */
const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 256 * 1024;

/** Octets that the index takes for each message. */
const INDEX_ENTRY = 4;

/** Takes a finished batch; the buffer is given away. `firstAt`: when its first message was written. */
export type OnBatch = (
  buffer: SharedArrayBuffer,
  length: number,
  count: number,
  runs: readonly SubjectRun[] | undefined,
  firstAt: number,
) => void;

/**
 * The buffers between a worker and the output. Messages are written into one buffer after the other, with the index
 * of their ends growing down from its end; a finished buffer is given away and comes back by {@link release}.
 * Buffers are shared, never transferred: see `docs/decisions/generated-code.md`.
 *
 * The octets of all buffers together stay within the limit, save that a datagram which was begun is finished: ask
 * {@link hasRoom} before each datagram.
 */
export class BatchPool {
  readonly #limit: number;
  readonly #chunk: number;
  readonly #onBatch: OnBatch;
  readonly #free: SharedArrayBuffer[] = [];
  readonly #writer = new ByteWriter(new Uint8Array(0));
  #current: SharedArrayBuffer | undefined;
  #index: Uint32Array = new Uint32Array(0);
  #count = 0;
  #firstAt = 0;
  /** Octets of all buffers that exist: free, current and given away. */
  #allocated = 0;
  #away = 0;

  /** How messages are put in the order of their subjects, where they have some. */
  readonly #arrangement: { readonly by: Arrangement; readonly text: (subject: number) => string } | undefined;
  /** Subject of each message of the current buffer. */
  #subjects = new Uint32Array(0);
  /** Where messages are put in order. */
  #scratch: SharedArrayBuffer | undefined;

  /**
   * @param subjectText text of a subject by its number; without it messages have no subjects
   */
  constructor(limitBytes: number, onBatch: OnBatch, subjectText?: (subject: number) => string) {
    this.#arrangement = subjectText === undefined ? undefined : { by: new Arrangement(), text: subjectText };
    this.#chunk = Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, (limitBytes / 8) & ~(SMALLEST_CHUNK - 1)));
    this.#limit = Math.max(limitBytes, 2 * this.#chunk);
    this.#onBatch = onBatch;
  }

  /** Whether another datagram may be begun. */
  hasRoom(): boolean {
    if (this.#free.length > 0 || this.#allocated + this.#chunk <= this.#limit) return true;
    if (this.#current === undefined || this.#allocated > this.#limit) return false;
    return this.#roomLeft() >= this.#current.byteLength / 2;
  }

  /** Batches that were given away and did not come back yet. */
  get away(): number {
    return this.#away;
  }

  /** Octets of all buffers that may exist. */
  get limit(): number {
    return this.#limit;
  }

  /** Octets of all buffers that exist. */
  get allocated(): number {
    return this.#allocated;
  }

  /** Milliseconds that the oldest message has waited in the current buffer; 0 when there is none. */
  age(nowMs: number): number {
    return this.#count === 0 ? 0 : nowMs - this.#firstAt;
  }

  /** Where the next message of up to `bytes` octets is to be written. */
  reserve(bytes: number): ByteWriter {
    if (this.#current === undefined || this.#roomLeft() < bytes + INDEX_ENTRY) {
      this.flush();
      this.#take(bytes + INDEX_ENTRY);
    }
    return this.#writer;
  }

  /** The message that was written since {@link reserve} is complete. */
  commit(subject = 0): void {
    if (this.#count === 0) this.#firstAt = performance.now();
    if (this.#arrangement !== undefined) this.#noteSubject(subject);
    this.#index[this.#index.length - 1 - this.#count++] = this.#writer.pos;
  }

  /** Gives the current buffer away, if it holds a message. */
  flush(): void {
    if (this.#current === undefined || this.#count === 0) return;
    const [buffer, length, count] = [this.#current, this.#writer.pos, this.#count];
    this.#current = undefined;
    this.#count = 0;
    this.#away++;
    if (this.#arrangement === undefined) this.#onBatch(buffer, length, count, undefined, this.#firstAt);
    else this.#flushArranged(buffer, length, count);
  }

  /** Takes a buffer back that was given away. */
  release(buffer: SharedArrayBuffer): void {
    this.#away--;
    this.#keep(buffer);
  }

  #noteSubject(subject: number): void {
    if (this.#count === this.#subjects.length) {
      const larger = new Uint32Array(Math.max(1024, 2 * this.#count));
      larger.set(this.#subjects);
      this.#subjects = larger;
    }
    this.#subjects[this.#count] = subject;
  }

  /** Gives a batch away whose messages are in the order of their subjects, in this buffer or in another of its size. */
  #flushArranged(buffer: SharedArrayBuffer, length: number, count: number): void {
    const { by, text } = this.#arrangement!;
    const runs = by.runs(this.#subjects, count, text);
    if (runs.length === 1) {
      this.#onBatch(buffer, length, count, runs, this.#firstAt);
      return;
    }
    const usual = this.#scratch?.byteLength === buffer.byteLength ? this.#scratch : undefined;
    const target = usual ?? new SharedArrayBuffer(buffer.byteLength);
    by.copy(buffer, target, count);
    this.#scratch = buffer.byteLength === this.#chunk ? buffer : undefined;
    this.#onBatch(target, length, count, runs, this.#firstAt);
  }

  #keep(buffer: SharedArrayBuffer): void {
    if (buffer.byteLength === this.#chunk && this.#allocated <= this.#limit) this.#free.push(buffer);
    else this.#allocated -= buffer.byteLength;
  }

  #roomLeft(): number {
    return this.#current!.byteLength - this.#count * INDEX_ENTRY - this.#writer.pos;
  }

  /** Makes a buffer current that has room for `bytes`. */
  #take(bytes: number): void {
    if (this.#current !== undefined) this.#keep(this.#current);
    const size = bytes <= this.#chunk ? this.#chunk : (bytes + 3) & ~3;
    let buffer = size === this.#chunk ? this.#free.pop() : undefined;
    if (buffer === undefined) {
      buffer = new SharedArrayBuffer(size);
      this.#allocated += size;
    }
    this.#current = buffer;
    this.#index = new Uint32Array(buffer);
    this.#writer.reset(new Uint8Array(buffer));
  }
}

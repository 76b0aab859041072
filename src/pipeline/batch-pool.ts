import { ByteWriter } from '../format/byte-writer.ts';

/** Sizes of a batch buffer: big enough that a write or a transfer costs little for each message in it. */
const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 256 * 1024;

/** Octets that the index takes for each message. */
const INDEX_ENTRY = 4;

/** Takes a finished batch; the buffer is given away. */
export type OnBatch = (buffer: SharedArrayBuffer, length: number, count: number) => void;

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

  constructor(limitBytes: number, onBatch: OnBatch) {
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
  commit(): void {
    if (this.#count === 0) this.#firstAt = performance.now();
    this.#index[this.#index.length - 1 - this.#count++] = this.#writer.pos;
  }

  /** Gives the current buffer away, if it holds a message. */
  flush(): void {
    if (this.#current === undefined || this.#count === 0) return;
    const [buffer, length, count] = [this.#current, this.#writer.pos, this.#count];
    this.#current = undefined;
    this.#count = 0;
    this.#away++;
    this.#onBatch(buffer, length, count);
  }

  /** Takes a buffer back that was given away. */
  release(buffer: SharedArrayBuffer): void {
    this.#away--;
    this.#keep(buffer);
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

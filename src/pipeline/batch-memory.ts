import type { SubjectRun } from '../transport/transport.ts';

/** Sizes of a chunk: big enough that a write or a message to another thread costs little for each message in it. */
const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 2 * 1024 * 1024;

/** Most octets of all chunks: compiled writers count positions in 31 bits, and memory is asked for in one piece. */
export const MOST_POOL_OCTETS = 1024 * 1024 * 1024;

/** Words before the states of the chunks: a number that changes when somebody waiting should look again; ... */
const CHANGES = 0;
/** ... batches with the output; chunks that somebody uses; octets of batches beside the chunks. */
const BATCHES_AWAY = 1;
const CHUNKS_USED = 2;
const OTHER_OCTETS = 3;
/** ... and how many use each chunk: each batch with the output, and the worker while it writes to it. */
const USERS = 4;

/** Messages that are finished, in a chunk or in memory of their own. */
export interface FinishedBatch {
  /** Number of the chunk that holds it; -1 where it is in {@link own}. */
  readonly chunk: number;
  readonly own: SharedArrayBuffer | undefined;
  /** Its part of the memory of all chunks, or of {@link own}: messages from the beginning, the index from the end. */
  readonly start: number;
  readonly end: number;
  /** Octets of the messages, and how many messages they are. */
  readonly length: number;
  readonly count: number;
  readonly runs: readonly SubjectRun[] | undefined;
}

/** What another thread needs to see the same memory. */
export interface SharedBatchMemory {
  readonly octets: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
  readonly chunk: number;
}

/**
 * The memory of the batches of one worker, which the main thread shares: chunks of one size in one piece, so that
 * compiled writers know where it is. What is not used takes no real memory; the chunk with the lowest number is taken
 * first, so few of them are in use where the output keeps up; while it does not, small batches share a chunk. See
 * `docs/decisions/batch-memory.md`.
 */
export class BatchMemory {
  readonly shared: SharedBatchMemory;
  /** Octets of a chunk. */
  readonly chunk: number;
  readonly octets: Uint8Array;
  readonly #words: Int32Array;
  readonly #chunks: number;
  readonly #views: (Uint8Array | undefined)[] = [];

  constructor(shared: SharedBatchMemory) {
    this.shared = shared;
    this.chunk = shared.chunk;
    this.octets = new Uint8Array(shared.octets);
    this.#words = new Int32Array(shared.words);
    this.#chunks = this.#words.length - USERS;
  }

  /** Memory of up to `limitBytes`: of two chunks at least. */
  static of(limitBytes: number): BatchMemory {
    const chunk = Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, (limitBytes / 8) & ~(SMALLEST_CHUNK - 1)));
    const chunks = Math.max(2, Math.floor(Math.min(limitBytes, MOST_POOL_OCTETS) / chunk));
    return new BatchMemory({
      octets: new SharedArrayBuffer(chunks * chunk),
      words: new SharedArrayBuffer((USERS + chunks) * 4),
      chunk,
    });
  }

  /** Octets of all chunks. */
  get limit(): number {
    return this.octets.length;
  }

  /** Batches with the output. */
  get away(): number {
    return Atomics.load(this.#words, BATCHES_AWAY);
  }

  /** Octets of the chunks that are in use, and of the batches beside them that are with the output. */
  get octetsUsed(): number {
    return Atomics.load(this.#words, CHUNKS_USED) * this.chunk + Atomics.load(this.#words, OTHER_OCTETS);
  }

  /** Whether all chunks are in use. */
  get full(): boolean {
    return Atomics.load(this.#words, CHUNKS_USED) >= this.#chunks;
  }

  /** Takes the free chunk with the lowest number; -1 when there is none. Called by the worker alone. */
  take(): number {
    const words = this.#words;
    for (let i = USERS; i < words.length; i++) {
      if (Atomics.load(words, i) !== 0) continue;
      Atomics.store(words, i, 1);
      Atomics.add(words, CHUNKS_USED, 1);
      return i - USERS;
    }
    return -1;
  }

  /** Whether nobody uses a chunk but the worker that has taken it. */
  isAlone(chunk: number): boolean {
    return Atomics.load(this.#words, USERS + chunk) === 1;
  }

  /** One less uses a chunk: the worker that has taken it, or the output of one of its batches. */
  leave(chunk: number): void {
    if (Atomics.sub(this.#words, USERS + chunk, 1) === 1) Atomics.sub(this.#words, CHUNKS_USED, 1);
  }

  /** Notes that a batch goes to the output. */
  give({ chunk, own }: Pick<FinishedBatch, 'chunk' | 'own'>): void {
    Atomics.add(this.#words, BATCHES_AWAY, 1);
    if (chunk >= 0) Atomics.add(this.#words, USERS + chunk, 1);
    else Atomics.add(this.#words, OTHER_OCTETS, own!.byteLength);
  }

  /** The output has done with a batch. */
  release({ chunk, own }: Pick<FinishedBatch, 'chunk' | 'own'>): void {
    if (chunk >= 0) this.leave(chunk);
    else Atomics.sub(this.#words, OTHER_OCTETS, own!.byteLength);
    Atomics.sub(this.#words, BATCHES_AWAY, 1);
    this.wake();
  }

  /** The memory of a batch: messages from its beginning, the index from its end. */
  bufferOf({ chunk, own, start, end }: Pick<FinishedBatch, 'chunk' | 'own' | 'start' | 'end'>): Uint8Array {
    if (own !== undefined) return new Uint8Array(own);
    if (end - start < this.chunk) return this.octets.subarray(start, end);
    return (this.#views[chunk] ??= this.octets.subarray(start, end));
  }

  /** Lets a worker that waits look again. */
  wake(): void {
    Atomics.add(this.#words, CHANGES, 1);
    Atomics.notify(this.#words, CHANGES);
  }

  /** A number that {@link wake} changes. */
  get changes(): number {
    return Atomics.load(this.#words, CHANGES);
  }

  /** Holds the thread until {@link changes} is not `seen` any more, or for so long. */
  wait(seen: number, timeoutMs: number): void {
    Atomics.wait(this.#words, CHANGES, seen, timeoutMs);
  }
}

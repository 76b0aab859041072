import type { SubjectRun } from '../transport/transport.ts';

/** Sizes of a chunk: big enough that a write or a message to another thread costs little for each message in it. */
const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 1024 * 1024;

/** Most octets of all chunks: compiled writers count positions in 31 bits, and memory is asked for in one piece. */
export const MOST_POOL_OCTETS = 1024 * 1024 * 1024;

/** Words before the states of the chunks: a number that changes when somebody waiting should look again; ... */
const CHANGES = 0;
/** ... batches with the output, in chunks and beside them; octets of the latter. */
const CHUNKS_AWAY = 1;
const OTHERS_AWAY = 2;
const OTHER_OCTETS = 3;
const STATES = 4;

const FREE = 0;
const TAKEN = 1;

/** Messages that are finished, in a chunk or in memory of their own. */
export interface FinishedBatch {
  /** Number of the chunk that holds it; -1 where it is in {@link own}. */
  readonly chunk: number;
  readonly own: SharedArrayBuffer | undefined;
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
 * first, so few of them are in use where the output keeps up. See `docs/decisions/batch-memory.md`.
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
    this.#chunks = this.#words.length - STATES;
  }

  /** Memory of up to `limitBytes`: of two chunks at least. */
  static of(limitBytes: number): BatchMemory {
    const chunk = Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, (limitBytes / 8) & ~(SMALLEST_CHUNK - 1)));
    const chunks = Math.max(2, Math.floor(Math.min(limitBytes, MOST_POOL_OCTETS) / chunk));
    return new BatchMemory({
      octets: new SharedArrayBuffer(chunks * chunk),
      words: new SharedArrayBuffer((STATES + chunks) * 4),
      chunk,
    });
  }

  /** Octets of all chunks. */
  get limit(): number {
    return this.octets.length;
  }

  /** Batches with the output. */
  get away(): number {
    return Atomics.load(this.#words, CHUNKS_AWAY) + Atomics.load(this.#words, OTHERS_AWAY);
  }

  /** Octets of the batches with the output. */
  get octetsAway(): number {
    return Atomics.load(this.#words, CHUNKS_AWAY) * this.chunk + Atomics.load(this.#words, OTHER_OCTETS);
  }

  /** Whether the output has all chunks but `mine`. */
  full(mine: number): boolean {
    return Atomics.load(this.#words, CHUNKS_AWAY) + mine >= this.#chunks;
  }

  /** Takes the free chunk with the lowest number; -1 when there is none. Called by the worker alone. */
  take(): number {
    const words = this.#words;
    for (let i = STATES; i < words.length; i++) {
      if (Atomics.load(words, i) !== FREE) continue;
      Atomics.store(words, i, TAKEN);
      return i - STATES;
    }
    return -1;
  }

  /** Notes that a batch goes to the output. */
  give({ chunk, own }: Pick<FinishedBatch, 'chunk' | 'own'>): void {
    Atomics.add(this.#words, chunk < 0 ? OTHERS_AWAY : CHUNKS_AWAY, 1);
    if (own !== undefined) Atomics.add(this.#words, OTHER_OCTETS, own.byteLength);
  }

  /** The output has done with a batch. */
  release({ chunk, own }: Pick<FinishedBatch, 'chunk' | 'own'>): void {
    if (chunk >= 0) Atomics.store(this.#words, STATES + chunk, FREE);
    Atomics.sub(this.#words, chunk < 0 ? OTHERS_AWAY : CHUNKS_AWAY, 1);
    if (own !== undefined) Atomics.sub(this.#words, OTHER_OCTETS, own.byteLength);
    this.wake();
  }

  /** The worker does not need a chunk that it has taken. */
  putBack(chunk: number): void {
    Atomics.store(this.#words, STATES + chunk, FREE);
  }

  /** The memory of a batch: messages from its beginning, the index from its end. */
  bufferOf({ chunk, own }: Pick<FinishedBatch, 'chunk' | 'own'>): Uint8Array {
    if (own !== undefined) return new Uint8Array(own);
    return (this.#views[chunk] ??= this.octets.subarray(chunk * this.chunk, (chunk + 1) * this.chunk));
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

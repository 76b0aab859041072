import type { Logger } from '../log/logger.ts';
import type { Counters } from '../metrics/counters.ts';

/**
 * Messages on their way out: `length` octets from the beginning of `buffer`. The end offset of message `i` is the
 * 32-bit word (native byte order) at octet `buffer.length - 4 * (i + 1)` of it: the index grows down from the end, so
 * that one piece of memory has both. It begins and ends at multiples of four octets.
 */
export interface Batch {
  readonly buffer: Uint8Array;
  readonly length: number;
  readonly count: number;
  /** Which subjects the messages go to, where the transport asked for it: the first run has the first messages. */
  readonly runs?: readonly SubjectRun[] | undefined;
  /** The sender waits rather than lose: a full transport takes the batch later, in place of dropping something. */
  readonly waits?: boolean | undefined;
}

/** Messages one after the other that go to the same subject. */
export interface SubjectRun {
  readonly subject: string;
  readonly count: number;
}

/** The words of a batch, of which the last ones are its index. */
export function messageIndex({ buffer }: Pick<Batch, 'buffer'>): Uint32Array {
  return new Uint32Array(buffer.buffer, buffer.byteOffset, buffer.length / 4);
}

/** End offset of message `i` of a batch; 0 for -1. */
export function messageEnd(index: Uint32Array, i: number): number {
  return i < 0 ? 0 : index[index.length - 1 - i]!;
}

/** What the worker writes after each message, which is part of the message for the index; and how it sorts them. */
export interface Framing {
  readonly separator: Uint8Array;
  /** What the worker tells messages apart by: their batches then have {@link Batch.runs}. */
  readonly subjects?: { readonly pattern: string; readonly max: number } | undefined;
}

/** How a transport is doing. */
export interface TransportStatus {
  /** Whether what is handed over gets delivered. */
  readonly ready: boolean;
  /** Why not, in words for an operator. */
  readonly reason?: string | undefined;
  /** Levels at this moment, by the name of the metric. */
  readonly gauges: Readonly<Record<string, number>>;
  /** How often what took how long, by the name of the metric. */
  readonly histograms?: Readonly<Record<string, Histogram>> | undefined;
}

/** Counts by upper bounds. */
export interface Histogram {
  readonly bounds: readonly number[];
  /** Of each bound, without those of the bounds below it; one more has the rest. */
  readonly counts: ArrayLike<number> & Iterable<number>;
  /** Of all values. */
  readonly sum: number;
}

/** What a transport is given by the program. */
export interface TransportContext {
  readonly counters: Counters;
  readonly log: Logger;
  /** The output is gone for good, as a pipe whose reader has ended: nothing can be delivered any more. */
  readonly onGone: () => void;
}

/**
 * Sixth stage: takes batches on the main thread and delivers them. Every message of a batch ends up in
 * `flows_delivered` or in `flows_dropped:<reason>`.
 */
export interface Transport {
  readonly framing: Framing;
  /** Opens what it writes to; rejects with a configuration error when that fails. */
  start(): Promise<void>;
  /** Takes a batch; `done` is called once, when its buffer may be reused. */
  send(batch: Batch, done: () => void): void;
  /** Reopens the output (SIGHUP). A failure keeps what was open, and is counted and logged. */
  reopen(): Promise<void>;
  status(): TransportStatus;
  /** Delivers what was taken, within `timeoutMs`; what is left then is counted `shutdown_timeout`. */
  stop(timeoutMs: number): Promise<void>;
}

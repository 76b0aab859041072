import type { LogFields, Logger, LogSink } from './logger.ts';
import { loggerTo } from './logger.ts';

/** When a class of messages is muted, by `-err.cnt` and `-err.int`. */
export interface MuteRule {
  /** Messages that are logged in an interval; 0 or less: never muted. */
  readonly count: number;
  /** Length of the interval in milliseconds; 0 or less: never muted. */
  readonly intervalMs: number;
}

/** What is said of a class: `too many receiver messages, muting`. */
export type MutedKind = 'receiver messages' | 'transport errors' | 'messages';

/** Classes that are told apart, where they are not a closed list; the others are muted together. */
const MOST_CLASSES = 1_000;
const OTHERS = 'others';

/** The words of a {@link MuteState}: when the interval began, in milliseconds, and the events in it. */
const BEGAN = 0;
const EVENTS = 1;
const WORDS = 2;

/** What is known of a class: two words, which threads that share them change by atomic operations alone. */
export type MuteState = Int32Array;

/**
 * Milliseconds have 32 bits, which come round after 49 days: what seems to have begun less than this in the future did
 * so just now, in a thread whose clock is a little ahead.
 */
const AHEAD_MS = 60_000;

/**
 * One class of messages that may come in floods. Ask {@link open} first: it counts the event and costs nothing while
 * the class is muted.
 *
 * Of the events in an interval the first `count` are logged, the next one is replaced by a line that says so, further
 * ones are only counted. The first event after the interval, which must have lasted longer than `intervalMs`, is
 * replaced by a line with the number of events beyond `count`, and begins the next interval.
 *
 * @example
 * if (malformed.open()) malformed.log.error('malformed datagram', { source: '192.0.2.1' });
 */
export class MutedClass {
  /** Where to log an event for which {@link open} gave true. */
  readonly log: Logger;
  readonly #name: string;
  readonly #kind: MutedKind;
  readonly #rule: MuteRule;
  readonly #sink: LogSink;
  readonly #now: () => number;
  readonly #state: MuteState;

  constructor(name: string, kind: MutedKind, rule: MuteRule, sink: LogSink, now: () => number, state: MuteState) {
    this.#name = name;
    this.#kind = kind;
    this.#rule = rule;
    this.#sink = sink;
    this.#now = now;
    this.#state = state;
    this.log = loggerTo(sink);
  }

  /** Counts an event; true when it is to be logged. */
  open(): boolean {
    const { count, intervalMs } = this.#rule;
    if (count <= 0 || intervalMs <= 0) return true;
    const began = Atomics.load(this.#state, BEGAN);
    if (this.#isOver(began) && this.#begin(began)) return !this.#report(Atomics.exchange(this.#state, EVENTS, 1));
    const events = Atomics.add(this.#state, EVENTS, 1) + 1;
    if (events === count + 1) this.#write(`too many ${this.#kind}, muting`, {});
    return events <= count;
  }

  /** Reports what was skipped if the interval is over, without waiting for the next event. */
  settle(): void {
    if (this.#isOver(Atomics.load(this.#state, BEGAN))) this.flush();
  }

  /** Reports what was skipped and not reported yet. */
  flush(): void {
    const { count } = this.#rule;
    const events = Atomics.load(this.#state, EVENTS);
    if (count <= 0 || events <= count) return;
    // Events that follow in the same interval stay muted, and are reported from here on.
    if (Atomics.compareExchange(this.#state, EVENTS, events, count) === events) this.#report(events);
    else this.flush();
  }

  #isOver(began: number): boolean {
    const elapsed = (this.#now() - began) >>> 0;
    return elapsed > this.#rule.intervalMs && elapsed < 2 ** 32 - AHEAD_MS;
  }

  /** Begins an interval, unless another thread was faster. */
  #begin(before: number): boolean {
    return Atomics.compareExchange(this.#state, BEGAN, before, this.#now() | 0) === before;
  }

  /** Says how many of an interval's events were skipped; whether there were any. */
  #report(events: number): boolean {
    const skipped = events - this.#rule.count;
    if (skipped <= 0) return false;
    this.#write(`skipped ${this.#kind}`, { count: skipped });
    return true;
  }

  #write(msg: string, fields: LogFields): void {
    this.#sink({ level: 'warn', msg, fields: { class: this.#name, ...fields }, summary: true });
  }
}

/** The states of a closed list of classes, in memory that threads share. */
export class MuteStates {
  readonly #names: readonly string[];
  readonly #memory: SharedArrayBuffer;

  /** @param memory of {@link memory}, for the same names */
  constructor(names: readonly string[], memory: SharedArrayBuffer) {
    this.#names = names;
    this.#memory = memory;
  }

  static memory(names: readonly string[]): SharedArrayBuffer {
    return new SharedArrayBuffer(names.length * WORDS * Int32Array.BYTES_PER_ELEMENT);
  }

  /** The state of a class; undefined for one that is not in the list. */
  of(name: string): MuteState | undefined {
    const place = this.#names.indexOf(name);
    if (place < 0) return undefined;
    return new Int32Array(this.#memory, place * WORDS * Int32Array.BYTES_PER_ELEMENT, WORDS);
  }
}

const threadBegan = Number(process.hrtime.bigint()) / 1e6 - performance.now();
/** `performance.now()` of a thread counts from its own start: this is the same in all of them. */
export const monotonicMs = (nowMs = performance.now()): number => threadBegan + nowMs;

/** The classes of messages of one part of the program, by name. Names are ours: none comes from the network. */
export class MutedLog {
  readonly #kind: MutedKind;
  readonly #rule: MuteRule;
  readonly #sink: LogSink;
  readonly #now: () => number;
  readonly #states: MuteStates | undefined;
  readonly #classes = new Map<string, MutedClass>();

  /**
   * @param states of the classes, where threads share them
   * @param now monotonic clock in milliseconds, the same in threads that share states
   */
  constructor(kind: MutedKind, rule: MuteRule, sink: LogSink, states?: MuteStates, now = () => monotonicMs()) {
    this.#kind = kind;
    this.#rule = rule;
    this.#sink = sink;
    this.#states = states;
    this.#now = now;
  }

  /** The class of this name; the same one each time. */
  class(name: string): MutedClass {
    let known = this.#classes.get(name);
    if (known === undefined) {
      if (this.#classes.size >= MOST_CLASSES && name !== OTHERS) return this.class(OTHERS);
      const state = this.#states?.of(name) ?? new Int32Array(WORDS);
      known = new MutedClass(name, this.#kind, this.#rule, this.#sink, this.#now, state);
      this.#classes.set(name, known);
    }
    return known;
  }

  /** For a timer: reports what the classes skipped in intervals that are over. */
  settle(): void {
    for (const known of this.#classes.values()) known.settle();
  }

  /** At the end: reports all that was skipped, so that no count is lost. */
  flush(): void {
    for (const known of this.#classes.values()) known.flush();
  }
}

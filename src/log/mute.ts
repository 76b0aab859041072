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
export type MutedKind = 'receiver messages' | 'transport errors';

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
  #began = -Infinity;
  #events = 0;

  constructor(name: string, kind: MutedKind, rule: MuteRule, sink: LogSink, now: () => number) {
    this.#name = name;
    this.#kind = kind;
    this.#rule = rule;
    this.#sink = sink;
    this.#now = now;
    this.log = loggerTo(sink);
  }

  /** Counts an event; true when it is to be logged. */
  open(): boolean {
    const { count, intervalMs } = this.#rule;
    if (count <= 0 || intervalMs <= 0) return true;
    const now = this.#now();
    if (now - this.#began > intervalMs) {
      const reported = this.flush();
      this.#began = now;
      this.#events = 1;
      return !reported;
    }
    this.#events++;
    if (this.#events === count + 1) this.#write(`too many ${this.#kind}, muting`, {});
    return this.#events <= count;
  }

  /** Reports what was skipped if the interval is over, without waiting for the next event. */
  settle(): void {
    if (this.#now() - this.#began > this.#rule.intervalMs) this.flush();
  }

  /** Reports what was skipped and not reported yet; whether there was anything. */
  flush(): boolean {
    const skipped = this.#events - this.#rule.count;
    if (this.#rule.count <= 0 || skipped <= 0) return false;
    // Events that follow in the same interval stay muted, and are reported from here on.
    this.#events = this.#rule.count;
    this.#write(`skipped ${this.#kind}`, { count: skipped });
    return true;
  }

  #write(msg: string, fields: LogFields): void {
    this.#sink({ level: 'warn', msg, fields: { class: this.#name, ...fields }, summary: true });
  }
}

/** The classes of messages of one part of the program, by name. Names are ours: none comes from the network. */
export class MutedLog {
  readonly #kind: MutedKind;
  readonly #rule: MuteRule;
  readonly #sink: LogSink;
  readonly #now: () => number;
  readonly #classes = new Map<string, MutedClass>();

  /**
   * @param now monotonic clock in milliseconds.
   */
  constructor(kind: MutedKind, rule: MuteRule, sink: LogSink, now: () => number = () => performance.now()) {
    this.#kind = kind;
    this.#rule = rule;
    this.#sink = sink;
    this.#now = now;
  }

  /** The class of this name; the same one each time. */
  class(name: string): MutedClass {
    let known = this.#classes.get(name);
    if (known === undefined) {
      known = new MutedClass(name, this.#kind, this.#rule, this.#sink, this.#now);
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

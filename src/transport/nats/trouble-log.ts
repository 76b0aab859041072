import type { Logger } from '../../log/logger.ts';
import { troubles } from './trouble.ts';
import type { TroubleReport } from './trouble.ts';

/** A trouble that lasts is told of again after this time. */
const AGAIN_MS = 60_000;

/** Tells of what keeps messages from the stream: when it begins, once a minute while it lasts, and when it is over. */
export class TroubleLog {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #toldAt = new Map<string, number>();
  #current: TroubleReport | undefined;
  #since = 0;

  /**
   * @param now monotonic clock in milliseconds.
   */
  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** What keeps messages from the stream at the moment. */
  get current(): TroubleReport | undefined {
    return this.#current;
  }

  report(report: TroubleReport): void {
    const now = this.#now();
    if (this.#current === undefined) this.#since = now;
    this.#current = report;
    const { trouble, detail } = report;
    if (now - (this.#toldAt.get(trouble) ?? -Infinity) < AGAIN_MS) return;
    this.#toldAt.set(trouble, now);
    this.#log.error(`NATS: ${troubles[trouble]}`, { trouble, ...(detail === '' ? {} : { detail }) });
  }

  recovered(): void {
    if (this.#current === undefined) return;
    const seconds = Math.round((this.#now() - this.#since) / 1000);
    this.#log.warn('NATS: messages are taken again', { after: `${seconds}s`, trouble: this.#current.trouble });
    this.#current = undefined;
    this.#toldAt.clear();
  }
}

import type { Trouble } from './trouble.ts';

/** First pause after messages were refused, and the longest one. */
const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** While messages are refused: when the next one may be tried. */
export class Blockade {
  trouble: Trouble;
  /** Number of the message that is tried; its answer decides. */
  trial: number | undefined;
  /** The stream is being looked at. */
  checking = false;
  readonly #since: number;
  #tryAt: number;
  #pause = FIRST_MS;

  constructor(trouble: Trouble, nowMs: number) {
    this.trouble = trouble;
    this.#since = nowMs;
    this.#tryAt = nowMs + FIRST_MS;
  }

  /** Whether it is time for the next trial. */
  isDue(nowMs: number): boolean {
    return this.trial === undefined && !this.checking && nowMs >= this.#tryAt;
  }

  /** Whether a message that was sent at this time says anything about how it is now. */
  isTrial(sentAt: number): boolean {
    return sentAt > this.#since;
  }

  /** It is still not possible: the next pause is longer. */
  failed(nowMs: number): void {
    this.trial = undefined;
    this.checking = false;
    this.#pause = Math.min(2 * this.#pause, LONGEST_MS);
    this.#tryAt = nowMs + this.#pause;
  }
}

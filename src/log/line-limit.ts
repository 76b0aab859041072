import type { LogLine } from './logger.ts';

/** Lines in one second, of all classes together (S-10). */
export const MAX_LINES_PER_SECOND = 100;
/** Of these, kept free for lines that say what was not written. */
const RESERVED = 20;

/** Writes a line; false when it could not. */
type WriteLine = (line: LogLine) => boolean;

/**
 * Lets a limited number of lines a second pass, and counts the others together with those that could not be written.
 * The count is written when there is room again, at the latest by {@link flush}.
 */
export class LineLimit {
  readonly #writeLine: WriteLine;
  readonly #now: () => number;
  #secondBegan = -Infinity;
  #lines = 0;
  #suppressed = 0;

  /**
   * @param now monotonic clock in milliseconds.
   */
  constructor(writeLine: WriteLine, now: () => number = () => performance.now()) {
    this.#writeLine = writeLine;
    this.#now = now;
  }

  write(line: LogLine): void {
    this.settle();
    const limit = line.summary === true ? Infinity : MAX_LINES_PER_SECOND - RESERVED;
    this.#lines++;
    if (this.#lines > limit || !this.#writeLine(line)) this.#suppressed++;
  }

  /** For a timer: begins a new second when the last one is over, with the count of what was suppressed. */
  settle(): void {
    const now = this.#now();
    if (now - this.#secondBegan < 1000) return;
    this.#secondBegan = now;
    this.#lines = 0;
    this.flush();
  }

  /** Writes the count of what was suppressed since the last time, if anything was. */
  flush(): void {
    const count = this.#suppressed;
    if (count === 0) return;
    const written = this.#writeLine({ level: 'warn', msg: 'suppressed log lines', fields: { count } });
    if (written) this.#suppressed = 0;
  }
}

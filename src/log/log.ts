import type { Writable } from 'node:stream';
import { pino } from 'pino';
import { BoundedStream } from './bounded-stream.ts';
import { fitLine } from './fit-line.ts';
import { levelNumbers, parseLogLevel } from './level.ts';
import type { LogLevel } from './level.ts';
import { LineLimit } from './line-limit.ts';
import { MutedLog } from './mute.ts';
import type { MuteRule } from './mute.ts';
import { loggerTo } from './logger.ts';
import type { Logger, LogLine } from './logger.ts';
import { escapeJson } from './quote.ts';
import { textLine } from './text-line.ts';

export interface LogOptions {
  /** As `-loglevel` takes it. */
  readonly level: string;
  /** As `-logfmt` takes it: `json`, or anything else for text. */
  readonly format: string;
  /** When a message that comes again and again is muted; never by default. */
  readonly mute?: MuteRule;
  /** Standard error unless given. */
  readonly stream?: Writable;
  /** Unix time in milliseconds, for the time of a line. */
  readonly wallClock?: () => number;
  /** Monotonic milliseconds, for the cap on lines a second. */
  readonly monotonicClock?: () => number;
}

const neverMuted: MuteRule = { count: 0, intervalMs: 0 };

/** Time that the end of the program waits for a reader of the log. */
const DRAIN_MS = 500;

/**
 * The log of the program, on the main thread: one line an event, at most 2 KiB each and 100 a second, in the formats
 * of Go's `slog`. A warning or error of the main thread is muted after some of the same words; workers mute what they
 * tell by their own classes. What is left out is counted and said.
 *
 * @example
 * const log = new Log({ level: 'info', format: 'normal' });
 * log.logger.info('starting GoFlow2+', { version });
 * worker.on('message', ({ line }) => log.write(line));
 */
export class Log {
  readonly logger: Logger = loggerTo((line) => {
    if (line.level === 'info' || line.level === 'debug' || this.#muted.class(line.msg).open()) this.write(line);
  });
  readonly #muted: MutedLog;
  readonly #limit: LineLimit;
  readonly #stream: BoundedStream;
  readonly #threshold: number;

  /**
   * @throws ConfigError when the level is none.
   */
  constructor({
    level,
    format,
    mute = neverMuted,
    stream: target = process.stderr,
    wallClock = Date.now,
    monotonicClock,
  }: LogOptions) {
    this.#threshold = parseLogLevel(level);
    this.#muted = new MutedLog('messages', mute, (line) => this.write(line), undefined, monotonicClock);
    const render = format === 'json' ? escapeJson : textLine;
    const stream = new BoundedStream(target);
    this.#stream = stream;
    let written = true;
    const json = pino(
      {
        base: null,
        level: 'debug',
        timestamp: () => `,"time":"${new Date(wallClock()).toISOString()}"`,
        formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      },
      {
        write: (line: string) => {
          written = stream.write(`${render(line.trimEnd())}\n`);
        },
      },
    );
    this.#limit = new LineLimit((line) => {
      const { msg, fields } = fitLine(line);
      json[line.level]({ msg, ...fields });
      return written;
    }, monotonicClock);
  }

  /** Whether lines of this level are written: to spare the work for those that are not. */
  isEnabled(level: LogLevel): boolean {
    return levelNumbers[level] >= this.#threshold;
  }

  write(line: LogLine): void {
    if (this.isEnabled(line.level)) this.#limit.write(line);
  }

  /** For a timer: says what was suppressed once there is room, without waiting for the next line. */
  settle(): void {
    this.#muted.settle();
    this.#limit.settle();
  }

  /** Says what was suppressed and waits a moment for the reader: before the program ends. */
  async close(): Promise<void> {
    this.#muted.flush();
    this.#limit.flush();
    await this.#stream.drain(DRAIN_MS);
  }
}

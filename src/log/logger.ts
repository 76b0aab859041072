import type { LogLevel } from './level.ts';

/** What a field can hold; undefined leaves it out. */
export type LogValue = string | number | boolean | undefined;

/** What a line says besides its message, by name. The names that every line has are taken. */
export type LogFields = { readonly time?: never; readonly level?: never; readonly msg?: never } & {
  readonly [name: string]: LogValue;
};

/** One line before it is rendered. It can be posted between threads. */
export interface LogLine {
  readonly level: LogLevel;
  readonly msg: string;
  readonly fields?: LogFields;
  /** The line sums up, such as what was muted or the books at the end: the cap on lines a second lets it pass. */
  readonly summary?: true;
}

/** Where lines go: to the log on the main thread, to a message port in a worker. */
export type LogSink = (line: LogLine) => void;

/** How the parts of the program log. What happened goes to `msg`, in the same words each time; values go to fields. */
export interface Logger {
  debug(msg: string, fields?: LogFields): void;
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  error(msg: string, fields?: LogFields): void;
}

/**
 * A logger whose lines go to `sink`.
 *
 * @example
 * const log = loggerTo((line) => parentPort.postMessage({ type: 'log', line }));
 */
export function loggerTo(sink: LogSink): Logger {
  const at =
    (level: LogLevel) =>
    (msg: string, fields?: LogFields): void =>
      sink(fields === undefined ? { level, msg } : { level, msg, fields });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** The fields of an error: its message, and its code where it has one. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? { error: error.message, code } : { error: error.message };
}

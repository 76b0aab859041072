import { ConfigError } from '../config/errors.ts';

/** What a line can be marked with, least first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The numbers that Go's `slog` gives to the levels; an offset such as `info+2` lies between two of them. */
export const levelNumbers: Readonly<Record<LogLevel, number>> = { debug: -4, info: 0, warn: 4, error: 8 };

/**
 * Number of a level as `-loglevel` takes it: a name in any case, with an offset or none. Lines with a lower number are
 * not logged.
 *
 * @throws ConfigError for other text.
 */
export function parseLogLevel(text: string): number {
  const match = /^(debug|info|warn|error)([+-][0-9]{1,9})?$/i.exec(text);
  if (match === null) {
    const message = `${JSON.stringify(text)} is no level: it takes debug, info, warn or error, and an offset as in info+2`;
    throw new ConfigError('GF_LOG_LEVEL', { option: 'loglevel' }, message);
  }
  return levelNumbers[match[1]!.toLowerCase() as LogLevel] + Number(match[2] ?? 0);
}

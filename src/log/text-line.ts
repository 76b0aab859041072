import { quoteWhereNeeded } from './quote.ts';

/** A line of JSON as `name=value` pairs in the order of Go's `slog`: time, level, message, fields. */
export function textLine(json: string): string {
  const { time, level, msg, ...fields } = JSON.parse(json) as Record<string, string | number | boolean | null>;
  return Object.entries({ time, level, msg, ...fields })
    .map(([name, value]) => `${quoteWhereNeeded(name)}=${quoteWhereNeeded(String(value))}`)
    .join(' ');
}

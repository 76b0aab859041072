import { escapeJson } from './quote.ts';
import type { LogLine, LogValue } from './logger.ts';

/** No line is longer, in octets with its newline (S-10). */
export const MAX_LINE = 2048;

/** What time, level, names of the fixed parts, the mark of a cut and punctuation take at most. */
const FIXED_PART = 128;
const MAX_MESSAGE = 512;
const CUT = '…';

/**
 * The message and the fields of a line, shortened so that the line is not longer than {@link MAX_LINE} in either
 * format. Values are cut where the space ends, and fields behind them left out; `truncated` says so.
 */
export function fitLine({ msg, fields = {} }: LogLine): { msg: string; fields: Record<string, LogValue> } {
  let space = MAX_LINE - FIXED_PART;
  const message = cut(msg, MAX_MESSAGE);
  space -= cost(message);
  const kept: Record<string, LogValue> = {};
  let truncated = message !== msg;
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    // Names that every object has, such as `constructor`, would be looked up in the wrong place further on.
    const name = key in Object.prototype ? `${key}_` : key;
    const left = space - cost(name) - 2;
    const fitted = typeof value === 'string' ? cut(value, left) : value;
    if (fitted !== value) truncated = true;
    if (cost(fitted) > left) {
      truncated = true;
      continue;
    }
    kept[name] = fitted;
    space = left - cost(fitted);
  }
  return { msg: message, fields: truncated ? { ...kept, truncated } : kept };
}

/** Octets of a value as escaped JSON, which is never shorter than it is in a text line. */
function cost(value: Exclude<LogValue, undefined>): number {
  return typeof value === 'string' ? Buffer.byteLength(escapeJson(JSON.stringify(value))) : String(value).length;
}

/** `text` if it costs at most `space` octets, otherwise about as much of it as does, with a mark at its end. */
function cut(text: string, space: number): string {
  if (text.length <= space && cost(text) <= space) return text;
  let low = 0;
  let high = Math.max(0, Math.min(text.length, space));
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (cost(text.slice(0, middle) + CUT) <= space) low = middle;
    else high = middle - 1;
  }
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(low - 1)) && /[\udc00-\udfff]/.test(text.charAt(low));
  return text.slice(0, splitsPair ? low - 1 : low) + CUT;
}

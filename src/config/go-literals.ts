/**
 * Values as Go's standard library reads them on a command line and in a URL query. Each function returns undefined
 * for text that Go refuses.
 */

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const uint64Max = 2n ** 64n - 1n;

/** A boolean: `1 t T TRUE true True 0 f F FALSE false False`. */
export function parseGoBool(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  return undefined;
}

/**
 * A signed integer of 64 bits with an optional base prefix (`0x`, `0o`, `0b`, or a plain `0` for octal) and
 * underscores between digits. Beyond 2^53 the nearest number that is exact is given: no setting tells them apart.
 */
export function parseGoInt(text: string): number | undefined {
  const match = /^([+-]?)(0x(?:_?[0-9a-f])+|0b(?:_?[01])+|0o?(?:_?[0-7])+|0|[1-9](?:_?[0-9])*)$/i.exec(text);
  if (match === null) return undefined;
  const digits = match[2]!.replaceAll('_', '').toLowerCase();
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = match[1] === '-' ? -magnitude : magnitude;
  return value < int64.min || value > int64.max ? undefined : exactNumber(value);
}

/** An unsigned decimal integer of 64 bits: digits only. Beyond 2^53 as {@link parseGoInt}. */
export function parseGoUint(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value > uint64Max ? undefined : exactNumber(value);
}

function exactNumber(value: bigint): number {
  if (value > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  if (value < Number.MIN_SAFE_INTEGER) return Number.MIN_SAFE_INTEGER;
  return Number(value);
}

const nanoseconds = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n], // U+00B5
  ['μs', 1_000n], // U+03BC
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/**
 * A duration, in milliseconds: one or more decimal numbers, each with a unit (`ns us µs ms s m h`), behind an optional
 * sign: `10s`, `1.5h`, `1m30s`, `-1s`. Only `0` needs no unit. At most 2^63 nanoseconds, counted in whole ones.
 */
export function parseGoDuration(text: string): number | undefined {
  const match = /^([+-]?)(0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match === null) return undefined;
  let total = 0n;
  for (const [, whole, fraction = '', unit] of match[2]!.matchAll(/([0-9]*)\.?([0-9]*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = nanoseconds.get(unit!)!;
    total += BigInt(whole || 0) * scale + (BigInt(fraction || 0) * scale) / 10n ** BigInt(fraction.length);
  }
  const negative = match[1] === '-';
  if (total > (negative ? -int64.min : int64.max)) return undefined;
  const milliseconds = Number(total / 1_000_000n) + Number(total % 1_000_000n) / 1e6;
  return negative ? -milliseconds : milliseconds;
}

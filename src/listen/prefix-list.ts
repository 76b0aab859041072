import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../config/errors.ts';
import type { ConfigPlace } from '../config/errors.ts';
import { parseAddress } from '../flow/address.ts';

/** Addresses that begin with the same bits. IPv4 in 4 octets, also where it was written IPv4-mapped (D-11). */
export interface Prefix {
  readonly octets: Uint8Array;
  readonly bits: number;
}

/** Largest file of prefixes. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Reads a list of prefixes: `10.0.0.0/8`, `2001:db8::/32`, single addresses, and `@FILE` for a file with one a line,
 * where blank lines and what follows `#` do not count.
 *
 * @param option name of the flag, for errors
 * @throws ConfigError that names the flag, or the file and line
 */
export function parsePrefixes(list: readonly string[], option: string): Prefix[] {
  return list.flatMap((text) =>
    text.startsWith('@') ? readPrefixFile(text.slice(1), option) : [parsePrefix(text, { option })],
  );
}

function readPrefixFile(file: string, option: string): Prefix[] {
  let text: string;
  try {
    if (statSync(file).size > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} octets`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError('GF_PREFIX_LIST', { option }, `@${file}: ${(error as Error).message}`, error);
  }
  return text.split('\n').flatMap((line, index) => {
    const entry = line.replace(/#.*/, '').trim();
    return entry === '' ? [] : [parsePrefix(entry, { file, line: index + 1 })];
  });
}

function parsePrefix(text: string, place: ConfigPlace): Prefix {
  const [address = '', length, ...more] = text.split('/');
  const octets = address.includes('%') ? undefined : parseAddress(address);
  if (octets === undefined || more.length > 0) {
    throw new ConfigError('GF_PREFIX_LIST', place, `${JSON.stringify(text)} is neither an address nor a prefix`);
  }
  const most = octets.length * 8;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (bits < 0 || bits > most) {
    throw new ConfigError('GF_PREFIX_LIST', place, `${JSON.stringify(text)}: the length is from 0 to ${most}`);
  }
  const plain = parseAddress(address, true)!;
  return plain.length < octets.length ? { octets: plain, bits: Math.max(0, bits - 96) } : { octets, bits };
}

/** Whether an address of `length` octets is in one of the prefixes. */
export function findPrefix(prefixes: readonly Prefix[], address: Uint8Array, length: number): boolean {
  return prefixes.some(({ octets, bits }) => octets.length === length && beginsWith(address, octets, bits));
}

function beginsWith(address: Uint8Array, prefix: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== prefix[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (address[whole]! ^ prefix[whole]!) >> (8 - rest) === 0;
}

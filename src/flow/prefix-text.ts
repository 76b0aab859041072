import { addressText, isMapped, parseAddress } from './address.ts';

/** A prefix as octets (4 or 16, those behind it zero) and its length in bits. */
export interface Prefix {
  readonly octets: Uint8Array;
  readonly length: number;
}

/** Octets `::ffff:0:0/96`: what lies in it is IPv4. */
const MAPPED_BITS = 96;

/**
 * Reads `10.0.0.0/8`, a single address, or a range `10.1.0.10-10.1.0.20`, which becomes the fewest prefixes.
 * IPv4-mapped IPv6 becomes IPv4.
 *
 * @returns a sentence for people when the text is none of these
 */
export function parsePrefixes(text: string): Prefix[] | string {
  const dash = text.indexOf('-');
  if (dash >= 0) return parseRange(text, text.slice(0, dash).trim(), text.slice(dash + 1).trim());
  const prefix = parsePrefix(text);
  return typeof prefix === 'string' ? prefix : [prefix];
}

/** Reads a prefix or a single address. */
export function parsePrefix(text: string): Prefix | string {
  const slash = text.indexOf('/');
  const octets = addressOf(slash < 0 ? text : text.slice(0, slash));
  if (octets === undefined) return `${JSON.stringify(text)} is no address, prefix or range`;
  const bits = octets.length * 8;
  if (slash < 0) return unmapped({ octets, length: bits });
  const digits = text.slice(slash + 1);
  if (!/^[0-9]{1,3}$/.test(digits) || Number(digits) > bits) {
    return `${JSON.stringify(text)} has a prefix length that is none: 0 to ${bits} are`;
  }
  const length = Number(digits);
  const network = masked(octets, length);
  if (network.some((octet, i) => octet !== octets[i])) {
    const meant = `${addressText(network, 0, network.length)}/${length}`;
    return `${JSON.stringify(text)} has bits set behind its prefix: ${meant} is the network`;
  }
  return unmapped({ octets, length });
}

/**
 * Whether a prefix contains an address of as many octets.
 *
 * @param at where the octets of the prefix begin
 */
export function prefixContains(octets: Uint8Array, at: number, length: number, address: Uint8Array): boolean {
  const whole = length >>> 3;
  for (let i = 0; i < whole; i++) if (octets[at + i] !== address[i]) return false;
  const mask = 0xff00 >>> (length & 7);
  return (length & 7) === 0 || ((octets[at + whole]! ^ address[whole]!) & mask & 0xff) === 0;
}

/** A prefix as text. */
export function prefixText({ octets, length }: Prefix): string {
  return `${addressText(octets, 0, octets.length)}/${length}`;
}

function addressOf(text: string): Uint8Array | undefined {
  return text.includes('%') ? undefined : parseAddress(text);
}

function unmapped({ octets, length }: Prefix): Prefix {
  const isIPv4 = octets.length === 16 && length >= MAPPED_BITS && isMapped(octets, 0);
  return isIPv4 ? { octets: octets.slice(12), length: length - MAPPED_BITS } : { octets, length };
}

function masked(octets: Uint8Array, length: number): Uint8Array {
  return octets.map((octet, i) => octet & (0xff00 >>> Math.min(8, Math.max(0, length - 8 * i))) & 0xff);
}

function parseRange(text: string, from: string, to: string): Prefix[] | string {
  const first = addressOf(from);
  const last = addressOf(to);
  if (first === undefined || last === undefined) return `${JSON.stringify(text)} is no range of addresses`;
  const [a, b] = [unmapped(host(first)).octets, unmapped(host(last)).octets];
  if (a.length !== b.length) return `${JSON.stringify(text)} begins and ends in different address families`;
  if (Buffer.compare(a, b) > 0) return `${JSON.stringify(text)} ends before it begins`;
  return coverRange(a, b);
}

function host(octets: Uint8Array): Prefix {
  return { octets, length: octets.length * 8 };
}

/** The fewest prefixes that hold the addresses from `first` to `last` and no other. */
function coverRange(first: Uint8Array, last: Uint8Array): Prefix[] {
  const bits = first.length * 8;
  const prefixes: Prefix[] = [];
  for (let at: Uint8Array | undefined = first; at !== undefined && Buffer.compare(at, last) <= 0;) {
    // The largest block that begins here: as many bits as are zero at the end, while it ends inside of the range.
    let length = bits;
    while (length > 0 && bitAt(at, length - 1) === 0 && Buffer.compare(endOf(at, length - 1), last) <= 0) length--;
    prefixes.push({ octets: at, length });
    at = next(endOf(at, length));
  }
  return prefixes;
}

function bitAt(octets: Uint8Array, bit: number): number {
  return (octets[bit >>> 3]! >>> (7 - (bit & 7))) & 1;
}

/** The last address of a prefix. */
function endOf(octets: Uint8Array, length: number): Uint8Array {
  return octets.map((octet, i) => octet | (0xff >>> Math.min(8, Math.max(0, length - 8 * i))));
}

/** The address after; undefined after the last one. */
function next(octets: Uint8Array): Uint8Array | undefined {
  const after = octets.slice();
  for (let i = after.length - 1; i >= 0; i--) {
    after[i] = after[i]! + 1;
    if (after[i] !== 0) return after;
  }
  return undefined;
}

import { parsePrefixes } from '../../flow/prefix-text.ts';
import type { Prefix } from '../../flow/prefix-text.ts';

/**
 * Reads what {@link parsePrefixes} reads, from octets. A plain IPv4 prefix or address, which most of bulk data is,
 * takes a tenth of the time.
 */
export function parsePrefixOctets(octets: Uint8Array, from: number, to: number): Prefix[] | string {
  const plain = plainIPv4(octets, from, to);
  return plain === undefined ? parsePrefixes(Buffer.from(octets.subarray(from, to)).toString().trim()) : [plain];
}

const DOT = 0x2e;
const SLASH = 0x2f;

/** `a.b.c.d/n` without leading zeros; undefined for anything else, right or wrong. */
function plainIPv4(octets: Uint8Array, from: number, to: number): Prefix | undefined {
  const address = new Uint8Array(4);
  let parts = 0;
  let value = 0;
  let digits = 0;
  let length = -1;
  for (let i = from; i <= to; i++) {
    const octet = i < to ? octets[i]! : -1;
    const digit = octet - 0x30;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && value === 0) return undefined;
      value = value * 10 + digit;
      if (++digits > 3) return undefined;
      continue;
    }
    if (digits === 0 || parts > 4) return undefined;
    if (parts === 4) length = value;
    else if (value > 255 || (octet === DOT) !== parts < 3) return undefined;
    else address[parts] = value;
    parts++;
    if (octet !== DOT && octet !== SLASH && octet !== -1) return undefined;
    value = digits = 0;
  }
  if (parts === 4) length = 32;
  if (parts < 4 || length > 32 || !isNetwork(address, length)) return undefined;
  return { octets: address, length };
}

function isNetwork(address: Uint8Array, length: number): boolean {
  const number = (address[0]! << 24) | (address[1]! << 16) | (address[2]! << 8) | address[3]!;
  return length === 32 || (number & (0xffffffff >>> length)) === 0;
}

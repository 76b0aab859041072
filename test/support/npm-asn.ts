import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressText, parseAddress } from '#src/flow/address.js';
import { root } from './requirements.ts';

/** A package of npm with the AS of all announced addresses, as text: npm has no database of them. */
export const npmAsnFolder = join(root, 'bench/node_modules/@ip-location-db/asn');

/** Addresses of an AS. */
export interface AsnRange {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly as: number;
}

/** Every so many-th range of the package, IPv4 and IPv6. */
export function npmAsnRanges(every: number): AsnRange[] {
  const lines = ['asn-ipv4.csv', 'asn-ipv6.csv'].flatMap((name) =>
    readFileSync(join(npmAsnFolder, name), 'utf8').trimEnd().split('\n'),
  );
  return lines
    .filter((_, i) => i % every === 0)
    .map((line) => {
      const [first, last, as] = line.split(',', 3) as [string, string, string];
      return { first: parseAddress(first)!, last: parseAddress(last)!, as: Number(as) };
    });
}

/** The networks that a range is made of: each as large as its beginning and what is left allow. */
export function networksOf({ first, last }: AsnRange): string[] {
  const bits = first.length * 8;
  const end = toNumber(last);
  const networks: string[] = [];
  for (let at = toNumber(first); at <= end;) {
    let size = 1n;
    let length = bits;
    for (; length > 0 && at % (2n * size) === 0n && at + 2n * size - 1n <= end; length--) size *= 2n;
    const octets = Buffer.from(at.toString(16).padStart(bits / 4, '0'), 'hex');
    networks.push(`${addressText(octets, 0, octets.length)}/${length}`);
    at += size;
  }
  return networks;
}

function toNumber(octets: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(octets).toString('hex')}`);
}

import { parseAddress } from '../../flow/address.ts';

/** Octets of an address as hexadecimal digits, which keys may have; undefined for what means nothing elsewhere. */
export function hexOf(address: string): string | undefined {
  if (address.includes('%')) return undefined;
  const octets = parseAddress(address);
  return octets && Buffer.from(octets).toString('hex');
}

import { parseAddress } from './address.ts';

/** Whether an address is this machine's own: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string | undefined): boolean {
  const octets = parseAddress(address ?? '', true);
  if (octets === undefined) return false;
  if (octets.length === 4) return octets[0] === 127;
  return octets[15] === 1 && octets.subarray(0, 15).every((octet) => octet === 0);
}

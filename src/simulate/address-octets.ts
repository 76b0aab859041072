import { addressText, parseAddress } from '../flow/address.ts';

/** Octets of an IPv4 (4) or IPv6 (16) address given as text. Throws when it is neither. */
export function addressOctets(text: string): Uint8Array {
  const octets = parseAddress(text);
  if (octets === undefined) throw new Error(`not an IP address: ${text}`);
  return octets;
}

/** Octets of an address of one family: 4 for IPv4, 16 for IPv6. Throws when it is of the other. */
export function addressOfFamily(text: string, length: 4 | 16): Uint8Array {
  const octets = addressOctets(text);
  if (octets.length !== length) throw new Error(`not an IPv${length === 4 ? 4 : 6} address: ${text}`);
  return octets;
}

/** The six octets of a MAC address such as `02:00:00:00:00:0a`. Throws when it is none. */
export function macOctets(text: string): Uint8Array {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) throw new Error(`not a MAC address: ${text}`);
  return Uint8Array.from(text.split(':'), (octet) => parseInt(octet, 16));
}

/** The one text of an address that RFC 5952 recommends. */
export function canonicalAddress(text: string): string {
  const octets = addressOctets(text);
  return addressText(octets, 0, octets.length);
}

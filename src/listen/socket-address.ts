import { addressText, parseAddress } from '../flow/address.ts';

/**
 * `struct sockaddr_in` and `struct sockaddr_in6` of little-endian Linux:
 *
 *     0  family, in the machine's order
 *     2  port, in network order as all of the rest
 *     4  IPv4: address           IPv6: flow label, 0
 *     8                          IPv6: address
 *     24                         IPv6: index of the interface of a link-local address, in the machine's order
 */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCKET_ADDRESS_OCTETS = 28;

/**
 * @param address without a zone
 * @param zone index of the interface; 0 for none
 */
export function encodeSocketAddress(address: string, port: number, zone = 0): Uint8Array {
  const octets = parseAddress(address)!;
  const v6 = octets.length === 16;
  const bytes = new Uint8Array(v6 ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, v6 ? AF_INET6 : AF_INET, true);
  view.setUint16(2, port);
  bytes.set(octets, v6 ? 8 : 4);
  if (v6) view.setUint32(24, zone, true);
  return bytes;
}

export function decodeSocketAddress(bytes: Uint8Array): { address: string; port: number } {
  const v6 = bytes[0] === AF_INET6;
  return { address: addressText(bytes, v6 ? 8 : 4, v6 ? 16 : 4), port: (bytes[2]! << 8) | bytes[3]! };
}

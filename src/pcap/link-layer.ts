import type { Cursor } from '../decode/cursor.ts';
import { MAX_VLAN_TAGS } from './limits.ts';

/** Network protocol of a frame, or why it has none. */
export type NetworkProtocol = 'ipv4' | 'ipv6' | 'not_ip' | 'unknown_link' | 'short';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;

/**
 * Claims the link layer header of a frame, so that the cursor is at the network header.
 *
 * @param linkType as https://www.tcpdump.org/linktypes.html numbers them
 */
export function enterFrame(cursor: Cursor, linkType: number): NetworkProtocol {
  switch (linkType) {
    case 1: // Ethernet
      return cursor.take(14) ? afterTags(cursor, cursor.u16(12)) : 'short';
    case 113: // Linux cooked: packet type, ARPHRD, address length and address, protocol
      return cursor.take(16) ? afterTags(cursor, cursor.u16(14)) : 'short';
    case 276: // Linux cooked, version 2: protocol, reserved, interface, ARPHRD, packet type, address
      return cursor.take(20) ? afterTags(cursor, cursor.u16(0)) : 'short';
    case 0: // BSD loopback: address family in the byte order of the host that captured
    case 108: // OpenBSD loopback: in network byte order
      return cursor.take(4) ? byFamily(cursor.u32(0)) : 'short';
    case 12: // raw IP; 12 and 14 are what some systems write in place of 101
    case 14:
    case 101:
      return byVersion(cursor);
    case 228:
      return 'ipv4';
    case 229:
      return 'ipv6';
    default:
      return 'unknown_link';
  }
}

/** Claims VLAN tags (IEEE 802.1Q, 802.1ad, and the older 0x9100) and looks at what is behind them. */
function afterTags(cursor: Cursor, etherType: number): NetworkProtocol {
  let type = etherType;
  for (let tags = 0; tags < MAX_VLAN_TAGS && (type === 0x8100 || type === 0x88a8 || type === 0x9100); tags++) {
    if (!cursor.take(4)) return 'short';
    type = cursor.u16(2);
  }
  return type === ETHERTYPE_IPV4 ? 'ipv4' : type === ETHERTYPE_IPV6 ? 'ipv6' : 'not_ip';
}

/** The number of IPv6 differs from system to system: BSD, Darwin, FreeBSD, Linux and Windows are known. */
function byFamily(family: number): NetworkProtocol {
  switch (family > 0xffff ? family >>> 24 : family) {
    case 2:
      return 'ipv4';
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
      return 'ipv6';
    default:
      return 'not_ip';
  }
}

function byVersion(cursor: Cursor): NetworkProtocol {
  if (cursor.left === 0) return 'short';
  const version = cursor.bytes[cursor.pos]! >> 4;
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : 'not_ip';
}

import { internetChecksum } from './checksum.ts';

/** A UDP datagram to be put in Ethernet frames. Both addresses have 4 octets (IPv4) or 16 (IPv6). */
export interface UdpFrame {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
  /** Outermost first. */
  readonly vlans?: readonly VlanTag[];
  /** Tells the fragments of one datagram from those of others: 16 bits in IPv4, 32 in IPv6. */
  readonly identification?: number;
  /** Octets of an IP packet at most, above which it is sent in fragments; without one it is sent whole. */
  readonly mtu?: number;
}

export interface VlanTag {
  /** 0x8100 (802.1Q), 0x88a8 (802.1ad) or 0x9100. */
  readonly type: number;
  /** Priority, drop eligibility and VLAN id: 16 bits. */
  readonly control: number;
}

const ETHERNET_HEADER = 14;
const UDP_HEADER = 8;
const UDP = 17;
const IPV6_FRAGMENT = 44;

/** The Ethernet frames that carry a datagram: one, or its fragments in order. All lengths and checksums are right. */
export function udpFrames(udp: UdpFrame): Uint8Array[] {
  const isV4 = udp.source.length === 4;
  if (udp.source.length !== udp.destination.length || (!isV4 && udp.source.length !== 16)) {
    throw new RangeError('two addresses of 4 or 16 octets are needed');
  }
  const segment = udpSegment(udp);
  if (segment.length > (isV4 ? 65_515 : 65_535)) throw new RangeError('the payload is too long for one datagram');
  const header = isV4 ? 20 : 40;
  const mtu = udp.mtu ?? Infinity;
  if (header + segment.length <= mtu) return [frame(udp, segment, 0, false, false)];

  const room = (mtu - header - (isV4 ? 0 : 8)) & ~7;
  if (room < 8) throw new RangeError('the MTU leaves no room for a fragment');
  const frames: Uint8Array[] = [];
  for (let at = 0; at < segment.length; at += room) {
    const end = Math.min(at + room, segment.length);
    frames.push(frame(udp, segment.subarray(at, end), at, end < segment.length, true));
  }
  return frames;
}

/** UDP header and payload. The checksum covers a pseudo header (RFC 768, RFC 8200 section 8.1). */
function udpSegment(udp: UdpFrame): Uint8Array {
  const segment = new Uint8Array(UDP_HEADER + udp.payload.length);
  const view = new DataView(segment.buffer);
  view.setUint16(0, udp.sourcePort);
  view.setUint16(2, udp.destinationPort);
  view.setUint16(4, segment.length);
  segment.set(udp.payload, UDP_HEADER);
  const pseudo = Uint8Array.of(0, UDP, segment.length >> 8, segment.length & 0xff);
  view.setUint16(6, internetChecksum(udp.source, udp.destination, pseudo, segment) || 0xffff); // 0 stands for none
  return segment;
}

function frame(udp: UdpFrame, part: Uint8Array, offset: number, more: boolean, isFragment: boolean): Uint8Array {
  const isV4 = udp.source.length === 4;
  const vlans = udp.vlans ?? [];
  const link = ETHERNET_HEADER + 4 * vlans.length;
  const network = isV4 ? 20 : isFragment ? 48 : 40;
  const octets = new Uint8Array(link + network + part.length);
  const view = new DataView(octets.buffer);
  octets.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]); // locally administered addresses
  vlans.forEach((tag, i) => {
    view.setUint16(12 + 4 * i, tag.type);
    view.setUint16(14 + 4 * i, tag.control);
  });
  view.setUint16(link - 2, isV4 ? 0x0800 : 0x86dd);
  if (isV4) putIpv4(view, link, udp, part.length, offset, more);
  else putIpv6(view, link, udp, part.length, offset, more, isFragment);
  octets.set(part, link + network);
  return octets;
}

/** RFC 791 section 3.1, without options. */
function putIpv4(view: DataView, at: number, udp: UdpFrame, length: number, offset: number, more: boolean): void {
  const header = new Uint8Array(view.buffer, at, 20);
  view.setUint8(at, 0x45);
  view.setUint16(at + 2, 20 + length);
  view.setUint16(at + 4, (udp.identification ?? 0) & 0xffff);
  view.setUint16(at + 6, (more ? 0x2000 : 0) | (offset / 8));
  view.setUint8(at + 8, 64);
  view.setUint8(at + 9, UDP);
  header.set(udp.source, 12);
  header.set(udp.destination, 16);
  view.setUint16(at + 10, internetChecksum(header));
}

/** RFC 8200 sections 3 and 4.5. */
function putIpv6(
  view: DataView,
  at: number,
  udp: UdpFrame,
  length: number,
  offset: number,
  more: boolean,
  isFragment: boolean,
): void {
  const header = new Uint8Array(view.buffer, at);
  view.setUint8(at, 0x60);
  view.setUint16(at + 4, length + (isFragment ? 8 : 0));
  view.setUint8(at + 6, isFragment ? IPV6_FRAGMENT : UDP);
  view.setUint8(at + 7, 64);
  header.set(udp.source, 8);
  header.set(udp.destination, 24);
  if (!isFragment) return;
  view.setUint8(at + 40, UDP);
  view.setUint16(at + 42, offset | (more ? 1 : 0));
  view.setUint32(at + 44, udp.identification ?? 0);
}

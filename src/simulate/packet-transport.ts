import { internetChecksum } from '../pcap/checksum.ts';
import type { Layer } from './packet.ts';
import { WireWriter } from './wire-writer.ts';

export interface TcpOptions {
  sourcePort: number;
  destinationPort: number;
  sequence?: number;
  acknowledgment?: number;
  /** CWR ECE URG ACK PSH RST SYN FIN, 0x80 to 0x01. */
  flags?: number;
  window?: number;
  urgent?: number;
  /** Option octets; padded with zeros (end of options) to a multiple of four. */
  options?: Uint8Array;
  /** Wrong on purpose: */
  headerWords?: number;
  checksum?: number;
}

/** TCP (RFC 9293 section 3.1). */
export function tcp(options: TcpOptions): Layer {
  return (inner) => {
    const optionOctets = options.options ?? new Uint8Array(0);
    const headerLength = 20 + Math.ceil(optionOctets.length / 4) * 4;
    const bytes = new WireWriter()
      .u16(options.sourcePort)
      .u16(options.destinationPort)
      .u32(options.sequence ?? 1)
      .u32(options.acknowledgment ?? 0)
      .u8((options.headerWords ?? headerLength / 4) << 4)
      .u8(options.flags ?? 0x10)
      .u16(options.window ?? 65_535)
      .u16(options.checksum ?? 0)
      .u16(options.urgent ?? 0)
      .bytes(optionOctets)
      .align(4)
      .bytes(inner.bytes)
      .finish();
    return { bytes, etherType: 0, protocol: 6, ...pending(options.checksum, 16, 6) };
  };
}

export interface UdpOptions {
  sourcePort: number;
  destinationPort: number;
  /** Wrong on purpose: */
  length?: number;
  checksum?: number;
}

/** UDP (RFC 768). */
export function udp(options: UdpOptions): Layer {
  return (inner) => ({
    bytes: new WireWriter()
      .u16(options.sourcePort)
      .u16(options.destinationPort)
      .u16(options.length ?? 8 + inner.bytes.length)
      .u16(options.checksum ?? 0)
      .bytes(inner.bytes)
      .finish(),
    etherType: 0,
    protocol: 17,
    ...pending(options.checksum, 6, 17),
  });
}

export interface IcmpOptions {
  type: number;
  code?: number;
  /** The 32 bits after the checksum: identifier and sequence number of an echo. */
  rest?: number;
  checksum?: number;
}

/** ICMP (RFC 792). */
export function icmp(options: IcmpOptions): Layer {
  return (inner) => {
    const writer = icmpMessage(options).bytes(inner.bytes);
    if (options.checksum === undefined) writer.patchU16(2, internetChecksum(writer.finish()));
    return { bytes: writer.finish(), etherType: 0, protocol: 1 };
  };
}

/** ICMPv6 (RFC 4443 section 2.1). */
export function icmpv6(options: IcmpOptions): Layer {
  return (inner) => ({
    bytes: icmpMessage(options).bytes(inner.bytes).finish(),
    etherType: 0,
    protocol: 58,
    ...pending(options.checksum, 2, 58),
  });
}

function icmpMessage(options: IcmpOptions): WireWriter {
  return new WireWriter()
    .u8(options.type)
    .u8(options.code ?? 0)
    .u16(options.checksum ?? 0)
    .u32(options.rest ?? 0);
}

/** A checksum to be filled in by the IP header, unless the caller gave one. */
function pending(given: number | undefined, at: number, protocol: number) {
  return given === undefined ? { checksum: { at, from: 0, protocol } } : {};
}

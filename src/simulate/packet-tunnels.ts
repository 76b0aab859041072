import type { Layer } from './packet.ts';
import { addressOfFamily } from './address-octets.ts';
import { internetChecksum } from '../pcap/checksum.ts';
import { WireWriter } from './wire-writer.ts';

export interface GreOptions {
  /** Whether the checksum field is there (C). */
  withChecksum?: boolean;
  key?: number;
  sequence?: number;
  version?: number;
  /** EtherType of what follows. */
  etherType?: number;
  /** Wrong on purpose: */
  checksum?: number;
}

/** GRE with its optional fields (RFC 2784 section 2, RFC 2890 section 2). */
export function gre(options: GreOptions = {}): Layer {
  return (inner) => {
    const withChecksum = options.withChecksum === true || options.checksum !== undefined;
    const flags =
      (withChecksum ? 0x8000 : 0) |
      (options.key === undefined ? 0 : 0x2000) |
      (options.sequence === undefined ? 0 : 0x1000) |
      (options.version ?? 0);
    const writer = new WireWriter().u16(flags).u16(options.etherType ?? inner.etherType);
    if (withChecksum) writer.u32(0);
    if (options.key !== undefined) writer.u32(options.key);
    if (options.sequence !== undefined) writer.u32(options.sequence);
    writer.bytes(inner.bytes);
    if (withChecksum) writer.patchU16(4, options.checksum ?? internetChecksum(writer.finish()));
    return { bytes: writer.finish(), etherType: 0, protocol: 47 };
  };
}

/** VXLAN (RFC 7348 section 5); carried by UDP to port 4789. */
export function vxlan(vni: number, flags = 0x08): Layer {
  return (inner) => ({
    bytes: new WireWriter().u8(flags).u24(0).u24(vni).u8(0).bytes(inner.bytes).finish(),
    etherType: 0,
    protocol: 0,
  });
}

export interface GeneveOptions {
  vni: number;
  /** Option octets, a multiple of four. */
  options?: Uint8Array;
  critical?: boolean;
  etherType?: number;
  /** Wrong on purpose: in units of four octets. */
  optionWords?: number;
}

/** Geneve (RFC 8926 section 3.4); carried by UDP to port 6081. */
export function geneve(options: GeneveOptions): Layer {
  return (inner) => {
    const optionOctets = options.options ?? new Uint8Array(0);
    const bytes = new WireWriter()
      .u8(options.optionWords ?? optionOctets.length / 4)
      .u8(options.critical === true ? 0x40 : 0)
      .u16(options.etherType ?? inner.etherType)
      .u24(options.vni)
      .u8(0)
      .bytes(optionOctets)
      .bytes(inner.bytes)
      .finish();
    return { bytes, etherType: 0, protocol: 0 };
  };
}

/** A Teredo origin indication (RFC 4380 section 5.1.1) in front of an IPv6 packet; plain Teredo has no header. */
export function teredoOrigin(address: string, port: number): Layer {
  const hidden = addressOfFamily(address, 4).map((octet) => ~octet); // port and address are sent inverted
  return (inner) => ({
    bytes: new WireWriter().u16(0).u16(~port).bytes(hidden).bytes(inner.bytes).finish(),
    etherType: 0,
    protocol: 0,
  });
}

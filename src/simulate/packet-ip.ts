import { addressOfFamily } from './address-octets.ts';
import { internetChecksum } from '../pcap/checksum.ts';
import type { EncodedLayer, Layer } from './packet.ts';
import { WireWriter } from './wire-writer.ts';

export interface IPv4Options {
  source: string;
  destination: string;
  tos?: number;
  ttl?: number;
  identification?: number;
  /** The top three bits of the fragment word: 2 = do not fragment, 1 = more fragments. */
  flags?: number;
  /** In units of 8 octets. */
  fragmentOffset?: number;
  /** Option octets; padded with zeros to a multiple of four. */
  options?: Uint8Array;
  /** Wrong on purpose: */
  version?: number;
  headerWords?: number;
  totalLength?: number;
  protocol?: number;
  checksum?: number;
}

/** IPv4 (RFC 791 section 3.1). */
export function ipv4(options: IPv4Options): Layer {
  return (inner) => {
    const source = addressOfFamily(options.source, 4);
    const destination = addressOfFamily(options.destination, 4);
    const optionOctets = options.options ?? new Uint8Array(0);
    const headerLength = 20 + Math.ceil(optionOctets.length / 4) * 4;
    const header = new WireWriter()
      .u8(((options.version ?? 4) << 4) | (options.headerWords ?? headerLength / 4))
      .u8(options.tos ?? 0)
      .u16(options.totalLength ?? headerLength + inner.bytes.length)
      .u16(options.identification ?? 0)
      .u16(((options.flags ?? 0) << 13) | (options.fragmentOffset ?? 0))
      .u8(options.ttl ?? 64)
      .u8(options.protocol ?? inner.protocol)
      .u16(0)
      .bytes(source)
      .bytes(destination)
      .bytes(optionOctets)
      .align(4);
    header.patchU16(10, options.checksum ?? internetChecksum(header.finish()));
    const bytes = header.bytes(withChecksum(inner, source, destination)).finish();
    return { bytes, etherType: 0x0800, protocol: 4 };
  };
}

export interface IPv6Options {
  source: string;
  destination: string;
  trafficClass?: number;
  flowLabel?: number;
  hopLimit?: number;
  /** Wrong on purpose: */
  version?: number;
  payloadLength?: number;
  nextHeader?: number;
}

/** The fixed header of IPv6 (RFC 8200 section 3). */
export function ipv6(options: IPv6Options): Layer {
  return (inner) => {
    const source = addressOfFamily(options.source, 16);
    const destination = addressOfFamily(options.destination, 16);
    const bytes = new WireWriter()
      .u8(((options.version ?? 6) << 4) | ((options.trafficClass ?? 0) >> 4))
      .u24(((options.trafficClass ?? 0) << 20) | (options.flowLabel ?? 0))
      .u16(options.payloadLength ?? inner.bytes.length)
      .u8(options.nextHeader ?? inner.protocol)
      .u8(options.hopLimit ?? 64)
      .bytes(source)
      .bytes(destination)
      .bytes(withChecksum(inner, source, destination))
      .finish();
    return { bytes, etherType: 0x86dd, protocol: 41 };
  };
}

/** The octets of a layer with its checksum filled in. */
function withChecksum(inner: EncodedLayer, source: Uint8Array, destination: Uint8Array): Uint8Array {
  const pending = inner.checksum;
  if (pending === undefined) return inner.bytes;
  const covered = inner.bytes.subarray(pending.from);
  const pseudo = new WireWriter().bytes(source).bytes(pending.destination ?? destination);
  if (source.length === 4) pseudo.u8(0).u8(pending.protocol).u16(covered.length);
  else pseudo.u32(covered.length).u32(pending.protocol);
  const sum = internetChecksum(pseudo.finish(), covered);
  // UDP sends 0 as 0xffff, since 0 says that there is no checksum (RFC 768)
  const patched = inner.bytes.slice();
  new DataView(patched.buffer).setUint16(pending.at, sum === 0 && pending.protocol === 17 ? 0xffff : sum);
  return patched;
}

/**
 * Cuts an IPv4 packet into fragments whose total length is at most `mtu` (RFC 791 section 3.2). Options are copied to
 * the first fragment only.
 */
export function fragmentIPv4(whole: Uint8Array, mtu: number): Uint8Array[] {
  const headerLength = (whole[0]! & 15) * 4;
  const payload = whole.subarray(headerLength);
  const fragments: Uint8Array[] = [];
  for (let offset = 0; offset < payload.length;) {
    const header = whole.slice(0, fragments.length === 0 ? headerLength : 20);
    header[0] = 0x40 | (header.length / 4);
    const size = Math.min(payload.length - offset, (mtu - header.length) & ~7);
    if (size <= 0) throw new RangeError(`no room for a fragment in ${mtu} octets`);
    const more = offset + size < payload.length;
    const view = new DataView(header.buffer);
    view.setUint16(2, header.length + size);
    view.setUint16(6, (more ? 0x2000 : 0) | (offset / 8));
    view.setUint16(10, 0);
    view.setUint16(10, internetChecksum(header));
    fragments.push(
      new WireWriter()
        .bytes(header)
        .bytes(payload.subarray(offset, offset + size))
        .finish(),
    );
    offset += size;
  }
  return fragments;
}

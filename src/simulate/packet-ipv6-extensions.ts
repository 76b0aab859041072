import { addressOfFamily } from './address-octets.ts';
import { shifted } from './packet.ts';
import type { EncodedLayer, Layer } from './packet.ts';
import { WireWriter } from './wire-writer.ts';

/** An extension header in front of what it announces. */
function extension(inner: EncodedLayer, protocol: number, header: Uint8Array): EncodedLayer {
  return {
    bytes: new WireWriter().bytes(header).bytes(inner.bytes).finish(),
    etherType: 0,
    protocol,
    ...shifted(inner.checksum, header.length),
  };
}

/** Options, ended by padding options so that the header is a multiple of 8 octets (RFC 8200 section 4.2). */
function optionsHeader(protocol: number, options: Uint8Array): Layer {
  return (inner) => {
    const padding = 7 - ((options.length + 1) % 8);
    const writer = new WireWriter()
      .u8(inner.protocol)
      .u8((options.length + 2 + padding) / 8 - 1)
      .bytes(options);
    if (padding === 1) writer.u8(0);
    if (padding > 1)
      writer
        .u8(1)
        .u8(padding - 2)
        .zeros(padding - 2);
    return extension(inner, protocol, writer.finish());
  };
}

/** Hop-by-hop options (RFC 8200 section 4.3). `options`: type, length and data of each, back to back. */
export function hopByHop(options: Uint8Array = new Uint8Array(0)): Layer {
  return optionsHeader(0, options);
}

/** Destination options (RFC 8200 section 4.6). */
export function destinationOptions(options: Uint8Array = new Uint8Array(0)): Layer {
  return optionsHeader(60, options);
}

export interface SegmentRoutingOptions {
  /** Segment list: the last segment of the path first. */
  segments: readonly string[];
  segmentsLeft: number;
  tag?: number;
  /** Type-length-value objects; a multiple of 8 octets together. */
  tlvs?: Uint8Array;
  /** Wrong on purpose: */
  lastEntry?: number;
  headerWords?: number;
}

/** Segment routing header (RFC 8754 section 2). */
export function segmentRouting(options: SegmentRoutingOptions): Layer {
  return (inner) => {
    const segments = options.segments.map((segment) => addressOfFamily(segment, 16));
    const tlvs = options.tlvs ?? new Uint8Array(0);
    const writer = new WireWriter()
      .u8(inner.protocol)
      .u8(options.headerWords ?? segments.length * 2 + tlvs.length / 8)
      .u8(4)
      .u8(options.segmentsLeft)
      .u8(options.lastEntry ?? segments.length - 1)
      .u8(0)
      .u16(options.tag ?? 0);
    for (const segment of segments) writer.bytes(segment);
    const encoded = extension(inner, 43, writer.bytes(tlvs).finish());
    if (encoded.checksum === undefined || options.segmentsLeft === 0 || segments.length === 0) return encoded;
    return { ...encoded, checksum: { ...encoded.checksum, destination: segments[0]! } };
  };
}

/** Fragment header (RFC 8200 section 4.5); `offset` in units of 8 octets. A later fragment carries plain `data`. */
export function ipv6Fragment(options: { identification: number; offset?: number; more?: boolean }): Layer {
  return (inner) =>
    extension(
      inner,
      44,
      new WireWriter()
        .u8(inner.protocol)
        .u8(0)
        .u16(((options.offset ?? 0) << 3) | (options.more === true ? 1 : 0))
        .u32(options.identification)
        .finish(),
    );
}

/** Authentication header (RFC 4302 section 2); the check value is a multiple of 4 octets. */
export function authentication(options: { spi: number; sequence: number; checkValue?: Uint8Array }): Layer {
  return (inner) => {
    const checkValue = options.checkValue ?? new Uint8Array(12);
    const header = new WireWriter()
      .u8(inner.protocol)
      .u8((12 + checkValue.length) / 4 - 2)
      .u16(0)
      .u32(options.spi)
      .u32(options.sequence)
      .bytes(checkValue);
    return extension(inner, 51, header.finish());
  };
}

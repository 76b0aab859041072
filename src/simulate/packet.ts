/**
 * Packets as stacks of layers: `packet(ethernet({...}), vlan({...}), ipv4({...}), udp({...}), data(bytes))`.
 *
 * Layers are encoded from the innermost outwards, so that each header knows what it carries: the next-header field,
 * lengths and checksums come out right by themselves. A layer takes any of them as an option too, for a packet that
 * is wrong on purpose.
 */

/** What a layer hands to the layer around it. */
export interface EncodedLayer {
  readonly bytes: Uint8Array;
  /** How an Ethernet-like header announces it. */
  readonly etherType: number;
  /** How an IP header announces it. */
  readonly protocol: number;
  /** A checksum that covers addresses of the IP header around it, to be filled in there. */
  readonly checksum?: PendingChecksum;
}

/** A transport checksum that waits for its pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1). */
export interface PendingChecksum {
  /** Where the checksum stands in `EncodedLayer.bytes`; it is zero until then. */
  readonly at: number;
  /** First octet that it covers: the transport header. */
  readonly from: number;
  readonly protocol: number;
  /** Where the packet goes in the end, when a routing header says so. */
  readonly destination?: Uint8Array;
}

/** One header; `inner` is everything behind it. */
export type Layer = (inner: EncodedLayer) => EncodedLayer;

/** IP protocol 59: nothing follows (RFC 8200 section 4.7). */
const nothing: EncodedLayer = { bytes: new Uint8Array(0), etherType: 0, protocol: 59 };

/** The octets of a packet, outermost layer first. */
export function packet(...layers: readonly Layer[]): Uint8Array {
  return layers.reduceRight((inner, layer) => layer(inner), nothing).bytes;
}

/** Octets that are no header: payload, or a protocol that has no layer here (give its numbers). */
export function data(bytes: Uint8Array, protocol = 59, etherType = 0): Layer {
  return () => ({ bytes, etherType, protocol });
}

/** The same pending checksum after `octets` more were put in front. */
export function shifted(checksum: PendingChecksum | undefined, octets: number): { checksum?: PendingChecksum } {
  if (checksum === undefined) return {};
  return { checksum: { ...checksum, at: checksum.at + octets, from: checksum.from + octets } };
}

import { concatenate, WireWriter } from './wire-writer.ts';

/** The header of 16 octets. */
export interface IpfixHeader {
  exportSeconds: number;
  /** Data records of this domain that were exported before this message. */
  sequence: number;
  domain: number;
  /** Wrong on purpose: */
  version?: number;
  length?: number;
}

/** An IPFIX message (RFC 7011 section 3.1); `sets` as `encodeSet` gives them. */
export function encodeIpfix(header: IpfixHeader, sets: readonly Uint8Array[]): Uint8Array {
  const body = concatenate(sets);
  return new WireWriter()
    .u16(header.version ?? 10)
    .u16(header.length ?? 16 + body.length)
    .u32(header.exportSeconds)
    .u32(header.sequence)
    .u32(header.domain)
    .bytes(body)
    .finish();
}

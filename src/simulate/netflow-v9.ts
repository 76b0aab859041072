import { concatenate, WireWriter } from './wire-writer.ts';

/** The header of 20 octets. */
export interface NetFlowV9Header {
  sysUptimeMs: number;
  unixSeconds: number;
  /** Datagrams of this source id that were exported before this one. */
  sequence: number;
  sourceId: number;
  /** Records of all sets: templates, options templates and data. */
  count: number;
  /** Wrong on purpose: */
  version?: number;
}

/** A NetFlow v9 datagram (RFC 3954 section 5.1); `sets` as `encodeSet` gives them. */
export function encodeNetFlowV9(header: NetFlowV9Header, sets: readonly Uint8Array[]): Uint8Array {
  return new WireWriter()
    .u16(header.version ?? 9)
    .u16(header.count)
    .u32(header.sysUptimeMs)
    .u32(header.unixSeconds)
    .u32(header.sequence)
    .u32(header.sourceId)
    .bytes(concatenate(sets))
    .finish();
}

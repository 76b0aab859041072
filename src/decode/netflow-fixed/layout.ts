/**
 * The versions of NetFlow whose records have a fixed form (Cisco, NetFlow Export Datagram Format): a header, then
 * records, all of one length. They have most of both in common:
 *
 *     header  version 2 octets; count 2; sysUptime 4, milliseconds; unix_secs 4; unix_nsecs 4 (v1 ends here)
 *             flow_sequence 4; v5: engine_type 1, engine_id 1, sampling mode 2 bits, interval 14 bits; v7: reserved 4
 *     record  0 srcaddr      4 dstaddr      8 nexthop     12 input 2    14 output 2
 *            16 dPkts       20 dOctets     24 first       28 last       (sysUptime in milliseconds)
 *            32 srcport 2   34 dstport 2   38 prot 1      39 tos 1
 *        v1  36 pad 2       40 tcp_flags 1 41 pad 3       44 reserved 4
 *        v5  36 pad 1       37 tcp_flags 1 40 src_as 2    42 dst_as 2   44 src_mask 1  45 dst_mask 1  46 pad 2
 *        v7  as v5, with flags in both pads, and 48 router_sc 4
 */
export interface FixedLayout {
  readonly version: FixedVersion;
  readonly kind: FixedKind;
  readonly headerLength: number;
  readonly recordLength: number;
  /** Most records that a datagram may have by the format. */
  readonly maxRecords: number;
  readonly tcpFlagsAt: number;
  /** Whether records have AS numbers and prefix lengths, and headers a sequence number. */
  readonly routing: boolean;
}

export type FixedVersion = 1 | 5 | 7;
export type FixedKind = 'netflow_v1' | 'netflow_v5' | 'netflow_v7';

const v5: FixedLayout = {
  version: 5,
  kind: 'netflow_v5',
  headerLength: 24,
  recordLength: 48,
  maxRecords: 30,
  tcpFlagsAt: 37,
  routing: true,
};
const v1: FixedLayout = {
  version: 1,
  kind: 'netflow_v1',
  headerLength: 16,
  recordLength: 48,
  maxRecords: 24,
  tcpFlagsAt: 40,
  routing: false,
};
const v7: FixedLayout = { ...v5, version: 7, kind: 'netflow_v7', recordLength: 52, maxRecords: 28 };

/** The layout of a version; undefined for versions that have no fixed form, or are not decoded (6, 8). */
export function fixedLayout(version: number): FixedLayout | undefined {
  if (version === 5) return v5;
  return version === 7 ? v7 : version === 1 ? v1 : undefined;
}

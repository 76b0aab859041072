/**
 * NetFlow v5 (Cisco, NetFlow Export Datagram Format): a header and up to 30 records, all of fixed length.
 */

/**
 *     version 2 octets; count 2; sysUptime 4, milliseconds; unix_secs 4; unix_nsecs 4
 *     flow_sequence 4; engine_type 1; engine_id 1; sampling mode 2 bits, interval 14 bits
 */
export const HEADER_LENGTH = 24;

/** See {@link file://../../produce/netflow-v5.ts} for its members. */
export const RECORD_LENGTH = 48;

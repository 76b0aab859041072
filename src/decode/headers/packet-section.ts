import type { FlowRecord } from '../../flow/flow-record.ts';
import { ethernet } from './ethernet.ts';
import type { HeaderParser } from './header-parser.ts';
import { ipv4 } from './ipv4.ts';
import { ipv6 } from './ipv6.ts';

/**
 * Reads an Ethernet frame, or the beginning of one, that stands between `start` and `end` of `bytes`.
 */
export function readFrame(
  flow: FlowRecord,
  headers: HeaderParser,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  headers.parse(flow, ethernet, bytes, view, start, end);
}

/**
 * Reads an IP packet, or the beginning of one; its first four bits are the version.
 *
 * @returns the length of the whole packet by its header; 0 where there is no IP header
 */
export function readIpPacket(
  flow: FlowRecord,
  headers: HeaderParser,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number {
  const version = end > start ? bytes[start]! >>> 4 : 0;
  if (version === 4 && end - start >= ipv4.minimum) {
    headers.parse(flow, ipv4, bytes, view, start, end);
    return (bytes[start + 2]! << 8) | bytes[start + 3]!;
  }
  if (version === 6 && end - start >= ipv6.minimum) {
    headers.parse(flow, ipv6, bytes, view, start, end);
    return ipv6.minimum + ((bytes[start + 4]! << 8) | bytes[start + 5]!);
  }
  return 0;
}

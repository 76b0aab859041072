import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';

const BYTES = slotOf('bytes');
const SRC_ADDR = slotOf('src_addr');
const DST_ADDR = slotOf('dst_addr');
const ETYPE = slotOf('etype');
const PROTO = slotOf('proto');
const SRC_PORT = slotOf('src_port');
const DST_PORT = slotOf('dst_port');
const TCP_FLAGS = slotOf('tcp_flags');
const IP_TOS = slotOf('ip_tos');

/**
 * Format 3:
 *
 *     sampled_ipv4 { length; protocol; src_ip[4]; dst_ip[4]; src_port; dst_port; tcp_flags; tos }
 *
 * @returns false when the record is too short
 */
export function readSampledIpv4(flow: FlowRecord, body: Cursor): boolean {
  if (!body.take(32)) return false;
  flow.setIPv4(SRC_ADDR, body.view, body.at + 8);
  flow.setIPv4(DST_ADDR, body.view, body.at + 12);
  flow.words[ETYPE] = 0x0800;
  readCommon(flow, body, 16);
  return true;
}

/**
 * Format 4:
 *
 *     sampled_ipv6 { length; protocol; src_ip[16]; dst_ip[16]; src_port; dst_port; tcp_flags; priority }
 *
 * @returns false when the record is too short
 */
export function readSampledIpv6(flow: FlowRecord, body: Cursor): boolean {
  if (!body.take(56)) return false;
  flow.setIPv6(SRC_ADDR, body.view, body.at + 8);
  flow.setIPv6(DST_ADDR, body.view, body.at + 24);
  flow.words[ETYPE] = 0x86dd;
  readCommon(flow, body, 40);
  return true;
}

/** The members around the addresses; `ports` is the offset of the first one after them. */
function readCommon({ words }: FlowRecord, body: Cursor, ports: number): void {
  words[BYTES] = body.u32(0);
  words[BYTES + 1] = 0;
  words[PROTO] = body.u32(4);
  words[SRC_PORT] = body.u32(ports);
  words[DST_PORT] = body.u32(ports + 4);
  words[TCP_FLAGS] = body.u32(ports + 8);
  words[IP_TOS] = body.u32(ports + 12);
}

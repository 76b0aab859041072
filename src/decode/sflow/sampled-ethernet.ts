import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';

const BYTES = slotOf('bytes');
const SRC_MAC = slotOf('src_mac');
const DST_MAC = slotOf('dst_mac');
const ETYPE = slotOf('etype');

/**
 * Format 2:
 *
 *     sampled_ethernet { length; src_mac[6]; dst_mac[6]; type }
 *
 * XDR pads each address to 8 octets, which makes 24; exporters that do not pad send 20. The length of the record tells.
 *
 * @returns false when the record is too short
 */
export function readSampledEthernet(flow: FlowRecord, body: Cursor): boolean {
  const stride = body.left < 24 ? 6 : 8;
  if (!body.take(8 + 2 * stride)) return false;
  const { words } = flow;
  words[BYTES] = body.u32(0);
  words[BYTES + 1] = 0;
  words[SRC_MAC + 1] = body.u16(4);
  words[SRC_MAC] = body.u32(6);
  words[DST_MAC + 1] = body.u16(4 + stride);
  words[DST_MAC] = body.u32(6 + stride);
  words[ETYPE] = body.u32(4 + 2 * stride);
  return true;
}

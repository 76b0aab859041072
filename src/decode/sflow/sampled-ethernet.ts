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
 * A sampled header or IP packet beside it knows more of the packet, in whatever order they stand: its length and type
 * are only taken where none of those has filled the columns.
 *
 * @returns false when the record is too short
 */
export function readSampledEthernet(flow: FlowRecord, body: Cursor): boolean {
  const stride = body.left < 24 ? 6 : 8;
  if (!body.take(8 + 2 * stride)) return false;
  const { words } = flow;
  if (words[BYTES] === 0) words[BYTES] = body.u32(0);
  words[SRC_MAC + 1] = body.u16(4);
  words[SRC_MAC] = body.u32(6);
  words[DST_MAC + 1] = body.u16(4 + stride);
  words[DST_MAC] = body.u32(6 + stride);
  if (words[ETYPE] === 0) words[ETYPE] = body.u32(4 + 2 * stride);
  return true;
}

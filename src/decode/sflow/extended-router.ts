import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';
import { putAddress, takeAddress } from './address.ts';

const NEXT_HOP = slotOf('next_hop');
const SRC_NET = slotOf('src_net');
const DST_NET = slotOf('dst_net');

/**
 * Format 1002:
 *
 *     extended_router { nexthop address; src_mask_len; dst_mask_len }
 *
 * @returns false when the record is too short
 */
export function readExtendedRouter(flow: FlowRecord, body: Cursor): boolean {
  const length = takeAddress(body);
  const nextHop = body.at;
  if (length < 0 || !body.take(8)) return false;
  putAddress(flow, NEXT_HOP, body, nextHop, length);
  flow.words[SRC_NET] = body.u32(0);
  flow.words[DST_NET] = body.u32(4);
  return true;
}

import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';

const SRC_VLAN = slotOf('src_vlan');
const DST_VLAN = slotOf('dst_vlan');

/**
 * Format 1001:
 *
 *     extended_switch { src_vlan; src_priority; dst_vlan; dst_priority }
 *
 * @returns false when the record is too short
 */
export function readExtendedSwitch({ words }: FlowRecord, body: Cursor): boolean {
  if (!body.take(16)) return false;
  words[SRC_VLAN] = body.u32(0);
  words[DST_VLAN] = body.u32(8);
  return true;
}

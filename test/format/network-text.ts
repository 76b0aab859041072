import { addressText } from '#src/flow/address.js';
import { slotOf } from '#src/flow/fields.js';
import type { ColumnName } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';

/** The network of an address as text, masked an octet at a time. */
export function networkText(flow: FlowRecord, address: ColumnName, length: ColumnName): string {
  const octets = flow.address(slotOf(address));
  const bits = flow.words[slotOf(length)]!;
  if (octets.length === 0 || bits > octets.length * 8) return 'invalid Prefix';
  const masked = octets.map((octet, i) => octet & (0xff00 >> Math.min(Math.max(bits - 8 * i, 0), 8)));
  return `${addressText(masked, 0, masked.length)}/${bits}`;
}

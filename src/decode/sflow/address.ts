import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';
import { AddressType } from './formats.ts';

/** Length of an address by its type; -1 for types that do not exist. */
function addressLength(type: number): number {
  switch (type) {
    case AddressType.unknown:
      return 0;
    case AddressType.ipv4:
      return 4;
    case AddressType.ipv6:
      return 16;
    default:
      return -1;
  }
}

/**
 * Claims an address, which is 4 octets of type and as many as the type says:
 *
 *     address { type 0: unknown, no octets; 1: IPv4, 4 octets; 2: IPv6, 16 octets }
 *
 * @returns its length, 0, 4 or 16, with the octets claimed; -1 when the type does not exist or too few octets are left
 */
export function takeAddress(body: Cursor): number {
  if (!body.take(4)) return -1;
  const length = addressLength(body.u32(0));
  return length >= 0 && body.take(length) ? length : -1;
}

/** Fills an address column; one of no octets leaves it empty. */
export function putAddress(flow: FlowRecord, slot: number, body: Cursor, at: number, length: number): void {
  if (length === 4) flow.setIPv4(slot, body.view, at);
  else if (length === 16) flow.setIPv6(slot, body.view, at);
}

import { slotOf } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { Datagram } from '../listen/datagram.ts';

const TYPE = slotOf('type');
const TIME_RECEIVED = slotOf('time_received_ns');
const SEQUENCE = slotOf('sequence_num');

/**
 * Fills the columns that all flows of a datagram share. A producer does this once a datagram, adds what its protocol has
 * in the header, the same columns each time, and begins each flow as a copy of it.
 *
 * @param type a value of {@link file://../flow/fields.ts} `FlowType`
 */
export function putDatagramColumns(base: FlowRecord, datagram: Datagram, type: number, sequence: number): void {
  const { words } = base;
  words[TYPE] = type;
  words[TIME_RECEIVED] = datagram.received[0]!;
  words[TIME_RECEIVED + 1] = datagram.received[1]!;
  words[SEQUENCE] = sequence;
}

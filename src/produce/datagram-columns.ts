import { slotOf } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { Datagram, Source } from '../listen/datagram.ts';

const TYPE = slotOf('type');
const TIME_RECEIVED = slotOf('time_received_ns');
const SEQUENCE = slotOf('sequence_num');
const SAMPLER_ADDRESS = slotOf('sampler_address');

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

/** The exporter is whom a datagram comes from, where its protocol does not tell. */
export function putSource({ words }: FlowRecord, source: Source): void {
  words[SAMPLER_ADDRESS] = source.word0;
  words[SAMPLER_ADDRESS + 1] = source.word1;
  words[SAMPLER_ADDRESS + 2] = source.word2;
  words[SAMPLER_ADDRESS + 3] = source.word3;
  words[SAMPLER_ADDRESS + 4] = source.length;
}

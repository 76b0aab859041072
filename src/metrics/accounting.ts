import type { Counters } from './counters.ts';

/** What is on its way at the moment of a snapshot. */
export interface Levels {
  /** Data sets held for their template. */
  readonly pendingSets: number;
  /** Flow messages in batch buffers and with the output. */
  readonly flowsInFlight: number;
}

/** One identity of the books: both sides, and what is missing. */
export interface Balance {
  readonly identity: 'I2' | 'I3' | 'I4' | 'I5';
  readonly says: string;
  readonly left: number;
  readonly right: number;
  readonly imbalance: number;
}

/**
 * The books: every unit that came in was delivered, is on its way or was lost under a named reason. The imbalance is
 * 0 whenever nothing is being worked on.
 */
export function balance(counters: Counters, levels: Levels): Balance[] {
  const get = counters.get.bind(counters);
  const total = counters.total.bind(counters);
  const entry = (identity: Balance['identity'], says: string, left: number, right: number): Balance => {
    return { identity, says, left, right, imbalance: left - right };
  };
  const sets = get('sets_template') + get('sets_options_template') + get('sets_data') + get('sets_options_data');
  const samples = get('samples_flow') + get('samples_counters') + get('samples_drop');
  return [
    entry(
      'I2',
      'datagrams received = decoded + failed + dropped',
      get('datagrams_received'),
      get('datagrams_decoded') + total('datagrams_failed') + total('datagrams_dropped'),
    ),
    entry(
      'I3',
      'sets and samples received = decoded by kind + skipped + held for a template',
      get('sets_received'),
      sets + samples + total('sets_skipped') + levels.pendingSets,
    ),
    entry(
      'I4',
      'records decoded = flows produced, or in raw messages + records dropped',
      get('records_decoded'),
      get('flows_produced') - get('raw_messages') + get('raw_records') + total('records_dropped'),
    ),
    entry(
      'I5',
      'flows produced = delivered + dropped + in flight',
      get('flows_produced'),
      get('flows_delivered') + total('flows_dropped') + levels.flowsInFlight,
    ),
  ];
}

import type { Counters } from '../metrics/counters.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** Why what a worker had in its hands is lost. */
export type Lost = 'worker_crash' | 'worker_timeout' | 'shutdown';

/**
 * Closes the books of a worker that is no more: what it had received and neither handed over nor counted as dropped
 * is counted under `reason`, together with everything that it had counted itself.
 */
export function settleLost(worker: WorkerHandle, into: Counters, reason: Lost): void {
  const { counters } = worker;
  const get = counters.get.bind(counters);
  const unread = Math.max(0, get('datagrams_read') - get('datagrams_received'));
  const open =
    get('datagrams_received') -
    get('datagrams_decoded') -
    counters.total('datagrams_failed') -
    counters.total('datagrams_dropped');
  const decodedSets = get('sets_template') + get('sets_options_template') + get('sets_data') + get('sets_options_data');
  const samples = get('samples_flow') + get('samples_counters') + get('samples_drop');
  const givenUp = get('sets_skipped:no_template_expired') + get('sets_skipped:no_template_evicted');
  const held = get('pending_in') - get('pending_replayed') - givenUp;
  const sets = get('sets_received') - decodedSets - samples - counters.total('sets_skipped') - held;
  const produced = get('flows_produced') - get('raw_messages') + get('raw_records');
  const records = get('records_decoded') - produced - counters.total('records_dropped');
  into.merge(counters);
  into.add('datagrams_received', unread);
  into.add(`datagrams_dropped:${reason}`, unread + open);
  into.add(`sets_skipped:${reason}`, sets);
  into.add('sets_skipped:no_template_evicted', held);
  into.add(`records_dropped:${reason}`, records);
  into.add(`flows_dropped:${reason === 'shutdown' ? 'shutdown_timeout' : reason}`, worker.flowsNotReceived);
}

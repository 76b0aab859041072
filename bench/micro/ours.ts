import { defaultTemplateSettings } from '#src/decode/templates/build-store.js';
import { Datagram, Source } from '#src/listen/datagram.js';
import { MutedLog } from '#src/log/mute.js';
import { Counters } from '#src/metrics/counters.js';
import { BatchPool } from '#src/pipeline/batch-pool.js';
import { Chain } from '#src/pipeline/chain.js';
import { Problems } from '#src/pipeline/problems.js';
import type { Contestant } from './contestant.ts';

/** The collector's own chain, from datagrams to a batch of messages: what a worker does between two receive calls. */
export function ours(
  name: string,
  datagrams: readonly Uint8Array[],
  format: 'json' | 'text' | 'bin',
  codegen: boolean,
): Contestant {
  const counters = new Counters();
  const pool = new BatchPool(32 * 1024 * 1024, (buffer) => pool.release(buffer));
  const muted = new MutedLog('receiver messages', { count: 1, intervalMs: 1e9 }, () => {});
  const { pipeline } = new Chain(
    {
      accepts: 'flow',
      produce: 'sample',
      format,
      codegen,
      rawNames: false,
      templates: defaultTemplateSettings,
      admission: { allow: [], deny: [], ratePerSecond: 0 },
      separator: format === 'bin' ? new Uint8Array(0) : Uint8Array.of(10),
    },
    { batches: pool, counters, problems: new Problems(muted), onTemplate: () => {} },
  );
  const source = new Source(Uint8Array.of(192, 0, 2, 1));
  const ready = datagrams.map((octets) => {
    const datagram = new Datagram();
    datagram.setBytes(octets);
    datagram.source = source;
    datagram.sourcePort = 50_000;
    return datagram;
  });
  return {
    name,
    turn() {
      const before = counters.get('flows_produced');
      for (const datagram of ready) pipeline.datagram(datagram);
      return counters.get('flows_produced') - before;
    },
  };
}

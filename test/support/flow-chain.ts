import { defaultTemplateSettings } from '#src/decode/templates/build-store.js';
import { Datagram, Source } from '#src/listen/datagram.js';
import { MutedLog } from '#src/log/mute.js';
import { Counters } from '#src/metrics/counters.js';
import { BatchMemory } from '#src/pipeline/batch-memory.js';
import { BatchPool } from '#src/pipeline/batch-pool.js';
import { Chain } from '#src/pipeline/chain.js';
import type { ChainSettings } from '#src/pipeline/messages.js';
import { Problems } from '#src/pipeline/problems.js';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';

const FLOWS = 2_000;
const start = 1_700_000_000_000_000_000n;
const flows = () => [...new Traffic({ seed: 1, start }).flows(0, FLOWS)];
const ipv4Flows = () => [...new Traffic({ seed: 1, start, ipv6: 0 }).flows(0, FLOWS)];

/** Datagrams with the flows of usual traffic, of each protocol. */
export const usualDatagrams = {
  'netflow-v5': () => new FixedExporter({ boot: start }).export(ipv4Flows(), start),
  'netflow-v9': () => new TemplatedExporter({ version: 9, boot: start, refreshEvery: 1e9 }).export(flows(), start),
  ipfix: () => new TemplatedExporter({ version: 10, boot: start, refreshEvery: 1e9 }).export(flows(), start),
  sflow: () => new SFlowExporter({ boot: start, agent: '192.0.2.1' }).export(flows(), start),
} satisfies Record<string, () => Uint8Array[]>;

export type FlowChainSettings = Pick<ChainSettings, 'format' | 'codegen' | 'filter' | 'mapping'>;

/** The chain of a worker, whose batches are given back at once. */
export class FlowChain {
  readonly counters = new Counters();
  readonly pool: BatchPool;
  readonly #chain: Chain;
  readonly #datagrams: readonly Datagram[];

  constructor(datagrams: readonly Uint8Array[], settings: FlowChainSettings) {
    const memory = BatchMemory.of(32 * 1024 * 1024);
    this.pool = new BatchPool(memory, (batch) => memory.release(batch));
    const muted = new MutedLog('receiver messages', { count: 1, intervalMs: 1e9 }, () => {});
    this.#chain = new Chain(
      {
        accepts: 'flow',
        produce: 'sample',
        rawNames: false,
        templates: defaultTemplateSettings,
        admission: { allow: [], deny: [], ratePerSecond: 0 },
        separator: Uint8Array.of(10),
        ...settings,
      },
      { batches: this.pool, counters: this.counters, problems: new Problems(muted), onNews: () => {} },
    );
    this.#datagrams = datagrams.map((octets) => {
      const datagram = new Datagram();
      datagram.setBytes(octets);
      datagram.source = new Source(Uint8Array.of(192, 0, 2, 1));
      return datagram;
    });
  }

  get flows(): number {
    return this.counters.get('flows_produced');
  }

  /** Takes all datagrams through the chain once. */
  turn(): void {
    for (const datagram of this.#datagrams) this.#chain.pipeline.datagram(datagram);
  }
}

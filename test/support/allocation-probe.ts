/**
 * Run as a process of its own with a young generation that no collection touches: prints how many octets of heap the
 * chain takes for a flow of a protocol in a format, its arguments, once it is warm. A collector has one writer, and so
 * has this: several side by side can keep the engine from optimising the last of them. A third argument that is
 * `interpreted` has no code generated.
 */
import { memoryUsage } from 'node:process';
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

const [protocol = '', format = '', mode] = process.argv.slice(2);

const FLOWS = 2_000;
const start = 1_700_000_000_000_000_000n;
const flows = [...new Traffic({ seed: 1, start }).flows(0, FLOWS)];
const v4 = [...new Traffic({ seed: 1, start, ipv6: 0 }).flows(0, FLOWS)];

const datagrams: Record<string, () => Uint8Array[]> = {
  'netflow-v5': () => new FixedExporter({ boot: start }).export(v4, start),
  'netflow-v9': () => new TemplatedExporter({ version: 9, boot: start, refreshEvery: 1e9 }).export(flows, start),
  ipfix: () => new TemplatedExporter({ version: 10, boot: start, refreshEvery: 1e9 }).export(flows, start),
  sflow: () => new SFlowExporter({ boot: start, agent: '192.0.2.1' }).export(flows, start),
};

function octetsPerFlow(bytes: Uint8Array[]): number {
  const counters = new Counters();
  const memory = BatchMemory.of(32 * 1024 * 1024);
  const pool = new BatchPool(memory, (batch) => memory.release(batch));
  const muted = new MutedLog('receiver messages', { count: 1, intervalMs: 1e9 }, () => {});
  const settings: ChainSettings = {
    accepts: 'flow',
    produce: 'sample',
    format,
    codegen: mode !== 'interpreted',
    rawNames: false,
    templates: defaultTemplateSettings,
    admission: { allow: [], deny: [], ratePerSecond: 0 },
    separator: Uint8Array.of(10),
  };
  const chain = new Chain(settings, {
    batches: pool,
    counters,
    problems: new Problems(muted),
    onNews: () => {},
  });
  const ready = bytes.map((octets) => {
    const datagram = new Datagram();
    datagram.setBytes(octets);
    datagram.source = new Source(Uint8Array.of(192, 0, 2, 1));
    return datagram;
  });
  const turn = () => {
    for (const datagram of ready) chain.pipeline.datagram(datagram);
  };
  // The compiler works beside, and on a busy machine comes late: of several measurements the least is the warm one.
  let least = Infinity;
  for (let round = 0; round < 5 && least > 4; round++) {
    for (let i = 0; i < 40; i++) turn();
    const [flowsBefore, heapBefore] = [counters.get('flows_produced'), memoryUsage().heapUsed];
    for (let i = 0; i < 10; i++) turn();
    const [flowsAfter, heapAfter] = [counters.get('flows_produced'), memoryUsage().heapUsed];
    least = Math.min(least, (heapAfter - heapBefore) / (flowsAfter - flowsBefore));
  }
  return least;
}

console.log(octetsPerFlow(datagrams[protocol]!()));

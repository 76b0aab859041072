import { randomInt } from 'node:crypto';
import { defaultTemplateSettings } from '#src/decode/templates/build-store.js';
import { Datagram, Source } from '#src/listen/datagram.js';
import { MutedLog } from '#src/log/mute.js';
import { Counters } from '#src/metrics/counters.js';
import { BatchMemory } from '#src/pipeline/batch-memory.js';
import { BatchPool } from '#src/pipeline/batch-pool.js';
import { Chain } from '#src/pipeline/chain.js';
import { FlowSubjects } from '#src/pipeline/flow-subjects.js';
import { Problems } from '#src/pipeline/problems.js';
import { SubjectLimit } from '#src/pipeline/subject-limit.js';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import type { SimulatedExporter } from '#src/simulate/index.js';
import type { Batch } from '#src/transport/transport.js';

const FLOWS = 20_000;
const start = 1_700_000_000_000_000_000n;

/** Batches of IPFIX, for a subject pattern or one subject. */
export function ipfixBatches(pattern: string | undefined): Batch[] {
  return batchesOf([new TemplatedExporter({ version: 10, boot: start })], pattern);
}

/** Batches of NetFlow v5 and v9, IPFIX and sFlow, a datagram of each in turn. */
export function mixedBatches(): Batch[] {
  const exporters = [
    new FixedExporter({ boot: start }),
    new TemplatedExporter({ version: 9, boot: start }),
    new TemplatedExporter({ version: 10, boot: start }),
    new SFlowExporter({ boot: start, samplingRate: 1000, extended: true }),
  ];
  return batchesOf(exporters, undefined);
}

/** Batches as a worker makes them of what these export, in protobuf. */
function batchesOf(exporters: readonly SimulatedExporter[], pattern: string | undefined): Batch[] {
  const counters = new Counters();
  const memory = SubjectLimit.memory(1000);
  const subjects =
    pattern === undefined ? undefined : new FlowSubjects({ pattern, key: ['src_addr'], max: 1000, memory }, counters);
  const batches: Batch[] = [];
  const batchMemory = BatchMemory.of(64 * 1024 * 1024);
  const pool = new BatchPool(
    batchMemory,
    (batch) => void batches.push({ ...batch, buffer: batchMemory.bufferOf(batch), waits: true }),
    subjects && ((number) => subjects.text(number)),
  );
  const muted = new MutedLog('receiver messages', { count: 1, intervalMs: 1e9 }, () => {});
  const { pipeline } = new Chain(
    {
      accepts: 'flow',
      produce: 'sample',
      format: 'bin',
      codegen: true,
      rawNames: false,
      templates: defaultTemplateSettings,
      admission: { allow: [], deny: [], ratePerSecond: 0 },
      separator: new Uint8Array(0),
    },
    { batches: pool, counters, subjects, problems: new Problems(muted), onNews: () => {} },
  );
  const traffic = new Traffic({ seed: randomInt(1e6), start });
  const datagram = new Datagram();
  datagram.source = new Source(Uint8Array.of(192, 0, 2, 1));
  const share = FLOWS / exporters.length;
  const made = exporters.map((exporter, i) =>
    exporter.export([...traffic.flows(i * share, (i + 1) * share)], start).values(),
  );
  for (let left = exporters.length; left > 0;) {
    left = 0;
    for (const datagrams of made) {
      const next = datagrams.next();
      if (next.done === true) continue;
      left++;
      datagram.setBytes(next.value);
      pipeline.datagram(datagram);
    }
  }
  pool.flush();
  return batches;
}

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
import { TemplatedExporter, Traffic } from '#src/simulate/index.js';
import type { Batch } from '#src/transport/transport.js';

const FLOWS = 20_000;
const start = 1_700_000_000_000_000_000n;

/** Batches as a worker makes them of IPFIX, in protobuf, for a subject pattern or one subject. */
export function ipfixBatches(pattern: string | undefined): Batch[] {
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
  for (const octets of new TemplatedExporter({ version: 10, boot: start }).export(
    [...traffic.flows(0, FLOWS)],
    start,
  )) {
    datagram.setBytes(octets);
    pipeline.datagram(datagram);
  }
  pool.flush();
  return batches;
}

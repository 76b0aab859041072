import { BatchMemory } from '#src/pipeline/batch-memory.js';
import { BatchPool } from '#src/pipeline/batch-pool.js';
import type { Batch } from '#src/transport/transport.js';

/** A pool whose batches go to `take`, and come back when that returns, unless it says `keep`. */
export function poolTo(
  limitBytes: number,
  take: (batch: Batch) => unknown,
  subjectText?: (subject: number) => string,
): BatchPool & { readonly memory: BatchMemory; giveBack(): void } {
  const memory = BatchMemory.of(limitBytes);
  const kept: (() => void)[] = [];
  const pool = new BatchPool(
    memory,
    (batch) => {
      const answer = take({ ...batch, buffer: memory.bufferOf(batch) });
      if (answer === 'keep') kept.push(() => memory.release(batch));
      else memory.release(batch);
    },
    subjectText,
  );
  return Object.assign(pool, {
    memory,
    giveBack() {
      for (const release of kept.splice(0)) release();
    },
  });
}

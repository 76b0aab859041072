import { test } from 'node:test';
import assert from 'node:assert/strict';
import { defaultTemplateSettings } from '#src/decode/templates/build-store.js';
import { Datagram, Source } from '#src/listen/datagram.js';
import { MutedLog } from '#src/log/mute.js';
import { Counters } from '#src/metrics/counters.js';
import { BatchMemory } from '#src/pipeline/batch-memory.js';
import { BatchPool } from '#src/pipeline/batch-pool.js';
import { Chain } from '#src/pipeline/chain.js';
import { Problems } from '#src/pipeline/problems.js';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';

const start = 1_700_000_000_000_000_000n;
const flows = [...new Traffic({ seed: 7, start, ipv6: 0.3 }).flows(0, 1_200)];
const ipv4 = [...new Traffic({ seed: 7, start, ipv6: 0 }).flows(0, 1_200)];

/** The messages of datagrams, each from another exporter at another time, in one piece. */
function messagesOf(datagrams: readonly Uint8Array[], codegen: boolean): Buffer {
  const written: Buffer[] = [];
  const counters = new Counters();
  const memory = BatchMemory.of(1 << 20);
  const pool = new BatchPool(memory, (batch) => {
    written.push(Buffer.from(memory.bufferOf(batch).subarray(0, batch.length)));
    memory.release(batch);
  });
  const muted = new MutedLog('receiver messages', { count: 1, intervalMs: 1e9 }, () => {});
  const { pipeline } = new Chain(
    {
      accepts: 'flow',
      produce: 'sample',
      format: 'bin',
      codegen,
      rawNames: false,
      context: undefined,
      mapping: undefined,
      filter: undefined,
      templates: defaultTemplateSettings,
      admission: { allow: [], deny: [], ratePerSecond: 0 },
      separator: new Uint8Array(0),
    },
    { batches: pool, counters, problems: new Problems(muted), onNews: () => {} },
  );
  datagrams.forEach((octets, i) => {
    const datagram = new Datagram();
    datagram.setBytes(octets);
    datagram.source = new Source(Uint8Array.of(192, 0, 2, octets[1] === 5 ? i : 1));
    datagram.sourcePort = 50_000;
    datagram.received.set([i * 1_000_003, 0x1797_0000]);
    pipeline.datagram(datagram);
  });
  pool.flush();
  return Buffer.concat(written);
}

const protocols = {
  'NetFlow v5': () => new FixedExporter({ boot: start }).export(ipv4, start),
  'NetFlow v9': () => new TemplatedExporter({ version: 9, boot: start }).export(flows, start),
  sFlow: () => new SFlowExporter({ boot: start }).export(flows, start),
};
for (const [name, datagramsOf] of Object.entries(protocols)) {
  test(`what the flows of a datagram share is that of theirs, not of the one before (${name})`, () => {
    const datagrams = datagramsOf();
    const compiled = messagesOf(datagrams, true);
    assert.ok(datagrams.length > 5 && compiled.length > 1_200 * 40);
    assert.ok(compiled.equals(messagesOf(datagrams, false)));
  });
}

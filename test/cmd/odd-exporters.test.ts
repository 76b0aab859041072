import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess } from '../support/collector-process.ts';
import { protocols } from '../support/exporter.ts';
import { LOAD_SECONDS, TIMES } from '../support/extent.ts';
import {
  OddExporter,
  STEPS_A_SECOND,
  lateTemplates,
  manyDomains,
  reboots,
  redefinitions,
} from '../support/odd-exporters.ts';
import type { Steps } from '../support/odd-exporters.ts';
import { takesOneMore } from '../support/oracle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Has exporters of both protocols send side by side: every flow comes out once, as it was meant. Returns the books. */
async function everyFlowOnce(t: TestContext, kinds: Readonly<Record<string, Steps>>): Promise<Record<string, number>> {
  const file = join(temporaryFolder(t), 'flows');
  const flags = ['-listen', 'netflow://127.0.0.1:0', '-transport.file', file];
  const collector = new CollectorProcess(t, flags);
  const [port] = await collector.ports();
  const steps = STEPS_A_SECOND * LOAD_SECONDS;
  const all = Object.entries(kinds).flatMap(([row, messagesOf], i) =>
    protocols.map(([protocol, wire], j) => {
      const exporter = new OddExporter(wire);
      const name = `${row} ${protocol}`;
      return { name, address: `127.0.5.${10 * i + j + 1}`, exporter, messages: [...messagesOf(exporter, steps)] };
    }),
  );
  const datagrams = Array.from({ length: steps }, (_, step) =>
    all.flatMap(({ messages }, source) => messages[step]!.map((bytes) => ({ bytes, source }))),
  ).flat();
  const sender = new PacedSender({
    target: { address: '127.0.0.1', port: port! },
    rate: datagrams.length / LOAD_SECONDS,
    sources: all.map(({ address }) => ({ address, port: 0 })),
  });
  await sender.start();
  t.after(() => sender.stop());
  assert.deepEqual((await sender.send(datagrams)).errors, {});
  await takesOneMore(collector, port!, datagrams.length);
  t.diagnostic(JSON.stringify({ datagrams: datagrams.length, ...collector.books }));

  const flows = readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { sampler_address: string; bytes: number; packets: number });
  for (const { name, address, exporter } of all) {
    const own = flows.filter((flow) => flow.sampler_address === address);
    const came = new Set(own.map(({ packets }) => packets));
    const missing = [...exporter.expected.keys()].filter((number) => !came.has(number));
    assert.deepEqual(missing, [], name);
    assert.equal(own.length, exporter.expected.length, name);
    const latest = new Map<string, number>();
    for (const { packets, bytes } of own) {
      const { octets, group } = exporter.expected[packets]!;
      assert.equal(bytes, octets, `${name}: flow ${packets}`);
      assert.ok(packets > (latest.get(group) ?? -1), `${name}: flow ${packets} is out of its order`);
      latest.set(group, packets);
    }
  }
  const sent = all.reduce((sum, { exporter }) => sum + exporter.expected.length, 0);
  assert.equal(collector.books['flows_delivered'], sent + 30);
  return collector.books;
}

test('F-26, F-27, F-28 exporters that reboot, redefine in every message, have a thousand domains: each flow once, by the layout that holds', async (t) => {
  const kinds = { 'F-26': reboots(TIMES), 'F-27': redefinitions, 'F-28': manyDomains };
  const books = await everyFlowOnce(t, kinds);
  for (const protocol of ['netflow_v9', 'ipfix']) {
    const counted = ['reset', 'missed', 'reordered', 'duplicate'].map((what) => books[`sequence_${what}:${protocol}`]);
    assert.deepEqual(counted, [TIMES, undefined, undefined, undefined], `F-26 ${protocol}`);
  }
  assert.equal(books['notices:exporter_restart'], TIMES);
  assert.equal(books['pending_in'], undefined);
});

test('F-29 templates that come up to half a minute after their data: each flow once, in its order; what gets none is counted', async (t) => {
  const books = await everyFlowOnce(t, { 'F-29': lateTemplates });
  assert.equal(books['sets_skipped:no_template_expired'], protocols.length);
  assert.equal(books['pending_replayed'], books['pending_in']! - protocols.length);
});

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_PENDING_BYTES, MAX_TEMPLATE_BYTES, PROBATION_SHARE } from '#src/decode/limits.js';
import { seriesLimits } from '#src/http/metrics/snapshot.js';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess } from './collector-process.ts';
import { data, v9 } from './exporter.ts';
import { eventually } from './eventually.ts';
import { parseExposition } from './exposition-text.ts';
import type { Series } from './exposition-text.ts';
import { ForgedSender } from './forged-sender.ts';
import { LOAD_SECONDS, inFull } from './extent.ts';
import { peakKB } from './memory-peak.ts';
import { endsWell } from './oracle.ts';
import { isDrained } from './udp-queue.ts';

/** Established exporters, and how often each of them sends one flow. */
const HONEST = 50;
const ROUNDS = 20;

/** Forged datagrams after which the queue has to be empty: the kernel drops nothing, whatever the machine is doing. */
const BURST = 1_000;

const layout = ['8/4', '12/4', '7/2', '11/2', '1/4', '2/4'];
const record = '0a000001 0a000002 1234 0050 00000100 00000001';

/** Forged sources at most; outside of the full form the flood is over when its time is. */
const MOST_SOURCES = 1_000_000;

/**
 * A flood from forged addresses, each with ports, domains and templates of its own, data that is decoded, and
 * data without a template; between them exporters that were there before send what they always send.
 */
export async function udpFlood(t: TestContext): Promise<void> {
  const flags = ['-listen', 'netflow://127.0.0.1:0', '-addr=127.0.0.1:0', '-format=bin', '-transport.file=/dev/null'];
  const collector = new CollectorProcess(t, flags);
  const [port] = await collector.ports();
  const http = collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
  const metrics = async () => (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
  const drained = () => eventually(() => isDrained(port!));

  const honest = new PacedSender({
    target: { address: '127.0.0.1', port: port! },
    sources: Array.from({ length: HONEST }, (_, i) => ({ address: `127.0.2.${i + 1}`, port: 0 })),
  });
  await honest.start();
  t.after(() => honest.stop());
  const fromAll = (bytes: Uint8Array) =>
    honest.send(Array.from({ length: HONEST }, (_, source) => ({ bytes, source })));
  await fromAll(v9.message([v9.template(256, ...layout)]));
  for (let i = 0; i < 2; i++) await fromAll(v9.message([data(256, record)]));

  const forged = await ForgedSender.open(port!);
  t.after(() => forged.close());
  const missing = data(999, '00'.repeat(1_200));
  const began = performance.now();
  /** How much of the flood is over, in parts of one. */
  const over = () => (inFull ? sources / MOST_SOURCES : (performance.now() - began) / (1000 * LOAD_SECONDS));
  let [sources, rounds] = [0, 0];
  for (; over() < 1 && sources < MOST_SOURCES; sources++) {
    const i = sources;
    const from = 0x7f_40_00_00 + i; // 127.64.0.0 and on
    const id = 256 + (i % 60_000);
    const domain = i % 1_000;
    forged.send(from, 1024 + (i % 60_000), v9.message([v9.template(id, ...layout, `${100 + (i % 97)}/2`)], { domain }));
    if (i % 3 === 0) forged.send(from, 1024 + (i % 60_000), v9.message([data(id, `${record} 0001`)], { domain }));
    else forged.send(from, 4000, v9.message([missing], { domain, sequence: i }));
    if (i % (BURST / 2) === 0) await drained();
    for (; rounds < Math.ceil(ROUNDS * over()) && rounds < ROUNDS; rounds++)
      await fromAll(v9.message([data(256, record)]));
  }
  for (; rounds < ROUNDS; rounds++) await fromAll(v9.message([data(256, record)])); // and behind it
  await drained();
  const expected = HONEST * (3 + ROUNDS) + 2 * sources;
  let text = '';
  let series: Series[] = [];
  // levels are told once a second
  const isTold = () =>
    valueOf(series, 'goflow2plus_datagrams_received_total') === expected &&
    valueOf(series, 'goflow2plus_template_bytes') > 0;
  for (let tries = 0; !isTold(); tries++) {
    assert.ok(tries < 100, `${valueOf(series, 'goflow2plus_datagrams_received_total')} of ${expected}`);
    await sleep(200);
    text = await metrics();
    series = parseExposition(text);
  }

  const flows = series.filter(({ name }) => name === 'goflow2plus_exporter_flows_total');
  for (let i = 0; i < HONEST; i++) {
    const exporter = `127.0.2.${i + 1}`;
    assert.equal(flows.find(({ labels }) => labels['exporter'] === exporter)?.value, 2 + ROUNDS, `S-03 ${exporter}`);
  }
  const below = (name: string, most: number) => {
    const value = valueOf(series, name);
    assert.ok(
      series.some((each) => each.name === name),
      `no ${name}`,
    );
    assert.ok(value <= most, `${name} ${value}`);
  };
  below('goflow2plus_template_bytes', MAX_TEMPLATE_BYTES);
  below('goflow2plus_template_probation_bytes', MAX_TEMPLATE_BYTES * PROBATION_SHARE);
  below('goflow2plus_pending_bytes', MAX_PENDING_BYTES);
  assert.ok(series.length <= seriesLimits.series, `S-09 ${series.length} series`);
  const exporters = new Set(series.flatMap(({ labels }) => labels['exporter'] ?? []));
  assert.ok(exporters.size <= seriesLimits.exporters + 1, `S-09 ${exporters.size} exporters`);
  assert.ok(text.length <= 5e6, `R-15 ${text.length} octets`);
  const peak = peakKB(collector);
  const books = await endsWell(collector, expected);
  assert.equal(books['kernel_drops'], undefined);
  t.diagnostic(JSON.stringify({ sources, peakKB: peak, series: series.length, octets: text.length, ...books }));
}

function valueOf(series: readonly Series[], name: string): number {
  return series.filter((each) => each.name === name).reduce((sum, { value }) => sum + value, 0);
}

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Exposition, metricTable, seriesLimits } from '#src/http/metrics/exposition.js';
import { templatesPage } from '#src/http/templates-page.js';
import type { CollectorView, ListenerView } from '#src/http/view.js';
import { Source } from '#src/listen/datagram.js';
import { Counters } from '#src/metrics/counters.js';
import { ExporterBook } from '#src/metrics/exporter-book.js';
import { exporterColumn } from '#src/metrics/exporter-columns.js';
import { Latency } from '#src/metrics/latency.js';
import { PlaceBooks } from '#src/metrics/place-books.js';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { parseExposition } from '../support/exposition-text.ts';
import type { Series } from '../support/exposition-text.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { data, ipfix, v9 } from '../support/exporter.ts';

/** A collector with its HTTP server. */
class Served {
  readonly collector: CollectorProcess;
  #port = 0;

  constructor(t: TestContext, ...args: readonly string[]) {
    this.collector = new CollectorProcess(t, ['-addr=127.0.0.1:0', ...args]);
  }

  async get(path: string): Promise<{ status: number; type: string | null; body: string }> {
    const response = await fetch(`http://127.0.0.1:${await this.#find()}${path}`);
    return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
  }

  async metrics(): Promise<Series[]> {
    await setTimeout(300); // an answer serves for a quarter of a second
    return parseExposition((await this.get('/metrics')).body);
  }

  async #find(): Promise<number> {
    const line = () => this.collector.log.find(({ msg }) => msg === 'starting HTTP server');
    await this.collector.until(() => line() !== undefined);
    return (this.#port ||= line()!['port'] as number);
  }
}

const start = 1_700_000_000_000_000_000n;
const flows = [...new Traffic({ seed: 1, start, ipv6: 0 }).flows(0, 100)];
const later = start + 3_600_000_000_000n;

const value = (series: readonly Series[], name: string, labels: Record<string, string> = {}) =>
  series
    .filter((each) => each.name === name && Object.entries(labels).every(([label, is]) => each.labels[label] === is))
    .reduce((sum, each) => sum + each.value, 0);

test('the share of the work that each worker gets is shown', async (t) => {
  const served = new Served(t, '-listen', 'netflow://127.0.0.1:0?count=2');
  const [port] = await served.collector.ports();
  const sent = new FixedExporter({ boot: start }).export(flows, later);
  await sendTo(port!, sent);
  await served.collector.until(() => served.collector.flowCount === flows.length);
  const series = await served.metrics();
  const of = (name: string, worker: string) => value(series, `goflow2plus_worker_${name}_total`, { worker });
  // one exporter, one worker
  const datagrams = ['0', '1'].map((worker) => of('datagrams', worker)).sort((a, b) => a - b);
  assert.deepEqual(datagrams, [0, sent.length]);
  const busy = ['0', '1'].map((worker) => of('busy_seconds', worker)).sort((a, b) => a - b);
  assert.equal(busy[0], 0);
  assert.ok(busy[1]! > 0 && busy[1]! < 10, `${busy[1]}`);
});

test('every metric of the original is there under mixed traffic, with its labels and the right values', async (t) => {
  const context = join(temporaryFolder(t), 'context.yaml');
  writeFileSync(context, 'networks: [{ name: all, cidrs: [0.0.0.0/1, 128.0.0.0/1] }]\n');
  const listen = 'netflow://127.0.0.1:0,sflow://127.0.0.1:0,flow://127.0.0.1:0';
  const served = new Served(t, '-listen', listen, '-context.config', context);
  await served.collector.ports(3);
  const portOf = (scheme: string) => served.collector.log.find((line) => line['scheme'] === scheme)!['port'] as number;
  const [netflow, sflow, any] = ['netflow', 'sflow', 'flow'].map(portOf);
  const v9Exporter = new TemplatedExporter({ version: 9, boot: start, refreshEvery: 3 });
  const sent = {
    v5: new FixedExporter({ boot: start }).export(flows, later),
    v9: v9Exporter.export(flows, later),
    ipfix: new TemplatedExporter({ version: 10, boot: start }).export(flows, later),
    sflow: new SFlowExporter({ boot: start, agent: '2001:db8::5', countersEvery: 2 }).export(flows, later),
  };
  await sendTo(netflow!, [
    ...sent.v5,
    ...sent.v9,
    v9.message([data(777, '00')], { domain: 5 }),
    Buffer.from('nonsense'),
  ]);
  await sendTo(sflow!, sent.sflow);
  const options = [ipfix.optionsTemplate(300, ['149/4'], ['41/4']), data(300, '00000001 00000002')];
  await sendTo(any!, [...sent.ipfix, ipfix.message(options)]);
  await served.collector.until(() => served.collector.flowCount === 400);
  await setTimeout(6_500); // times of use are noted every five seconds
  const series = await served.metrics();
  const original = metricTable.filter(({ name }) => name.startsWith('goflow2_'));
  assert.equal(original.length, 19);
  for (const { name, labels, type } of original) {
    const found = series.filter((each) => each.name === name);
    assert.ok(found.length > 0, `${name} has a series`);
    for (const each of found) assert.deepEqual(Object.keys(each.labels).sort(), [...labels].sort(), name);
    if (type === 'summary') {
      assert.ok(value(series, `${name}_count`) > 0, name);
      assert.ok(
        series.some((each) => each.name === `${name}_sum`),
        name,
      );
    }
  }
  const at = (name: string, labels?: Record<string, string>) => value(series, `goflow2_flow_${name}`, labels);
  const octets = (datagrams: readonly Uint8Array[]) => datagrams.reduce((sum, { length }) => sum + length, 0);
  const all = { remote_ip: '127.0.0.1', local_ip: '127.0.0.1' };
  assert.equal(at('traffic_bytes_total', { ...all, type: 'sflow', local_port: String(sflow) }), octets(sent.sflow));
  assert.equal(at('traffic_packets_total', { ...all, type: 'flow' }), sent.ipfix.length + 1);
  assert.equal(at('traffic_packets_total', { type: 'netflow' }), sent.v5.length + sent.v9.length + 2);
  assert.equal(at('traffic_size_bytes_sum', { ...all, type: 'sflow' }), octets(sent.sflow));
  assert.equal(at('decoder_error_total', { router: '127.0.0.1', name: 'netflow' }), 1);
  assert.equal(at('process_nf_total', { version: '5' }), sent.v5.length);
  assert.equal(at('process_nf_total', { router: '127.0.0.1', version: '9' }), sent.v9.length + 1);
  assert.equal(at('process_nf_errors_total', { error: 'template_not_found' }), 1);
  assert.equal(at('process_nf_flowset_total', { version: '10', type: 'OptionsTemplateFlowSet' }), 1);
  assert.equal(at('process_nf_flowset_records_total', { version: '10', type: 'OptionsDataFlowSet' }), 1);
  assert.equal(at('process_nf_flowset_records_total', { version: '9', type: 'DataFlowSet' }), 100);
  assert.equal(at('process_nf_delay_seconds_count', { version: '10' }), 100);
  const announced = v9Exporter.account.announcements;
  assert.equal(at('process_nf_templates_total', { version: '9', type: 'template' }), announced);
  assert.equal(at('process_sf_total', { agent: '2001:db8::5', version: '5' }), sent.sflow.length);
  assert.equal(at('process_sf_samples_total', { router: '127.0.0.1', type: 'FlowSample' }), 100);
  const [accessed] = series.filter(({ name }) => name.endsWith('template_accessed_timestamp_seconds'));
  assert.ok(Math.abs(accessed!.value - Date.now() / 1e3) < 60);
  const own = (name: string, labels?: Record<string, string>) => value(series, `goflow2plus_${name}`, labels);
  assert.equal(own('flows_delivered_total'), 400);
  assert.equal(own('exporter_flows_total', { exporter: '127.0.0.1' }), 400);
  assert.equal(own('delivery_latency_seconds_count'), 400);
  assert.equal(own('datagrams_failed_total', { reason: 'unsupported_version' }), 1);
  assert.equal(own('pending_sets'), 1);
  assert.equal(own('context_generation'), 1);
  assert.equal(own('context_networks'), 2);
  assert.equal(own('context_source_bytes', { kind: 'file', source: context }), 59);
  assert.ok(own('context_source_age_seconds', { kind: 'file', source: context }) > 5);
  assert.equal(own('context_lookups_total'), 800);
  assert.equal(own('context_hits_total') + own('context_misses_total'), 800);
  for (const { name, value: imbalance } of series) if (name.includes('imbalance')) assert.equal(imbalance, 0);
  for (const { name } of metricTable.filter((metric) => !metric.name.includes('exporter_'))) {
    assert.ok(
      series.some((each) => each.name.startsWith(name)),
      name,
    );
  }
  assert.ok(series.some(({ name }) => name === 'process_resident_memory_bytes'));
});

test('health, readiness, books, exporters and templates', async (t) => {
  const served = new Served(t, '-listen', 'netflow://127.0.0.1:0');
  const [port] = await served.collector.ports();
  assert.deepEqual(await served.get('/templates'), { status: 200, type: 'application/json', body: '{}' });
  for (const path of ['/live', '/__health', '/ready']) assert.equal((await served.get(path)).body, 'OK\n', path);
  const v5 = new FixedExporter({ boot: start }).export(flows, later);
  await sendTo(port!, v5.toSpliced(1, 1));
  const count = 1 + flows.length - Buffer.from(v5[1]!).readUInt16BE(2);
  const template = v9.template(256, '8/4', '12/4');
  await sendTo(port!, [v9.message([template, data(256, '0a000001 0a000002')])]);
  await served.collector.until(() => served.collector.flowCount === count);
  await setTimeout(300);
  const [exporter] = JSON.parse((await served.get('/exporters')).body) as Record<string, unknown>[];
  assert.equal(exporter!['address'], '127.0.0.1');
  assert.deepEqual(exporter!['datagrams'], { netflow_v5: v5.length - 1, netflow_v9: 1 });
  assert.equal(exporter!['flows'], count);
  assert.equal(exporter!['templates'], 1);
  const problems = exporter!['problems'] as string[];
  assert.ok(
    problems.some((text) => text.startsWith('its clock is')),
    problems.join(),
  );
  const books = JSON.parse((await served.get('/accounting')).body) as {
    identities: Record<string, { imbalance: number }>;
    counters: Record<string, number>;
  };
  assert.deepEqual(
    Object.values(books.identities).map(({ imbalance }) => imbalance),
    [0, 0, 0, 0],
  );
  assert.equal(books.counters['flows_delivered'], count);
  const { body } = await served.get('/templates');
  const [[key, templates]] = Object.entries(JSON.parse(body) as Record<string, object>) as [[string, object]];
  assert.match(key, /^127\.0\.0\.1:\d+$/);
  const field = (type: number) => ({ 'pen-provided': false, type, length: 4, pen: 0 });
  assert.deepEqual(templates, {
    '9/9/256': { 'template-id': 256, 'field-count': 2, fields: [field(8), field(12)] },
  });
  assert.ok(body.startsWith('{\n  "127.0.0.1:') && body.endsWith('\n}'));
});

test('readiness says what is in the way, and a stop is not healthy', async (t) => {
  const served = new Served(t, '-listen', 'netflow://127.0.0.1:0', '-transport.file', '/dev/full', '-templates.path=');
  const [port] = await served.collector.ports();
  await sendTo(port!, new FixedExporter({ boot: start }).export(flows, later));
  for (let i = 0; (await served.get('/ready')).status === 200 && i < 100; i++) await setTimeout(20);
  const ready = await served.get('/ready');
  assert.equal(ready.status, 503);
  assert.match(ready.body, /cannot be written/);
  assert.equal((await served.get('/live')).status, 200);
  assert.equal((await served.get('/templates')).status, 404);
});

/** A collector of which nothing runs. */
function stillView(listeners: readonly ListenerView[]): CollectorView {
  return {
    state: 'collecting',
    version: '0',
    problems: () => [],
    accounting: () => ({ counters: new Counters(), books: [] }),
    listeners,
    templates: () => [],
    sampling: () => [],
    names: () => [],
    output: () => ({ ready: true, gauges: {} }),
    latency: new Latency(),
    details: () => Promise.resolve([]),
    explain: () => undefined,
  };
}

test('R-15, S-09 more exporters than are told apart: bounded series, right sums, quick', async () => {
  const books = [new PlaceBooks(), new PlaceBooks()];
  const fill: [column: Parameters<typeof exporterColumn>[0], by: number][] = [
    ['datagrams', 10],
    ['bytes', 1_000],
    ['flows', 30],
    ['datagrams_v9', 10],
    ['sets_v9_data', 10],
    ['records_v9_data', 30],
    ['sets_v9_template', 1],
    ['records_v9_template', 1],
    ['delay_count_v9', 30],
    ['delay_sum_v9', 30],
  ];
  for (const [i, { memory }] of books.entries()) {
    const book = new ExporterBook(memory.exporters);
    for (let exporter = 0; exporter < 1_000; exporter++) {
      const source = new Source(Uint8Array.of(10, i, exporter >> 8, exporter));
      for (const nowMs of [1_000 + exporter, 2_000]) book.row = book.admit(source, nowMs);
      for (const [column, by] of fill) book.add(exporterColumn(column), by);
    }
  }
  const info = { address: '::', port: 2055, bufferAsked: 1, bufferGranted: 1, receive: 'recvmmsg' } as const;
  const exposition = new Exposition(stillView([{ name: 'netflow://:2055', type: 'netflow', info, books }]));
  await exposition.text();
  await setTimeout(300);
  const began = performance.now();
  const [text, again] = await Promise.all([exposition.text(), exposition.text()]);
  const tookMs = performance.now() - began;
  assert.equal(text, again, 'an answer serves everybody for a while');
  const series = parseExposition(text);
  const ours = series.filter(({ name }) => name.startsWith('goflow2'));
  assert.ok(ours.length <= seriesLimits.series && ours.length > seriesLimits.series / 2, `${ours.length} series`);
  const routers = new Set(ours.flatMap(({ labels }) => labels['remote_ip'] ?? []));
  assert.ok(routers.has('other') && routers.size <= seriesLimits.exporters + 1, `${routers.size} exporters`);
  assert.equal(value(series, 'goflow2_flow_traffic_packets_total'), 20_000);
  assert.equal(value(series, 'goflow2_flow_process_nf_total'), 20_000);
  assert.equal(value(series, 'goflow2plus_exporter_flows_total'), 60_000);
  assert.ok(text.length < 5e6, `${text.length} octets`);
  assert.ok(tookMs < 1_000, `${tookMs} ms`);
});

test('the path of templates is not there where no listener takes NetFlow', () => {
  const listener = { name: 'x', info: undefined, books: [] };
  assert.equal(templatesPage(stillView([{ ...listener, type: 'sflow' }])).status, 404);
  for (const type of ['flow', 'netflow', 'file'])
    assert.equal(templatesPage(stillView([{ ...listener, type }])).status, 200);
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricTable } from '#src/http/metrics/exposition.js';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { data, ipfix, v9 } from '../support/exporter.ts';
import { Prometheus } from '../support/prometheus.ts';
import { commandPath, skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const boot = 1_700_000_000_000_000_000n;

/** Metrics that have a series only after something that does not happen here. */
const quiet = new Set(['goflow2_flow_dropped_packets_total', 'goflow2_flow_dropped_bytes_total']);

/** Metrics of what is not in use here: a series each where it is. */
const unused = /^goflow2plus_(exporter|nats|kv|geoip|shared|context_(nats|http|learned))_/;

async function collectorWithTraffic(t: Parameters<typeof temporaryFolder>[0]): Promise<number> {
  const context = join(temporaryFolder(t), 'context.yaml');
  writeFileSync(context, 'networks: [{ name: clients, cidr: 10.0.0.0/8 }]\n');
  const collector = new CollectorProcess(t, [
    '-listen',
    'netflow://127.0.0.1:0,sflow://127.0.0.1:0',
    '-addr=127.0.0.1:0',
    `-context.config=${context}`,
  ]);
  const [netflow, sflow] = (await collector.ports(2)).sort(
    (a, b) => Number(schemeOf(collector, b) === 'netflow') - Number(schemeOf(collector, a) === 'netflow'),
  );
  const flows = [...new Traffic({ seed: 3, start: boot, ipv6: 0.2 }).flows(0, 200)];
  const now = BigInt(Date.now()) * 1_000_000n;
  await sendTo(netflow!, [
    ...new FixedExporter({ boot }).export(
      flows.filter(({ destination }) => !destination.includes(':')),
      now,
    ),
    ...new TemplatedExporter({ version: 9, boot, refreshEvery: 2 }).export(flows, now),
    ...new TemplatedExporter({ version: 10, boot }).export(flows, now),
    ipfix.message([ipfix.optionsTemplate(300, ['149/4'], ['41/4']), data(300, '00000001 00000002')]),
    v9.message([data(777, '00')], { domain: 5 }),
    Buffer.from('nonsense'),
  ]);
  await sendTo(sflow!, new SFlowExporter({ boot, agent: '2001:db8::5', countersEvery: 2 }).export(flows, now));
  await collector.until(() => collector.flowCount >= 700);
  return collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
}

const schemeOf = (collector: CollectorProcess, port: number) =>
  collector.log.find((line) => line.msg === 'starting collection' && line['port'] === port)?.['scheme'];

test('a real Prometheus has every metric of the original, and our own', skipWithout('prometheus'), async (t) => {
  const metrics = await collectorWithTraffic(t);
  const target = `{ job_name: goflow2plus, static_configs: [{ targets: ['127.0.0.1:${metrics}'] }] }`;
  const prometheus = await Prometheus.start(t, `global: { scrape_interval: 1s }\nscrape_configs: [${target}]\n`);
  const ask = (query: string) => prometheus.ask(query);
  const wanted = metricTable.filter(({ name }) => !quiet.has(name) && !unused.test(name));
  const found = async (): Promise<Set<string>> =>
    new Set((await ask('{job="goflow2plus"}')).map(({ metric }) => metric['__name__']!));
  const has = (names: Set<string>, name: string) => names.has(name) || names.has(`${name}_count`);
  let names = new Set<string>();
  const deadline = Date.now() + 30_000;
  // times of use are noted every five seconds
  while (wanted.some(({ name }) => !has(names, name)) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    names = await found();
  }
  const missing = wanted.filter(({ name }) => !has(names, name)).map(({ name }) => name);
  assert.deepEqual(missing, [], prometheus.program.stderr.slice(-500));
  assert.deepEqual(
    (await ask('goflow2plus_accounting_imbalance != 0')).map(({ metric }) => metric),
    [],
  );
  const [up] = await ask('up{job="goflow2plus"}');
  assert.equal(up?.value[1], '1');
  const body = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  const check = spawnSync(commandPath('promtool')!, ['check', 'metrics'], { input: body, encoding: 'utf8' });
  const ours = (check.stdout + check.stderr).split('\n').filter((line) => line.startsWith('goflow2plus_'));
  assert.deepEqual(ours, [], 'promtool finds nothing in our own metrics');
});

import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Fleet } from '#src/simulate/index.js';
import { ChildProgram } from '../support/child-program.ts';
import { CollectorProcess } from '../support/collector-process.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));
const demo = (t: TestContext, ...flags: string[]) => new ChildProgram(t, [process.execPath, program, 'demo', ...flags]);

interface Flow {
  readonly type: string;
  readonly sampling_rate: number;
  readonly context: Record<string, string>;
}

const flowsOf = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Flow);

test('goflow2plus demo: within ten seconds flows of every protocol, with names and sampling rates', async (t) => {
  const started = performance.now();
  const child = demo(t, '-addr=', '-demo.rate=100');
  const typesIn = () => new Set(flowsOf(child.stdout).map(({ type }) => type));
  await child.until(() => typesIn().size === 4 && flowsOf(child.stdout).length > 100);
  assert.ok(performance.now() - started < 10_000);
  assert.equal((await child.stop()).code, 0);
  const rates: Record<string, number> = { NETFLOW_V5: 100, NETFLOW_V9: 1_000, IPFIX: 2_048, SFLOW_5: 4_096 };
  const groups = new Set<string>();
  const exporters = new Set<string>();
  for (const { type, sampling_rate, context } of flowsOf(child.stdout)) {
    assert.equal(sampling_rate, rates[type], type);
    groups.add(context['source_group'] ?? '').add(context['destination_group'] ?? '');
    exporters.add(context['exporter'] ?? '');
  }
  for (const site of ['frankfurt', 'london', 'new-york', 'singapore', 'internet-servers', 'web-servers']) {
    assert.ok(groups.has(site), site);
  }
  if (process.platform === 'linux') {
    assert.deepEqual([...exporters].sort(), ['edge-fra', 'edge-lon', 'edge-nyc', 'switch-sin']);
  }
});

test('goflow2plus demo sends to another collector, for as long as was asked', async (t) => {
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0,sflow://127.0.0.1:0']);
  await collector.ports(2);
  const portOf = (scheme: string) => collector.log.find((line) => line['scheme'] === scheme)!['port'] as number;
  const child = demo(
    t,
    `-demo.netflow=localhost:${portOf('netflow')}`,
    `-demo.sflow=127.0.0.1:${portOf('sflow')}`,
    '-demo.rate=500',
    '-demo.duration=1s',
  );
  assert.equal((await child.ended).code, 0);
  const [, flows] = /^sent (\d+) flows in \d+ datagrams\n$/.exec(child.stdout) ?? [];
  assert.ok(Number(flows) >= 100, child.stdout);
  await collector.until(() => collector.flowCount === Number(flows));
  await collector.stop();
  assert.equal(collector.books['flows_delivered'], Number(flows));
});

test('goflow2plus demo: what it cannot do', async (t) => {
  for (const [flag, code, says] of [
    ['-demo.rate=0', 1, /-demo\.rate: 1 to 50000/],
    ['-demo.rate=60000', 1, /-demo\.rate: 1 to 50000/],
    ['-demo.netflow=nowhere', 1, /-demo\.netflow: no address/],
    ['-demo.sflow=no-such-host.invalid:6343', 1, /no-such-host\.invalid has no address/],
    ['now', 2, /takes flags alone, not now/],
    ['-format=xml', 1, /format error "xml" not found/],
  ] as const) {
    const child = demo(t, '-addr=', flag);
    assert.equal((await child.ended).code, code, flag);
    assert.match(child.stderr, says);
  }
});

test('goflow2plus simulate: exporters alone, with help and errors of its own', async (t) => {
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0']);
  const [port] = await collector.ports();
  const simulate = (...flags: string[]) => new ChildProgram(t, [process.execPath, program, 'simulate', ...flags]);
  const child = simulate(`-demo.netflow=127.0.0.1:${port}`, '-demo.rate=200', '-demo.duration=500ms');
  assert.equal((await child.ended).code, 0, child.stderr);
  const [, flows] = /^sent (\d+) flows in \d+ datagrams\n$/.exec(child.stdout) ?? [];
  assert.ok(Number(flows) > 0, child.stdout);
  await collector.until(() => collector.flowCount === Number(flows));
  for (const [flag, code, says] of [
    ['-h', 0, /^Usage of goflow2plus simulate:\n(?!.*starting)[^]*-demo\.netflow/],
    ['-demo.rate=20', 1, /-demo\.netflow: it is empty, as is -demo\.sflow/],
    ['now', 2, /takes flags alone, not now/],
    ['-listen=flow://:0', 2, /flag provided but not defined: -listen/],
  ] as const) {
    const other = simulate(flag);
    assert.equal((await other.ended).code, code, flag);
    assert.match(other.stderr, says);
    assert.equal(other.stdout, '');
  }
});

test('a fleet sends at its rate, makes up for a late timer, and not for a sleep', async () => {
  let now = 1_700_000_000_000;
  const fleet = new Fleet({ netflow: { address: '127.0.0.1', port: 9 }, rate: 300, now: () => now });
  await fleet.start();
  now += 500;
  await new Promise((resolve) => setTimeout(resolve, 250));
  now += 3_600_000;
  await new Promise((resolve) => setTimeout(resolve, 250));
  const { flows } = await fleet.stop();
  // 150 in half a second, 300 for the second that is made up for; v5 leaves IPv6 out
  assert.ok(flows > 380 && flows <= 450, `${flows} flows`);
});

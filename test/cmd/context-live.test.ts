import { test } from 'node:test';
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendTo } from '../support/collector-process.ts';
import { ContextCollector, v5Of } from '../support/context-collector.ts';
import type { FlowOf } from '../support/context-collector.ts';

/** A context all of whose parts are marked with the number of its version. */
function marked(version: number): string {
  const context = { m: String(version) };
  const interfaces = [1, 2].map((index) => ({ index, name: `if${index}`, context }));
  return JSON.stringify({
    networks: [
      { name: 'net', cidr: '10.0.0.0/8', context },
      { name: 'rest', cidr: '0.0.0.0/0', context },
    ],
    exporters: [{ name: 'all', address: '127.0.0.1', context, interfaces }],
    applications: [{ name: 'tcp', proto: 'tcp', context }],
  });
}

const marks = ['source_m', 'destination_m', 'exporter_m', 'in_if_m', 'out_if_m', 'application_m'];
const FLOWS = 30;

test('while the file changes ten times a second, no flow has two generations, and none is lost', async (t) => {
  const collector = new ContextCollector(t, marked(0), ['-context.keys', marks.join(',')]);
  const { process, path } = collector;
  const [port] = await process.ports();
  let version = 0;
  const change = setInterval(() => {
    writeFileSync(`${path}.new`, marked(++version));
    renameSync(`${path}.new`, path);
  }, 100);
  t.after(() => clearInterval(change));
  const flows: FlowOf[] = Array.from({ length: FLOWS }, (_, i) => {
    return { source: `10.0.0.${i}`, destination: '192.0.2.1', input: 1, output: 2 };
  });
  const loads = () => process.log.filter(({ msg }) => msg === 'context in use').length;
  const deadline = performance.now() + 20_000;
  let datagrams = 0;
  while (loads() < 5 && performance.now() < deadline) {
    const burst = Array.from({ length: 10 }, (_, i) => v5Of(flows, 0, (datagrams + i) * FLOWS));
    await sendTo(port!, burst);
    datagrams += burst.length;
    await sleep(20);
  }
  clearInterval(change);
  assert.ok(loads() >= 5, `${loads()} generations`);
  await process.until(() => process.flowCount === datagrams * FLOWS);
  assert.deepEqual(await process.stop(), { code: 0, signal: null });
  const seen = new Set<string>();
  for (const { context } of process.flows) {
    const marking = new Set(marks.map((mark) => (context as Record<string, string>)[mark]));
    assert.equal(marking.size, 1, JSON.stringify(context));
    seen.add([...marking].join());
  }
  assert.ok(seen.size >= 3 && !seen.has(''), `generations in flows: ${[...seen].join(' ')}`);
  assert.equal(process.books['flows_delivered'], datagrams * FLOWS);
  assert.ok(!process.stderr.includes('do not balance'));
});

test('F-23 SIGHUP with a context that cannot be used: the old one stays, counted, and the next one is taken', async (t) => {
  const file = (group: string) => `networks: [{ name: ${group}, cidr: 10.0.0.0/8 }]\n`;
  const collector = new ContextCollector(t, file('one'));
  const { process } = collector;
  assert.deepEqual(await collector.contextOf('10.0.0.1'), { source_group: 'one' });
  collector.write('networks: [{ name: broken, cidr: 10.0.0.0/77 }]\n');
  process.child.kill('SIGHUP');
  const isTold = ({ level, error }: { level: string; error?: unknown }) =>
    level === 'ERROR' && /context\.yaml:1:34: networks\.0\.cidr: /.test(String(error));
  await process.until(() => process.log.some(isTold));
  assert.deepEqual(await collector.contextOf('10.0.0.1'), { source_group: 'one' });
  assert.equal(process.log.filter(isTold).length, 1, 'told once');
  collector.write(file('two'));
  process.child.kill('SIGHUP');
  await collector.logged('context in use', 2);
  const deadline = performance.now() + 5_000;
  let group: unknown;
  while (group !== 'two' && performance.now() < deadline) {
    group = ((await collector.contextOf('10.0.0.1')) as { source_group: string }).source_group;
  }
  assert.equal(group, 'two');
  await process.stop();
  assert.ok(process.books['reload_failures']! >= 1);
  assert.ok(process.books['context_errors']! >= 1);
});

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { data, ipfix } from '../support/exporter.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const templates = ipfix.message([
  ipfix.template(256, '1/4', '10/4'),
  ipfix.optionsTemplate(300, ['10/4'], ['82/16', '83/v']),
]);

/** Tells a name of 16 octets at most and a description. */
function name(index: number, text: string, description = ''): Uint8Array {
  const [short, long] = [Buffer.from(text), Buffer.from(description)];
  const octets = Buffer.concat([
    Buffer.from(index.toString(16).padStart(8, '0'), 'hex'),
    Buffer.concat([short, Buffer.alloc(16)]).subarray(0, 16),
    Buffer.from([long.length]),
    long,
  ]);
  return ipfix.message([data(300, octets.toString('hex'))]);
}

const flow = (index: number): Uint8Array =>
  ipfix.message([data(256, `00000001 ${index.toString(16).padStart(8, '0')}`)]);

test('what one worker learns, flows of all workers have', async (t) => {
  const listen = 'netflow://127.0.0.1:0?count=4&spread=kernel';
  const { collector, port } = await collect(t, ['-listen', listen, '-context.learned', 'on']);
  await sendTo(port, [templates, name(3, 'Gi0/0/3', 'uplink')]);
  // each from a port of its own, so that the kernel spreads them
  const round = async (): Promise<boolean> => {
    const before = collector.flowCount;
    for (let i = 0; i < 12; i++) await sendTo(port, [flow(3)]);
    await collector.until(() => collector.flowCount >= before + 12);
    const contexts = collector.flows.slice(before).map(({ context }) => context as Record<string, string>);
    return contexts.every((context) => context['in_if'] !== undefined);
  };
  let rounds = 0;
  while (!(await round()) && ++rounds < 50) await sleep(100);
  assert.deepEqual(collector.flows.at(-1)!['context'], { in_if: 'Gi0/0/3', in_if_description: 'uplink' });
  assert.equal((await collector.stop()).code, 0);
  assert.equal(collector.books['names_learned'], 1);
});

test('names are part of a context that is configured, and of none where there is none or they are turned off', async (t) => {
  const file = join(temporaryFolder(t), 'context.yaml');
  writeFileSync(file, 'exporters: [{ name: edge1, address: 127.0.0.1 }]\n');
  const learn = async (args: string[]) => {
    const { collector, port } = await collect(t, args);
    await sendTo(port, [templates, name(3, 'Gi0/0/3'), flow(3)]);
    await collector.until(() => collector.flowCount === 1);
    await collector.stop();
    return collector.flows[0]!['context'];
  };
  assert.equal(await learn([]), undefined);
  assert.deepEqual(await learn(['-context.config', file, '-context.learned', 'off']), { exporter: 'edge1' });
  assert.deepEqual(await learn(['-context.config', file]), { exporter: 'edge1', in_if: 'Gi0/0/3' });
});

test('D-9, D-23 names come back after a restart: the first flow has them', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const args = ['-context.learned', 'on', '-templates.json.path', path];
  const first = await collect(t, args);
  await sendTo(first.port, [templates, name(3, 'Gi0/0/3', 'uplink'), flow(3)]);
  await first.collector.until(() => first.collector.flowCount === 1);
  await first.collector.stop();
  const state = JSON.parse(readFileSync(`${path}.state`, 'utf8')) as { names: Record<string, unknown>[] };
  const { heard_ms: heard, ...told } = state.names[0]!;
  const of = { address: '127.0.0.1', version: 10, domain: 9, kind: 'interface', id: '3' };
  assert.deepEqual(told, { ...of, name: 'Gi0/0/3', description: 'uplink' });
  assert.ok(Math.abs(Date.now() - Number(heard)) < 60_000);

  const second = await collect(t, args);
  await sendTo(second.port, [flow(3)]);
  await second.collector.until(() => second.collector.flowCount === 1);
  assert.deepEqual(second.collector.flows[0]!['context'], { in_if: 'Gi0/0/3', in_if_description: 'uplink' });
  await second.collector.stop();
});

test('GET /context/lookup has the names that an exporter has told, GET /metrics how many there are', async (t) => {
  const { collector, port } = await collect(t, ['-context.learned', 'on', '-addr=127.0.0.1:0']);
  await sendTo(port, [templates, name(3, 'Gi0/0/3', 'uplink'), name(4, 'Gi0/0/4'), flow(3)]);
  const line = collector.log.find(({ msg }) => msg === 'starting HTTP server')!;
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${String(line['port'])}${path}`)).text();
  const lookUp = async (more: string) => {
    const text = await get(`/context/lookup?addr=10.0.0.1&exporter=127.0.0.1${more}`);
    return (JSON.parse(text) as { learned: Record<string, unknown>[] }).learned;
  };
  // whoever else asks is told a second later
  for (let i = 0; i < 100 && (await lookUp('')).length < 2; i++) await sleep(50);
  const [{ told, age_seconds: age, ...of } = {}, ...others] = await lookUp('&ifindex=3');
  const expected = { kind: 'interface', id: '3', name: 'Gi0/0/3', description: 'uplink', version: 10, domain: 9 };
  assert.deepEqual(of, expected);
  assert.deepEqual(others, []);
  assert.ok(Number(age) < 60 && typeof told === 'string');
  assert.deepEqual(await lookUp('&vrf=3'), []);
  let metrics = '';
  for (let i = 0; i < 100 && !/^goflow2plus_learned_names\S* 2$/m.test(metrics); i++) {
    await sleep(50);
    metrics = await get('/metrics');
  }
  assert.match(metrics, /^goflow2plus_names_learned_total 2$/m);
  assert.match(metrics, /^goflow2plus_learned_name_bytes\S* [1-9]/m);
  await collector.stop();
});

async function collect(t: Parameters<typeof temporaryFolder>[0], args: readonly string[]) {
  const listen = args.includes('-listen') ? [] : ['-listen', 'netflow://127.0.0.1:0'];
  const collector = new CollectorProcess(t, [...listen, ...args]);
  const [port] = await collector.ports();
  return { collector, port: port! };
}

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { sizeDelimitedPeek } from '@bufbuild/protobuf/wire';
import { FlowMessageSchema } from '../gen/flow_pb.ts';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { data, ipfix } from '../support/exporter.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const templates = ipfix.message([
  ipfix.template(256, '1/4', '10/4'),
  ipfix.optionsTemplate(300, ['10/4'], ['82/16', '83/v']),
]);

/** Tells a name of 16 octets at most and a description, as octets or text. */
function name(index: number, text: string | Uint8Array, description: string | Uint8Array = ''): Uint8Array {
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
  const [none, off, auto] = await Promise.all([
    learn([]),
    learn(['-context.config', file, '-context.learned', 'off']),
    learn(['-context.config', file]),
  ]);
  assert.deepEqual([none, off, auto], [undefined, { exporter: 'edge1' }, { exporter: 'edge1', in_if: 'Gi0/0/3' }]);
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

test('S-13 hostile names do no harm, in any format', async (t) => {
  const names: [string | Uint8Array, string][] = [
    ['a"b\\c', 'a"b\\c'],
    ['a\nb\r\tc', 'a\ufffdb\ufffd\ufffdc'],
    ['q\u2028x\u202ey', 'q\ufffdx\ufffdy'],
    [Buffer.from('ff41c0af', 'hex'), '\ufffdA\ufffd\ufffd'],
    ['__proto__', '__proto__'],
    ['\u001b[31mred', '\ufffd[31mred'],
    ['x y=z', 'x y=z'],
    ['  \0hidden', ''],
  ];
  const outputs = ['json', 'text', 'bin'].map(async (format) => {
    const out = join(temporaryFolder(t), 'out');
    const args = ['-format', format, '-context.learned', 'on', '-transport.file', out];
    const { collector, port } = await collect(t, format === 'bin' ? [...args, '-transport.file.sep='] : args);
    const told = names.map(([text], i) => name(i + 1, text, typeof text === 'string' ? text.repeat(7) : text));
    await sendTo(port, [templates, ...told, ...names.map((_, i) => flow(i + 1))]);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    return readFileSync(out);
  });
  const [json, text, bin] = await Promise.all(outputs);
  const shown = names.map(([, expected]) => expected);
  const lines = json!.toString().trim().split('\n');
  const inJson = lines.map((line) => (JSON.parse(line) as { context: Record<string, string> }).context);
  assert.deepEqual(
    inJson.map((context) => context['in_if'] ?? ''),
    shown,
  );
  assert.equal(text!.toString().trim().split('\n').length, names.length, 'a line a flow');
  const messages: string[] = [];
  for (let rest: Uint8Array = bin!; rest.length > 0;) {
    const { size, offset } = sizeDelimitedPeek(rest) as { size: number; offset: number };
    messages.push(fromBinary(FlowMessageSchema, rest.subarray(offset, offset + size)).context['in_if'] ?? '');
    rest = rest.subarray(offset + size);
  }
  assert.deepEqual(messages, shown);
  assert.deepEqual(Object.keys(Object.prototype), []);
});

async function collect(t: Parameters<typeof temporaryFolder>[0], args: readonly string[]) {
  const listen = args.includes('-listen') ? [] : ['-listen', 'netflow://127.0.0.1:0'];
  const collector = new CollectorProcess(t, [...listen, ...args]);
  const [port] = await collector.ports();
  return { collector, port: port! };
}

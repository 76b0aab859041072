import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { sizeDelimitedPeek } from '@bufbuild/protobuf/wire';
import { FlowMessageSchema } from '../gen/flow_pb.ts';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { ContextCollector, v5Of } from '../support/context-collector.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const context = `
networks:
  - { name: web-servers, cidr: 10.1.0.0/24, context: { application: web } }
exporters:
  - name: edge1
    address: 127.0.0.1
    sampling: { default: 1000 }
    interfaces: [{ index: 10, name: Gi0/0/10 }]
`;

test('the first flow has a context, as the last column of JSON', async (t) => {
  const collector = new ContextCollector(t, context);
  const [message] = await collector.messagesOf([{ source: '10.1.0.7', destination: '192.0.2.1', input: 10 }]);
  assert.equal(Object.keys(message!).at(-1), 'context');
  assert.deepEqual(message!['context'], {
    source_group: 'web-servers',
    source_application: 'web',
    exporter: 'edge1',
    in_if: 'Gi0/0/10',
  });
  assert.deepEqual(await collector.contextOf('192.0.2.1'), { exporter: 'edge1' });
});

test('-context.keys shows some keys only, and one that nothing gives is told of', async (t) => {
  const collector = new ContextCollector(t, context, ['-context.keys', 'source_group,context.in_if,source_tier']);
  assert.deepEqual(await collector.contextOf('10.1.0.7'), { source_group: 'web-servers' });
  assert.deepEqual(await collector.contextOf('192.0.2.1'), {});
  const warning = await collector.logged('no part of the context gives keys of -context.keys');
  assert.equal(warning['keys'], 'source_tier');
});

test('text and bin carry the same context', async (t) => {
  const path = join(temporaryFolder(t), 'context.yaml');
  writeFileSync(path, context);
  const outputs = ['text', 'bin'].map(async (format) => {
    const args = ['-listen', 'netflow://127.0.0.1:0', '-format', format, '-context.config', path];
    const out = join(temporaryFolder(t), 'out');
    const collector = new CollectorProcess(t, [...args, '-transport.file', out, '-transport.file.sep=']);
    const [port] = await collector.ports();
    await sendTo(port!, [v5Of([{ source: '192.0.2.1', destination: '10.1.0.1', output: 10 }])]);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    return readFileSync(out);
  });
  const [text, bin] = await Promise.all(outputs);
  const pairs = text!
    .toString()
    .split(' ')
    .filter((column) => column.startsWith('context.'));
  assert.deepEqual(pairs, [
    'context.destination_group=web-servers',
    'context.destination_application=web',
    'context.exporter=edge1',
    'context.out_if=Gi0/0/10',
  ]);
  const { size, offset } = sizeDelimitedPeek(bin!) as { size: number; offset: number };
  const message = fromBinary(FlowMessageSchema, bin!.subarray(offset, offset + size));
  assert.deepEqual(
    Object.entries(message.context).map(([key, value]) => `context.${key}=${value}`),
    pairs,
  );
});

test('D-7 an exporter without a rate has its default, one with a rate keeps it; -produce.scale multiplies', async (t) => {
  const collector = new ContextCollector(t, context, ['-produce.scale']);
  const flows = [{ source: '10.1.0.7', destination: '192.0.2.1', packets: 3, octets: 4_000_000_000 }];
  const [unknown] = await collector.messagesOf(flows);
  const columns = ['sampling_rate', 'bytes', 'scaled_bytes', 'scaled_packets'] as const;
  assert.deepEqual(
    columns.map((name) => unknown![name]),
    [1000, 4e9, 4e12, 3000],
  );
  const [told] = await collector.messagesOf(flows, 50);
  assert.deepEqual(
    columns.map((name) => told![name]),
    [50, 4e9, 2e11, 150],
  );
  assert.deepEqual(Object.keys(told!).slice(-3), ['scaled_bytes', 'scaled_packets', 'context']);
});

test('D-7 an override goes above what is announced; without any rate scaled columns are the plain ones, counted', async (t) => {
  const collector = new ContextCollector(
    t,
    'exporters: [{ name: a, address: 127.0.0.0/8, sampling: { override: 7 } }]\n',
    ['-produce.scale'],
  );
  const flows = [{ source: '192.0.2.1', destination: '192.0.2.2', octets: 10 }];
  assert.equal((await collector.messagesOf(flows, 50))[0]!['scaled_bytes'], 70);
  collector.write('exporters: []\n');
  await collector.logged('context in use', 2);
  let sent = 0;
  await eventually(async () => {
    sent++;
    const [message] = await collector.messagesOf(flows);
    return message!['sampling_rate'] === 0 && message!['scaled_bytes'] === 10;
  });
  await collector.process.stop();
  assert.ok(collector.process.books['flows_unscaled']! >= 1 && collector.process.books['flows_unscaled']! <= sent);
});

test('a context that cannot be used ends the start: every mistake with its line, exit code 1', async (t) => {
  const collector = new ContextCollector(
    t,
    'networks:\n  - { name: a, cidr: 10.0.0.0/40 }\n  - { cidr: 10.0.0.0/8 }\n',
  );
  assert.deepEqual(await collector.process.ended, { code: 1, signal: null });
  assert.match(collector.process.stderr, /context\.yaml:3:5: networks\.1\.name: is missing/);
  assert.equal(collector.process.stdout, '');
  const absent = new ContextCollector(t, '', ['-context.config=/nonexistent/context.yaml']);
  assert.deepEqual(await absent.process.ended, { code: 1, signal: null });
  assert.match(absent.process.stderr, /\/nonexistent\/context\.yaml: ENOENT/);
});

test('keys that no context can have are refused', async (t) => {
  const collector = new ContextCollector(t, context, ['-context.keys', 'src_addr']);
  assert.deepEqual(await collector.process.ended, { code: 1, signal: null });
  assert.match(collector.process.stderr, /-context\.keys: "src_addr" is no key of a context/);
});

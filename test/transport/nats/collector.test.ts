import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PacedSender, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { FlowMessage_FlowType } from '../../../examples/nats-consumer/gen/flow_pb.ts';
import { addressText, flowsIn } from '../../../examples/nats-consumer/src/flows.ts';
import { CollectorProcess, sendTo } from '../../support/collector-process.ts';
import { FlowLedger } from '../../support/flow-ledger.ts';
import { ContextCollector, v5Of } from '../../support/context-collector.ts';
import { NatsServer, natsServerMissing, readStream } from '../../support/nats-server.ts';
import type { StreamMessage } from '../../support/nats-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const capture = fileURLToPath(new URL('../../../../test/fixtures/live-own/fprobe-v5.pcap', import.meta.url));
const CAPTURE_FLOWS = 18;

/** The arguments of the project page, but for the server. */
const pageArguments = (server: Pick<NatsServer, 'url'>) => [
  '-transport=nats',
  `-transport.nats.servers=${server.url}`,
  '-transport.nats.subject=flows',
  '-transport.nats.stream=netflow',
  '-format=bin',
];

const now = BigInt(Date.now()) * 1_000_000n;
const start = now - 60_000_000_000n;

/** Sends the flows of a traffic from one exporter. */
async function exportFlows(t: TestContext, port: number, traffic: Traffic, count: number, address: string) {
  const exporter = new TemplatedExporter({ version: 10, boot: start - 3_600_000_000_000n });
  const sources = [{ address, port: 0 }];
  const sender = new PacedSender({ target: { address: '127.0.0.1', port }, rate: 1500, sources });
  await sender.start();
  t.after(() => sender.stop());
  const { errors } = await sender.send(exporter.export([...traffic.flows(0, count)], now));
  assert.deepEqual(errors, {});
}

/** Ticks off the flows of all messages, read with nothing but the schema and the official client. */
function ledgersOf(messages: readonly StreamMessage[], traffics: readonly Traffic[], count: number): FlowLedger[] {
  const ledgers = traffics.map((traffic) => new FlowLedger(traffic, count));
  for (const message of messages) {
    let flows = 0;
    for (const flow of flowsIn(message.data)) {
      flows++;
      const exporter = Number(addressText(flow.samplerAddress).split('.')[3]) - 1;
      ledgers[exporter]!.add({
        source: addressText(flow.srcAddr),
        destination: addressText(flow.dstAddr),
        protocol: flow.proto,
        sourcePort: flow.srcPort,
        destinationPort: flow.dstPort,
      });
      if (message.subject === 'flows') continue;
      const [, type, sampler, partition] = message.subject.split('.');
      assert.equal(type, 'IPFIX');
      assert.equal(flow.type, FlowMessage_FlowType.IPFIX);
      assert.equal(sampler, `127_0_1_${exporter + 1}`);
      assert.match(partition!, /^[0-3]$/);
    }
    assert.equal(flows, message.count);
  }
  return ledgers;
}

describe('the program with NATS', { skip: natsServerMissing, concurrency: 3 }, () => {
  test('the command of the project page: the stream is made, every flow is in it', async (t) => {
    const server = await NatsServer.start(t);
    const collector = new CollectorProcess(t, [...pageArguments(server), '-listen', `file://${capture}`]);
    assert.deepEqual(await collector.ended, { code: 0, signal: null });
    const messages = await readStream(await server.client(t), 'netflow');
    assert.equal(messages.length, CAPTURE_FLOWS);
    for (const { data, subject } of messages) {
      assert.equal(subject, 'flows');
      const [flow, ...rest] = flowsIn(data);
      assert.equal(flow!.type, FlowMessage_FlowType.NETFLOW_V5);
      assert.equal(rest.length, 0);
    }
    assert.equal(collector.books['flows_delivered'], CAPTURE_FLOWS);
    assert.ok(!collector.stderr.includes('do not balance'));
  });

  test('exporters, two workers, subjects by type, exporter and partition: every flow once, under its subject', async (t) => {
    const server = await NatsServer.start(t);
    const collector = new CollectorProcess(t, [
      ...pageArguments(server),
      '-transport.nats.subject=flows.{type}.{sampler_address}.{partition:4}',
      '-transport.nats.batch.flows=64',
      '-listen=netflow://127.0.0.1:0?workers=2',
    ]);
    const [port] = await collector.ports();
    const traffics = [0, 1, 2].map((stream) => new Traffic({ seed: 7, stream, start, ipv6: 0.3 }));
    const count = 1500;
    await Promise.all(traffics.map((traffic, i) => exportFlows(t, port!, traffic, count, `127.0.1.${i + 1}`)));
    const nc = await server.client(t);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    const messages = await readStream(nc, 'netflow');
    assert.equal(new Set(messages.map(({ subject }) => subject)).size, 12);
    for (const ledger of ledgersOf(messages, traffics, count)) {
      assert.deepEqual(ledger.report(), { seen: count, missing: 0, duplicates: 0, foreign: 0, firstMissing: [] });
    }
    const { books } = collector;
    assert.equal(books['flows_delivered'], 3 * count);
    assert.equal(books['messages_acked'], messages.length, 'I6');
    assert.ok(messages.length < count, `${messages.length} messages`);
    assert.ok(!collector.stderr.includes('do not balance'));
  });

  test('subjects by group: each flow under the networks that it comes from and goes to', async (t) => {
    const server = await NatsServer.start(t);
    const args = [...pageArguments(server), '-transport.nats.subject=flows.{context.source_group}.{context.direction}'];
    const collector = new ContextCollector(
      t,
      `
networks:
  - { name: web.servers, cidr: 10.1.0.0/24, context: { boundary: internal } }
  - { name: world, cidr: 0.0.0.0/0, context: { boundary: external } }`,
      args,
    );
    const [port] = await collector.process.ports();
    const sources = ['10.1.0.1', '192.0.2.1', '10.1.0.2', '10.1.0.3'];
    await sendTo(port!, [v5Of(sources.map((source) => ({ source, destination: '192.0.2.9' })))]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(await collector.process.stop(), { code: 0, signal: null });
    const messages = await readStream(await server.client(t), 'netflow');
    const subjects = messages.map(({ subject, data }) => {
      const [flow] = flowsIn(data);
      return [subject, addressText(flow!.srcAddr), flow!.context['source_group']];
    });
    assert.deepEqual(
      subjects.sort((a, b) => (a[1]! < b[1]! ? -1 : 1)),
      [
        ['flows.web_servers.outbound', '10.1.0.1', 'web.servers'],
        ['flows.web_servers.outbound', '10.1.0.2', 'web.servers'],
        ['flows.web_servers.outbound', '10.1.0.3', 'web.servers'],
        ['flows.world.transit', '192.0.2.1', 'world'],
      ],
    );
  });

  test('a subject with a context key needs a context', async (t) => {
    const args = [...pageArguments({ url: 'nats://127.0.0.1:1' }), '-transport.nats.subject=flows.{context.direction}'];
    const collector = new CollectorProcess(t, args);
    assert.equal((await collector.ended).code, 1);
    assert.match(
      collector.stderr,
      /-transport\.nats\.subject: "flows\.\{context\.direction\}" needs a -context\.config/,
    );
  });

  test('raw messages have no columns: they go to _other', async (t) => {
    const server = await NatsServer.start(t);
    const collector = new CollectorProcess(t, [
      '-transport=nats',
      `-transport.nats.url=${server.url}`,
      '-transport.nats.subject=flows.{type}',
      '-produce=raw',
      '-listen',
      `file://${capture}`,
    ]);
    assert.equal((await collector.ended).code, 0);
    const messages = await readStream(await server.client(t), 'goflow2');
    assert.deepEqual(
      messages.map(({ subject }) => subject),
      ['flows._other'],
    );
  });

  test('F-01 F-15 NATS is not there: it starts, receives and stops in time, and counts', async (t) => {
    const collector = new CollectorProcess(t, [
      ...pageArguments({ url: 'nats://127.0.0.1:1' }),
      '-listen=netflow://127.0.0.1:0',
    ]);
    const [port] = await collector.ports();
    const traffic = new Traffic({ seed: 7, start });
    await exportFlows(t, port!, traffic, 500, '127.0.1.1');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const began = performance.now();
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    assert.ok(performance.now() - began < 10_500);
    const { books } = collector;
    assert.equal(books['flows_produced'], 500);
    assert.equal(books['flows_dropped:shutdown_timeout'], 500);
    assert.ok(!collector.stderr.includes('do not balance'));
  });

  test('a replay waits for NATS and loses nothing, however small the buffer', async (t) => {
    const server = await NatsServer.start(t);
    await server.stop();
    const loops = 3000;
    const collector = new CollectorProcess(t, [
      ...pageArguments(server),
      '-transport.nats.batch.flows=64',
      '-transport.nats.buffer=100kB',
      '-listen',
      `file://${capture}?loop=${loops}&speed=max`,
    ]);
    await collector.until(() => collector.stderr.includes('starting collection'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await server.run();
    assert.deepEqual(await collector.ended, { code: 0, signal: null });
    assert.equal(collector.books['flows_delivered'], loops * CAPTURE_FLOWS);
    const messages = await readStream(await server.client(t), 'netflow');
    assert.equal(
      messages.reduce((sum, { count }) => sum + count, 0),
      loops * CAPTURE_FLOWS,
    );
  });

  test('S-11 no secret is seen, whatever goes wrong', async (t) => {
    const server = await NatsServer.start(t, {
      config: 'authorization { users: [{ user: collector, password: right }] }',
    });
    const folder = temporaryFolder(t);
    const secret = join(folder, 'password');
    writeFileSync(secret, 'canary-file', { mode: 0o600 });
    const withUserInfo = server.url.replace('//', '//canary-user:canary-url@');
    const cases: string[][] = [
      ['-v=false', `-transport.nats.servers=${withUserInfo}`],
      ['-transport.nats.servers', `${withUserInfo},${withUserInfo}`],
      [`-transport.nats.url=${withUserInfo.replace('nats:', 'tls:')}`],
      [
        `-transport.nats.servers=${server.url}`,
        '-transport.nats.user=collector',
        `-transport.nats.password_file=${secret}`,
      ],
      [`-transport.nats.servers=${server.url}`, '-transport.nats.user=collector'],
      [`-transport.nats.servers=${server.url}`, `-transport.nats.nkey_file=${secret}`],
      [`-transport.nats.servers=${server.url}`, 'ignored', `-transport.nats.url=${withUserInfo}`],
      [`-transport.nats.servers=${withUserInfo}:x`],
      [`-transport.nats.servers=http://canary-user:canary-url@host`],
    ];
    await Promise.all(
      cases.map(async (args) => {
        const collector = new CollectorProcess(
          t,
          ['-transport=nats', '-listen=netflow://127.0.0.1:0', '-loglevel=debug', ...args],
          undefined,
          args.includes('-transport.nats.user=collector') ? ['env', 'GOFLOW2_NATS_PASSWORD=canary-environment'] : [],
        );
        const failed = await Promise.race([
          collector.ended,
          collector.until(() => collector.stderr.includes('"trouble":')).then(() => undefined),
        ]);
        if (failed === undefined) {
          const folderOf = `/proc/${collector.child.pid}`;
          assert.doesNotMatch(readFileSync(`${folderOf}/cmdline`, 'latin1'), /canary/, args.join(' '));
          for (const task of readdirSync(`${folderOf}/task`)) {
            assert.doesNotMatch(readFileSync(`${folderOf}/task/${task}/comm`, 'latin1'), /canary/);
          }
          collector.child.kill('SIGTERM');
          collector.child.kill('SIGTERM');
          await collector.ended;
        }
        assert.doesNotMatch(collector.stderr + collector.stdout, /canary/, args.join(' '));
      }),
    );
  });
});

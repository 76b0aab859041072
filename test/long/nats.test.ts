/**
 * The full forms of the faults of NATS, whose short forms run with every test: `npm run test:long`, about six minutes.
 */
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PacedSender, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { addressText, flowsIn } from '../../examples/nats-consumer/src/flows.ts';
import { CollectorProcess } from '../support/collector-process.ts';
import { FlowLedger } from '../support/flow-ledger.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { NatsFeed, assertExactlyOnce, flowNumbers } from '../support/nats-feed.ts';
import { NatsServer, natsServerMissing, readStream } from '../support/nats-server.ts';

const skip = natsServerMissing;
const stream = 'goflow2';

async function assertAllThere(t: TestContext, server: NatsServer, feed: NatsFeed): Promise<void> {
  const messages = await readStream(await server.client(t), stream);
  assertExactlyOnce(flowNumbers(messages), feed.sent);
  assert.equal(feed.delivered, feed.sent);
  assert.equal(messages.length, feed.counters.get('messages_acked'), 'I6');
}

/** Octets of memory that a process has. */
function residentOctets(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]) * 1024;
}

test('F-03 20 kills at random: nothing lost, nothing twice', { skip }, async (t) => {
  const server = await NatsServer.start(t);
  const feed = await NatsFeed.start(t, server, { 'transport.nats.batch.flows': 8 });
  feed.feed(8000);
  for (let kill = 0; kill < 20; kill++) {
    const before = feed.delivered;
    await feed.until(() => feed.delivered > before + 500, 20_000);
    await sleep(Math.random() * 1000);
    await server.stop('SIGKILL');
    await sleep(Math.random() * 1500);
    await server.run();
  }
  feed.pause();
  await feed.settled(30_000);
  assert.ok(feed.counters.get('messages_retried') > 20);
  t.diagnostic(JSON.stringify(feed.counters.snapshot()));
  await assertAllThere(t, server, feed);
});

test(
  'R-09 60 s without NATS at 20,000 flows/s: nothing lost, nothing twice, memory within its bound',
  { skip },
  async (t) => {
    const server = await NatsServer.start(t);
    const collector = new CollectorProcess(t, [
      '-transport=nats',
      `-transport.nats.servers=${server.url}`,
      '-transport.nats.batch.flows=64',
      '-format=bin',
      '-listen=netflow://127.0.0.1:0',
    ]);
    const [port] = await collector.ports();
    const start = BigInt(Date.now()) * 1_000_000n;
    const traffic = new Traffic({ seed: 11, start });
    const exporter = new TemplatedExporter({ version: 10, boot: start - 3_600_000_000_000n });
    const rate = 20_000;
    const count = rate * 70;
    function* datagrams(): Generator<Uint8Array> {
      for (let from = 0; from < count; from += 240) {
        yield* exporter.export([...traffic.flows(from, Math.min(from + 240, count))], start);
      }
    }
    const flowsADatagram = exporter.export([...traffic.flows(0, 240)], start).length / 240;
    const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: rate * flowsADatagram });
    await sender.start();
    t.after(() => sender.stop());
    const sending = sender.send(datagrams());
    await sleep(3000);
    await server.stop('SIGKILL');
    await sleep(60_000);
    const rss = residentOctets(collector.child.pid!);
    assert.ok(rss <= 512 * 1024 ** 2, `${Math.round(rss / 1024 ** 2)} MiB`);
    await server.run();
    const began = performance.now();
    const report = await sending;
    assert.deepEqual(report.errors, {});
    await sleep(2000);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    const { books } = collector;
    t.diagnostic(
      `RSS ${Math.round(rss / 1024 ** 2)} MiB, drained ${Math.round(performance.now() - began)} ms after the start`,
    );
    t.diagnostic(JSON.stringify(books));
    assert.equal(books['kernel_drops'] ?? 0, 0);
    assert.equal(books['flows_produced'], count);
    assert.equal(books['flows_delivered'], count);
    const ledger = new FlowLedger(traffic, count);
    for (const { data } of await readStream(await server.client(t), stream)) {
      for (const flow of flowsIn(data)) {
        ledger.add({
          source: addressText(flow.srcAddr),
          destination: addressText(flow.dstAddr),
          protocol: flow.proto,
          sourcePort: flow.srcPort,
          destinationPort: flow.dstPort,
        });
      }
    }
    assert.deepEqual(ledger.report(), { seen: count, missing: 0, duplicates: 0, foreign: 0, firstMissing: [] });
  },
);

test('F-04 180 s without NATS and a buffer for less: the oldest are dropped, exactly counted', { skip }, async (t) => {
  const server = await NatsServer.start(t);
  const feed = await NatsFeed.start(t, server, {
    'transport.nats.buffer': 4 * 1024 ** 2,
    'transport.nats.batch.flows': 64,
  });
  feed.feed(2000);
  await feed.until(() => feed.delivered > 2000);
  await server.stop();
  await sleep(180_000);
  const dropped = feed.counters.get('flows_dropped:buffer_full');
  assert.ok(dropped > 50_000, `${dropped}`);
  await server.run();
  await sleep(2000);
  feed.pause();
  await feed.settled(20_000);
  const numbers = flowNumbers(await readStream(await server.client(t), stream));
  assert.equal(numbers.length, feed.sent - feed.dropped);
  assert.equal(new Set(numbers).size, numbers.length);
  const firstMissing = numbers.findIndex((number, i) => number !== i);
  assert.equal(numbers[firstMissing]! - firstMissing, feed.dropped, 'one gap: what was dropped were the oldest');
});

test('a server that stands still for 60 s: the connection is given up and made anew', { skip }, async (t) => {
  const server = await NatsServer.start(t);
  const feed = await NatsFeed.start(t, server, { 'transport.nats.batch.flows': 16 });
  feed.feed(2000);
  await feed.until(() => feed.delivered > 2000);
  server.signal('SIGSTOP');
  await sleep(60_000);
  assert.equal(feed.ready, false);
  server.signal('SIGCONT');
  await sleep(3000);
  feed.pause();
  await feed.settled(30_000);
  assert.ok(feed.counters.get('nats_connections') >= 2);
  await assertAllThere(t, server, feed);
});

test('a cluster of three: one is killed, one is taken out of service, under load', { skip }, async (t) => {
  const cluster = await NatsCluster.start(t);
  const feed = new NatsFeed(t, undefined, {
    'transport.nats.servers': [cluster.urls[0]!],
    'transport.nats.stream.replicas': 3,
    'transport.nats.batch.flows': 16,
  });
  await feed.transport.start();
  feed.feed(4000);
  await feed.until(() => feed.delivered > 5000, 20_000);
  // The one that it is connected to: only by what this one has told does it know of the others.
  await cluster.servers[0]!.stop('SIGKILL');
  const before = feed.delivered;
  await feed.until(() => feed.delivered > before + 5000, 20_000);
  await cluster.servers[0]!.run();
  await sleep(5000);
  const connected = feed.lines.filter((line) => line.startsWith('connected to NATS')).at(-1)!;
  const current = cluster.servers.find(({ port }) => connected.includes(`:${port}"`))!;
  current.signal('SIGUSR2'); // lame duck: it asks its clients to go elsewhere
  await feed.until(() => feed.lines.some((line) => line.includes('about to stop')), 20_000);
  const then = feed.delivered;
  await feed.until(() => feed.delivered > then + 5000, 20_000);
  feed.pause();
  await feed.settled(30_000);
  t.diagnostic(JSON.stringify(feed.counters.snapshot()));
  const other = cluster.servers.find((server) => server !== current)!;
  await assertAllThere(t, other, feed);
});

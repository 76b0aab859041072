import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { FixedExporter, PacedSender, TemplatedExporter, Traffic, repeated } from '#src/simulate/index.js';
import { isDrained } from '../support/udp-queue.ts';
import { CollectorProcess } from '../support/collector-process.ts';
import { data, v9 } from '../support/exporter.ts';
import { LOAD_SECONDS } from '../support/extent.ts';
import { MAX_RESIDENT_KB, peakKB } from '../support/memory-peak.ts';
import { range, v5 } from '../support/numbered-flows.ts';
import { OwnNetwork } from '../support/own-network.ts';
import { skipUnless, skipUnlessRoot, skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Records of four octets that fill a datagram of the largest size, beside their template. */
const LARGEST_RECORDS = 16_367;

const boot = 1_700_000_000_000_000_000n;
const later = boot + 3_600_000_000_000n;
const inNetwork = skipUnless(skipUnlessRoot(), skipWithout('iproute2'));

const flowsOf = (count: number) => [...new Traffic({ seed: 7, start: boot, ipv6: 0 }).flows(0, count)];

/** Sends datagrams within a network, all of them `rounds` times, fifty a second where there is more than one round. */
async function sendWithin(
  network: OwnNetwork,
  t: TestContext,
  target: string,
  datagrams: readonly Uint8Array[],
  rounds = 1,
) {
  const folder = temporaryFolder(t);
  const files = datagrams.map((bytes, i) => {
    const file = join(folder, String(i));
    writeFileSync(file, bytes);
    return file;
  });
  const [address, port] = target.split(' ') as [string, string];
  const program = `
    const socket = require('dgram').createSocket('udp4');
    const [port, address, rounds, ...files] = process.argv.slice(1);
    const datagrams = files.map((file) => require('fs').readFileSync(file));
    const send = (i) => i === rounds * datagrams.length ? socket.close()
      : socket.send(datagrams[i % datagrams.length], port, address, (error) => {
        if (error) throw error;
        if (rounds > 1) setTimeout(send, 20, i + 1);
        else send(i + 1);
      });
    send(0);`;
  const sender = network.start(process.execPath, '-e', program, port, address, String(rounds), ...files);
  await sender.finished(20_000 + rounds * 1_000);
}

test(
  'F-31 datagrams of 60,000 octets that come in 41 fragments, and the largest that there are, are whole',
  inNetwork,
  async (t) => {
    const network = await OwnNetwork.open(t);
    await network.run('ip', 'link', 'set', 'lo', 'mtu', '1500');
    const flags = ['-listen', 'netflow://127.0.0.1:2055', '-format=bin', '-transport.file=/dev/null'];
    const collector = new CollectorProcess(t, flags, undefined, network.prefix);
    await collector.ports();
    const flows = flowsOf(600);
    const [datagram, ...others] = new TemplatedExporter({ version: 9, boot, payload: 60_000 }).export(flows, later);
    assert.ok(datagram!.length > 50_000 && others.length === 0, `${datagram!.length} octets, ${others.length} more`);
    const largest = v9.message([
      v9.template(256, '1/4'),
      data(256, '0000ffff'.repeat(LARGEST_RECORDS), { padding: Buffer.alloc(3) }),
    ]);
    assert.equal(largest.length, 65_507);
    const rounds = (LOAD_SECONDS * 50) / 2;
    await sendWithin(network, t, '127.0.0.1 2055', [datagram!, largest], rounds);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    const { books } = collector;
    assert.equal(books['datagrams_decoded'], 2 * rounds);
    assert.equal(books['records_decoded']!, rounds * (flows.length + LARGEST_RECORDS));
  },
);

test('F-33 the address that it listens on goes and comes back: it goes on', inNetwork, async (t) => {
  const network = await OwnNetwork.open(t);
  const address = (what: 'add' | 'del') => network.run('ip', 'addr', what, '192.0.2.1/32', 'dev', 'lo');
  await address('add');
  const collector = new CollectorProcess(t, ['-listen', 'netflow://192.0.2.1:2055'], undefined, network.prefix);
  await collector.ports();
  const [first, second] = new FixedExporter({ boot }).export(flowsOf(60), later);
  const records = (datagram: Uint8Array) => Buffer.from(datagram).readUInt16BE(2);
  await sendWithin(network, t, '192.0.2.1 2055', [first!]);
  await collector.until(() => collector.flowCount === records(first!));
  await address('del');
  await address('add');
  await sendWithin(network, t, '192.0.2.1 2055', [second!]);
  await collector.until(() => collector.flowCount === records(first!) + records(second!));
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
});

test('F-33 a port that is taken, and an address that is not of this machine: told, exit code 1', async (t) => {
  const first = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0?receive=dgram']);
  const [port] = await first.ports();
  for (const [uri, says] of [
    [`netflow://127.0.0.1:${port}?receive=dgram`, /is taken by another socket/],
    ['netflow://192.0.2.1:2055', /192\.0\.2\.1/],
  ] as const) {
    const second = new CollectorProcess(t, ['-listen', uri]);
    assert.deepEqual(await second.ended, { code: 1, signal: null });
    assert.match(second.stderr, says);
  }
});

test(
  'F-34 without file descriptors for HTTP, UDP goes on',
  { skip: process.platform !== 'linux' && 'needs prlimit of Linux' },
  async (t) => {
    const output = ['-format=bin', '-transport.file=/dev/null'];
    const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', '-addr=:0', ...output]);
    const [port] = await collector.ports();
    execFileSync('prlimit', ['--nofile=64', `--pid=${collector.child.pid}`]);
    const http = collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
    const sockets: Socket[] = [];
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    const open = (from: number) => {
      const socket = connect({ port: http, host: '127.0.0.1', localAddress: `127.0.0.${from}` });
      socket.on('error', () => {});
      return socket;
    };
    // Sixteen connections of one address are taken: come from ten.
    for (let i = 0; i < 150; i++) sockets.push(open((i % 10) + 2));
    await Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).once('connect', resolve))),
    );
    // whoever is turned away comes back
    let attempts = 0;
    const again = setInterval(() => {
      attempts++;
      const i = sockets.findIndex((socket) => socket.closed);
      if (i >= 0) sockets[i] = open((i % 10) + 2);
    }, 20);
    t.after(() => clearInterval(again));
    const sent = LOAD_SECONDS * 500;
    const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: 500 });
    await sender.start();
    await sender.send(range(sent).map(v5));
    await sender.stop();
    await collector.until(() => isDrained(port!));
    clearInterval(again);
    assert.ok(attempts > 0);
    sockets.forEach((socket) => socket.destroy());
    await collector.until(() => !collector.stderr.includes('do not balance'));
    const answers = async () => {
      const response = await fetch(`http://127.0.0.1:${http}/live`).catch(() => undefined);
      return response?.status === 200;
    };
    for (let tries = 0; !(await answers()); tries++) {
      assert.ok(tries < 50, 'HTTP answers again');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    assert.equal(collector.books['flows_delivered'], 30 * sent);
  },
);

test('F-35 a heap of 96 MiB under load: no fatal error, whatever it costs is counted', async (t) => {
  const file = join(temporaryFolder(t), 'flows');
  const heap = ['env', 'NODE_OPTIONS=--max-old-space-size=96'];
  const flags = ['-listen', 'netflow://127.0.0.1:0', '-format=bin', `-transport.file=${file}`];
  const collector = new CollectorProcess(t, flags, undefined, heap);
  const [port] = await collector.ports();
  const exporters = [11, 12, 13].map((source) => ({ address: `127.0.0.${source}`, port: 0 }));
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, sources: exporters, rate: 10_000 });
  await sender.start();
  const exporter = new TemplatedExporter({ version: 9, boot });
  const datagrams = exporter.export(flowsOf(5000), later);
  const passes = Math.ceil((10_000 * LOAD_SECONDS) / datagrams.length);
  let sent = 0;
  const load = (function* () {
    for (const bytes of repeated(datagrams, datagrams.length, passes)) yield { bytes, source: sent++ % 3 };
  })();
  await sender.send(load);
  await sender.stop();
  await collector.until(() => isDrained(port!)); // with node:dgram what the kernel holds at a stop is counted by nobody
  assert.ok(peakKB(collector) <= MAX_RESIDENT_KB, `R-08 ${peakKB(collector)} kB`);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  const books = collector.books;
  assert.equal((books['datagrams_received'] ?? 0) + (books['kernel_drops'] ?? 0), sent);
  assert.ok((books['flows_delivered'] ?? 0) > 0);
  assert.ok(!collector.stderr.includes('do not balance'));
});

test('S-07 a datagram makes no more than 4,096 flows, and the octets of its output are bounded', async (t) => {
  const output = ['-format=bin', '-transport.file.sep=', '-transport.file=/dev/null'];
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', ...output]);
  const [port] = await collector.ports();
  const RECORDS = 60_000;
  const template = v9.message([v9.template(256, '4/1')]);
  const flood = v9.message([data(256, '06'.repeat(RECORDS))]);
  const count = 10 * LOAD_SECONDS;
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: 10 });
  await sender.start();
  await sender.send([template, ...range(count).map(() => flood)]);
  await sender.stop();
  await collector.until(() => isDrained(port!));
  assert.ok(peakKB(collector) <= MAX_RESIDENT_KB, `R-08 ${peakKB(collector)} kB`);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  const { books } = collector;
  assert.equal(books['flows_delivered'], 4096 * count);
  assert.equal(books['records_decoded'], RECORDS * count);
  assert.equal(books['records_dropped:records_limit'], (RECORDS - 4096) * count);
  const octets = books['bytes_delivered']!;
  assert.ok(octets > 0 && octets <= 64 * flood.length * count, `${octets} octets of ${flood.length * count}`);
});

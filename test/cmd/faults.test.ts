import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { FixedExporter, PacedSender, TemplatedExporter, Traffic, repeated } from '#src/simulate/index.js';
import { isDrained } from '../support/udp-queue.ts';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { data, v9 } from '../support/exporter.ts';
import { OwnNetwork } from '../support/own-network.ts';
import { skipUnless, skipUnlessRoot, skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const boot = 1_700_000_000_000_000_000n;
const later = boot + 3_600_000_000_000n;
const inNetwork = skipUnless(skipUnlessRoot(), skipWithout('iproute2'));

const flowsOf = (count: number) => [...new Traffic({ seed: 7, start: boot, ipv6: 0 }).flows(0, count)];

/** Sends the content of files, each in one datagram, within a network: FILE... */
async function sendWithin(network: OwnNetwork, t: TestContext, target: string, datagrams: readonly Uint8Array[]) {
  const folder = temporaryFolder(t);
  const files = datagrams.map((bytes, i) => {
    const file = join(folder, String(i));
    writeFileSync(file, bytes);
    return file;
  });
  const [address, port] = target.split(' ') as [string, string];
  const program = `
    const socket = require('dgram').createSocket('udp4');
    const [port, address, ...files] = process.argv.slice(1);
    const next = () => files.length === 0 ? socket.close()
      : socket.send(require('fs').readFileSync(files.shift()), port, address, (error) => { if (error) throw error; next(); });
    next();`;
  await network.run(process.execPath, '-e', program, port, address, ...files);
}

test('F-31 a datagram of 60,000 octets that comes in 41 fragments is whole', inNetwork, async (t) => {
  const network = await OwnNetwork.open(t);
  await network.run('ip', 'link', 'set', 'lo', 'mtu', '1500');
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:2055'], undefined, network.prefix);
  await collector.ports();
  const flows = flowsOf(600);
  const [datagram, ...others] = new TemplatedExporter({ version: 9, boot, payload: 60_000 }).export(flows, later);
  assert.ok(datagram!.length > 50_000 && others.length === 0, `${datagram!.length} octets, ${others.length} more`);
  await sendWithin(network, t, '127.0.0.1 2055', [datagram!]);
  await collector.until(() => collector.flowCount === flows.length);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
});

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
    const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', '-addr=:0']);
    const [port] = await collector.ports();
    execFileSync('prlimit', ['--nofile=64', `--pid=${collector.child.pid}`]);
    const http = collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
    const sockets: Socket[] = [];
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    // Sixteen connections of one address are taken: come from ten.
    for (let i = 0; i < 150; i++) {
      const socket = connect({ port: http, host: '127.0.0.1', localAddress: `127.0.0.${(i % 10) + 2}` });
      socket.on('error', () => {});
      sockets.push(socket);
    }
    await Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).once('connect', resolve))),
    );
    const datagrams = new FixedExporter({ boot }).export(flowsOf(3000), later);
    await sendTo(port!, datagrams);
    await collector.until(() => collector.flowCount === 3000);
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
  const passes = Math.ceil(20_000 / datagrams.length);
  let sent = 0;
  const load = (function* () {
    for (const bytes of repeated(datagrams, datagrams.length, passes)) yield { bytes, source: sent++ % 3 };
  })();
  await sender.send(load);
  await sender.stop();
  await collector.until(() => isDrained(port!)); // what the kernel still holds at a stop is counted by nobody
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  const books = collector.books;
  assert.equal((books['datagrams_received'] ?? 0) + (books['kernel_drops'] ?? 0), sent);
  assert.ok((books['flows_delivered'] ?? 0) > 0);
  assert.ok(!collector.stderr.includes('do not balance'));
});

test('S-07 a datagram makes no more than 4,096 flows, and the octets of its output are bounded', async (t) => {
  const file = join(temporaryFolder(t), 'flows');
  const flags = ['-listen', 'netflow://127.0.0.1:0', '-format=bin', '-transport.file.sep=', `-transport.file=${file}`];
  const collector = new CollectorProcess(t, flags);
  const [port] = await collector.ports();
  const records = '06'.repeat(60_000);
  const template = v9.message([v9.template(256, '4/1')]);
  const flood = v9.message([data(256, records)]);
  await sendTo(port!, [template, flood], 1);
  const size = () => statSync(file).size;
  await collector.until(() => size() > 0);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  assert.equal(collector.books['flows_delivered'], 4096);
  assert.equal(collector.books['records_decoded'], 60_000);
  assert.ok(size() <= 64 * flood.length, `${size()} octets of ${flood.length}`);
  assert.ok(readFileSync(file).length > 0);
});

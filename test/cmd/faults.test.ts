import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FixedExporter, PacedSender, TemplatedExporter, Traffic, repeated } from '#src/simulate/index.js';
import { isDrained } from '../support/udp-queue.ts';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { data, v9 } from '../support/exporter.ts';
import { LOAD_SECONDS, SECONDS_A_TURN, turns } from '../support/extent.ts';
import { range, v5 } from '../support/numbered-flows.ts';
import { endsWell, takesOneMore } from '../support/oracle.ts';
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
    await sendWithin(network, t, '127.0.0.1 2055', [v5(0)]); // a small one gets through behind them
    const books = await endsWell(collector, 2 * rounds + 1);
    assert.equal(books['datagrams_decoded'], 2 * rounds + 1);
    assert.equal(books['records_decoded']!, rounds * (flows.length + LARGEST_RECORDS) + 30);
    assert.equal(books['flows_delivered'], books['flows_produced']);
  },
);

test('F-33 the address that it listens on goes and comes back, again and again: it goes on', inNetwork, async (t) => {
  const network = await OwnNetwork.open(t);
  const address = (what: 'add' | 'del') => network.run('ip', 'addr', what, '192.0.2.1/32', 'dev', 'lo');
  await address('add');
  const collector = new CollectorProcess(t, ['-listen', 'netflow://192.0.2.1:2055'], undefined, network.prefix);
  await collector.ports();
  const [datagram] = new FixedExporter({ boot }).export(flowsOf(30), later);
  const records = Buffer.from(datagram!).readUInt16BE(2);
  let sent = 0;
  const load = async () => {
    const rounds = Math.ceil(30 * SECONDS_A_TURN);
    await sendWithin(network, t, '192.0.2.1 2055', [datagram!], rounds);
    sent += rounds;
    await collector.until(() => collector.flowCount === records * sent);
  };
  await load();
  for await (const _ of turns()) {
    await address('del');
    await address('add');
    await load();
  }
  await endsWell(collector, sent);
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
  'F-33 the kernel has no buffer for a while (ENOBUFS): told, and what comes then is received',
  skipWithout('strace'),
  async (t) => {
    const trace = join(temporaryFolder(t), 'trace');
    // every third call of a thread, 1,000 times at most
    const inject = ['-e', 'trace=recvmmsg', '-e', 'inject=recvmmsg:error=ENOBUFS:when=2..3000+3'];
    const prefix = ['strace', '-D', '-f', '-qq', '-o', trace, ...inject];
    const collector = new CollectorProcess(t, ['-listen=netflow://127.0.0.1:0?receive=mmsg'], undefined, prefix);
    const [port] = await collector.ports();
    let sent = 0;
    for (const end = performance.now() + 1000 * LOAD_SECONDS; sent < 100 || performance.now() < end;) {
      await sendTo(port!, [v5(sent++)]);
      await collector.until(() => collector.flowCount === 30 * sent);
      await sleep(5);
    }
    assert.ok(readFileSync(trace, 'latin1').split('ENOBUFS').length > 30);
    assert.match(collector.stderr, /receiving on port \d+: ENOBUFS/);
    const lines = collector.log.filter(({ msg }) => msg.includes('ENOBUFS')).length;
    // ten, and what tells of the muting, in each ten seconds
    assert.ok(lines <= 20 * Math.ceil((LOAD_SECONDS + 1) / 10), `${lines} lines`);
    const books = await takesOneMore(collector, port!, sent);
    assert.equal(books['flows_delivered'], 30 * (sent + 1));
  },
);

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
    const books = await takesOneMore(collector, port!, sent);
    assert.equal(books['flows_delivered'], 30 * (sent + 1));
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
  for (const before = statSync(file).size; statSync(file).size === before; sent++) {
    await sendTo(port!, [v5(0)]); // until there is room again
    await sleep(50);
  }
  const books = await endsWell(collector, sent);
  assert.ok(books['flows_delivered']! > 0);
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
  const books = await takesOneMore(collector, port!, count + 1);
  assert.equal(books['flows_delivered'], 4096 * count + 30);
  assert.equal(books['records_decoded'], RECORDS * count + 30);
  assert.equal(books['records_dropped:records_limit'], (RECORDS - 4096) * count);
  const octets = books['bytes_delivered']!;
  assert.ok(octets > 0 && octets <= 64 * flood.length * count, `${octets} octets of ${flood.length * count}`);
});

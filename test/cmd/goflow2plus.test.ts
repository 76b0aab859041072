import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { numbersOf, range, v5 } from '../support/numbered-flows.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url));
const capture = `file://${fixture('live-own/fprobe-v5.pcap')}`;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'goflow2plus-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a replayed capture ends the program with exit code 0 (D-19), with its time as the receive time', async (t) => {
  const collector = new CollectorProcess(t, ['-listen', capture]);
  assert.deepEqual(await collector.ended, { code: 0, signal: null });
  assert.equal(collector.flows.length, 18);
  assert.equal(collector.flows[0]!['type'], 'NETFLOW_V5');
  assert.ok(Number(collector.flows[0]!['time_received_ns']) < 1.77e18 + 1e17);
  assert.equal(collector.books['flows_delivered'], 18);
});

test('datagrams on a socket become lines, and SIGTERM ends with exit code 0 and balanced books', async (t) => {
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0']);
  const [port] = await collector.ports();
  await sendTo(port!, range(100).map(v5));
  await collector.until(() => collector.flows.length === 3000);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  assert.deepEqual(numbersOf(collector.stdout), range(3000));
  assert.equal(collector.books['datagrams_decoded'], 100);
  assert.ok(!collector.stderr.includes('do not balance'));
});

test('a quiet collector prints a flow within 100 ms', async (t) => {
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0']);
  const [port] = await collector.ports();
  await sendTo(port!, [v5(0)]);
  await collector.until(() => collector.flows.length === 30);
  const before = performance.now();
  await sendTo(port!, [v5(1)]);
  await collector.until(() => collector.flows.length === 60);
  const took = performance.now() - before;
  assert.ok(took < 100, `${took} ms`);
});

test('SIGHUP without a file changes nothing', async (t) => {
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0']);
  const [port] = await collector.ports();
  collector.child.kill('SIGHUP');
  await sendTo(port!, [v5(0)]);
  await collector.until(() => collector.flows.length === 30);
  assert.equal((await collector.stop('SIGINT')).code, 0);
});

test('a queue_size that is more than a worker can have is told, with what it gets', async (t) => {
  const flags = ['-listen', 'netflow://127.0.0.1:0?queue_size=2000000&count=2'];
  const collector = new CollectorProcess(t, flags);
  const [port] = await collector.ports();
  await collector.until(() => collector.stderr.includes('queue_size=1048576 is used, 1 GiB for each worker'));
  await sendTo(port!, [v5(0)]);
  await collector.until(() => collector.flowCount === 30);
  assert.equal((await collector.stop()).code, 0);
});

test('F-09 a full device: the program goes on, and counts', async (t) => {
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', '-transport.file', '/dev/full']);
  const [port] = await collector.ports();
  await sendTo(port!, range(10).map(v5));
  await collector.until(() => collector.stderr.includes('ENOSPC'));
  await sendTo(port!, range(10).map(v5));
  assert.equal((await collector.stop()).code, 0);
  assert.equal(collector.books['flows_dropped:enospc'], 600);
});

test('standard output may be a file: all of it is there, and nothing but the log is on standard error', async (t) => {
  const path = join(folder(t), 'out');
  const out = openSync(path, 'w');
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0'], ['ignore', out, 'pipe']);
  closeSync(out);
  const [port] = await collector.ports();
  await sendTo(port!, [v5(0)]);
  await collector.until(() => readFileSync(path, 'utf8').split('\n').length === 31);
  assert.equal((await collector.stop()).code, 0);
  assert.deepEqual(numbersOf(readFileSync(path, 'utf8')), range(30));
  assert.ok(collector.log.every(({ msg }) => typeof msg === 'string')); // every line is one of the log
});

test('S-10 bad datagrams do not flood the log, whatever their class and worker, and the muted ones are counted', async (t) => {
  const flags = ['-listen', 'netflow://127.0.0.1:0?workers=3', '-err.cnt=3', '-err.int=1m'];
  const collector = new CollectorProcess(t, flags);
  const [port] = await collector.ports();
  const sources = range(12).map((i) => ({ address: `127.0.0.${i + 1}`, port: 0 }));
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, sources, rate: 5_000 });
  await sender.start();
  const classes = {
    unsupported_version: Buffer.alloc(30),
    too_short: Buffer.from([0, 9, 0]),
    bad_message_length: Buffer.from('000a0008000000000000000000000000', 'hex'),
  };
  const floods = Object.values(classes);
  const bad = range(1_500).map((i) => ({ bytes: floods[i % 3]!, source: (i * 7) % 12 }));
  await sender.send([...bad, ...range(100).map((id) => ({ bytes: v5(id), source: id % 12 }))]);
  await sender.stop();
  await collector.until(() => collector.flowCount === 3_000);
  assert.equal((await collector.stop()).code, 0);
  for (const name of Object.keys(classes)) {
    const reason = `datagrams_failed:${name}`;
    const about = collector.log.filter((line) => line['class'] === reason || line['reason'] === reason);
    assert.equal(about.filter(({ msg }) => msg.includes('muting')).length, 1);
    const skipped = about.reduce((sum, { count = 0 }) => sum + Number(count), 0);
    const logged = about.filter((line) => line['reason'] === reason).length;
    assert.deepEqual([logged, logged + skipped], [3, 500], name);
    assert.equal(collector.books[reason], 500);
  }
  assert.ok(collector.stderr.split('\n').every((line) => line.length <= 2048));
});

test('a flag that does not exist: usage, exit code 2; a value that does not exist: exit code 1', async (t) => {
  const cases: [args: string[], code: number, text: RegExp][] = [
    [['-nonsense'], 2, /flag provided but not defined: -nonsense/],
    [['-err.int', '10'], 2, /err\.int/],
    [['-format', 'xml'], 1, /format error .*xml.* not found/],
    [['-produce', 'nothing'], 1, /producer does not exist/],
    [['-transport', 'pigeon'], 1, /transport error .*pigeon.* not found/],
    [['-listen', 'http://:80'], 1, /scheme does not exist: http/],
    [['-listen', 'file:///nonexistent.pcap'], 1, /nonexistent\.pcap/],
    [['-listen', 'netflow://192.0.2.77:2055'], 1, /192\.0\.2\.77/],
    [['-transport.file', '/proc/nowhere/flows'], 1, /transport\.file/],
    [['-loglevel', 'loud'], 1, /loud/],
  ];
  for (const [args, code, text] of cases) {
    const collector = new CollectorProcess(t, args);
    assert.equal((await collector.ended).code, code, args.join(' '));
    assert.match(collector.stderr, text);
    assert.equal(collector.stdout, '');
    assert.doesNotMatch(collector.stderr, /\bat .*\.js:\d+/, 'no stack trace for what a user did');
  }
});

test('-v and -h', () => {
  const bin = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));
  assert.match(execFileSync(process.execPath, [bin, '-v'], { encoding: 'utf8' }), /^GoFlow2 \d+\.\d+\.\d+ .*\n$/);
  assert.equal(
    execFileSync(process.execPath, [bin, '-h'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    '',
  );
});

test('C-113 listens on the ports that are asked for', async (t) => {
  const listen = 'netflow://127.0.0.1:0,sflow://127.0.0.1:0,flow://[::1]:0';
  const collector = new CollectorProcess(t, ['-listen', listen]);
  const ports = await collector.ports(3);
  assert.equal(new Set(ports).size, 3);
  for (const port of ports) await sendTo(port, [v5(1)]); // sFlow refuses it, and the last one listens on IPv6 only
  await collector.until(() => collector.flows.length === 30);
  assert.equal((await collector.stop()).code, 0);
});

test('C-119, S-05 a source that is not listed is refused, counted and logged a few times; SIGHUP reads the list again', async (t) => {
  const list = join(folder(t), 'exporters');
  writeFileSync(list, '192.0.2.0/24\n');
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', '-exporters.allow', `@${list}`]);
  const [port] = await collector.ports();
  await sendTo(port!, range(50).map(v5));
  const refused = () => collector.log.filter(({ reason }) => reason === 'datagrams_dropped:not_allowed');
  await collector.until(() => collector.stderr.includes('muting'));
  assert.equal(refused()[0]!['exporter'], '127.0.0.1');
  assert.ok(refused().length <= 12);
  writeFileSync(list, 'nonsense\n');
  collector.child.kill('SIGHUP');
  await collector.until(() => collector.stderr.includes('cannot be reloaded'));
  writeFileSync(list, '127.0.0.0/8\n');
  collector.child.kill('SIGHUP');
  for (let i = 0; collector.flows.length === 0; i++) {
    assert.ok(i < 100);
    await sendTo(port!, [v5(51)]); // until the workers have the new list
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal((await collector.stop()).code, 0);
  assert.ok(collector.books['datagrams_dropped:not_allowed']! > 10);
  assert.equal(collector.books['reload_failures'], 1);
});

for (const format of ['json', 'text', 'bin'] as const) {
  test(`-format ${format} with and without separator`, async (t) => {
    const dir = folder(t);
    for (const separator of ['\n', '', '--\n']) {
      const path = join(dir, `flows${separator.length}`);
      const args = ['-listen', capture, '-format', format, '-transport.file', path, `-transport.file.sep=${separator}`];
      assert.equal((await new CollectorProcess(t, args).ended).code, 0);
    }
    const plain = readFileSync(join(dir, 'flows0'));
    assert.equal(readFileSync(join(dir, 'flows1')).length, plain.length + 18);
    assert.equal(readFileSync(join(dir, 'flows3')).length, plain.length + 18 * 3);
  });
}

import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counters } from '#src/metrics/counters.js';
import { FileTransport } from '#src/transport/file/file-transport.js';
import { batchOf } from '../support/batches.ts';
import { skipUnlessRoot } from '../support/requirements.ts';

interface Bench {
  readonly transport: FileTransport;
  readonly counters: Counters;
  readonly lines: string[];
  gone: number;
}

function build(path: string): Bench {
  const counters = new Counters();
  const lines: string[] = [];
  const line = (message: string, fields?: object) => void lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log = { debug: line, info: line, warn: line, error: line };
  const bench: Bench = {
    transport: new FileTransport({ path, separator: '\n' }, { counters, log, onGone: () => bench.gone++ }),
    counters,
    lines,
    gone: 0,
  };
  return bench;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'goflow2plus-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Sends a batch and waits until its buffer may be used again. */
function deliver(bench: Bench, messages: readonly string[]): Promise<void> {
  return new Promise((resolve) => bench.transport.send(batchOf(messages), resolve));
}

const lines = (from: number, count: number, width = 0) =>
  Array.from({ length: count }, (_, i) => `${from + i}`.padEnd(width, '.') + '\n');

test('messages arrive in order; a missing folder is created', async (t) => {
  const path = join(folder(t), 'a/b/flows.json');
  const bench = build(path);
  await bench.transport.start();
  await Promise.all([deliver(bench, lines(0, 100)), deliver(bench, lines(100, 50))]);
  await bench.transport.stop(1000);
  assert.equal(readFileSync(path, 'utf8'), lines(0, 150).join(''));
  assert.equal(bench.counters.get('flows_delivered'), 150);
  assert.equal(bench.counters.get('bytes_delivered'), lines(0, 150).join('').length);
});

test('an output that cannot be opened is a configuration error that names the option', async (t) => {
  const path = join(folder(t), 'file');
  writeFileSync(path, '');
  await assert.rejects(
    async () => build(join(path, 'below-a-file')).transport.start(),
    /-transport\.file: .*(ENOTDIR|EEXIST)/,
  );
});

test('F-12 rotation: every line once, whole, in one of the files', async (t) => {
  const dir = folder(t);
  const path = join(dir, 'flows');
  const bench = build(path);
  await bench.transport.start();
  let sent = 0;
  for (let turn = 0; turn < 30; turn++) {
    const writes: Promise<void>[] = [];
    for (let i = 0; i < 5; i++) {
      writes.push(deliver(bench, lines(sent, 40)));
      sent += 40;
    }
    renameSync(path, `${path}.${turn}`);
    await Promise.all([bench.transport.reopen(), ...writes]);
  }
  await bench.transport.stop(1000);
  const all = readdirSync(dir).flatMap((file) => readFileSync(join(dir, file), 'utf8').split('\n').slice(0, -1));
  assert.deepEqual(
    all.map(Number).sort((a, b) => a - b),
    Array.from({ length: sent }, (_, i) => i),
  );
});

test('F-13 rotation into a folder that cannot be written keeps the old file, and counts', async (t) => {
  const dir = folder(t);
  const path = join(dir, 'sub/flows');
  const bench = build(path);
  await bench.transport.start();
  await deliver(bench, lines(0, 5));
  renameSync(join(dir, 'sub'), join(dir, 'moved'));
  writeFileSync(join(dir, 'sub'), 'a file where the folder was');
  await bench.transport.reopen();
  await deliver(bench, lines(5, 5));
  await bench.transport.stop(1000);
  assert.equal(readFileSync(join(dir, 'moved/flows'), 'utf8'), lines(0, 10).join(''));
  assert.equal(bench.counters.get('output_reopen_failures'), 1);
  assert.match(bench.lines.join('\n'), /cannot be reopened/);
});

test('F-09 a device without space: everything is counted, nothing ends', async () => {
  const bench = build('/dev/full');
  await bench.transport.start();
  await deliver(bench, lines(0, 10));
  await deliver(bench, lines(10, 10));
  await bench.transport.stop(1000);
  assert.equal(bench.counters.get('flows_dropped:enospc'), 20);
  assert.equal(bench.counters.get('flows_delivered'), 0);
  assert.equal(bench.lines.filter((line) => line.includes('cannot be written')).length, 1, 'said once');
});

test(
  'F-09 a full file system: exact counts, whole lines, and writing again when there is room',
  skipUnlessRoot(),
  async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'goflow2plus-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir]);
    t.after(() => {
      execFileSync('umount', ['-l', dir]);
      rmSync(dir, { recursive: true });
    });
    writeFileSync(join(dir, 'ballast'), Buffer.alloc(100 * 1024));
    const path = join(dir, 'flows');
    const bench = build(path);
    await bench.transport.start();
    for (let i = 0; i < 40; i++) await deliver(bench, lines(i * 100, 100, 70));
    const dropped = bench.counters.get('flows_dropped:enospc');
    assert.ok(dropped > 0);
    rmSync(join(dir, 'ballast'));
    for (let i = 40; i < 50; i++) await deliver(bench, lines(i * 100, 100, 70));
    await bench.transport.stop(1000);
    const text = readFileSync(path, 'utf8');
    assert.ok(
      text
        .split('\n')
        .slice(0, -1)
        .every((line) => /^\d+\.+$/.test(line) && line.length === 70),
    );
    assert.equal(text.split('\n').length - 1, bench.counters.get('flows_delivered'));
    assert.equal(bench.counters.get('flows_delivered') + bench.counters.total('flows_dropped'), 5000);
    assert.equal(bench.counters.get('flows_dropped:enospc'), dropped, 'nothing is dropped once there is room');
    assert.match(bench.lines.join('\n'), /can be written again/);
  },
);

test('F-10 a named pipe whose reader ends: counted, and said once that it is gone', async (t) => {
  const path = join(folder(t), 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = spawn('head', ['-n', '3', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => reader.on('close', resolve));
  const bench = build(path);
  for (let tries = 0; ; tries++) {
    try {
      await bench.transport.start();
      break;
    } catch (error) {
      assert.ok(tries < 100, String(error)); // until the reader has opened it
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  await deliver(bench, lines(0, 10));
  await ended;
  await deliver(bench, lines(10, 10));
  await deliver(bench, lines(20, 10));
  await bench.transport.stop(1000);
  assert.equal(bench.gone, 1);
  assert.equal(bench.counters.get('flows_delivered') + bench.counters.get('flows_dropped:epipe'), 30);
  assert.ok(bench.counters.get('flows_dropped:epipe') >= 10);
});

test('a named pipe without reader is refused at start', async (t) => {
  const path = join(folder(t), 'pipe');
  execFileSync('mkfifo', [path]);
  await assert.rejects(async () => build(path).transport.start(), /nobody reads/);
});

test('F-11 a reader that stands still: stop() ends in time and counts what was not taken', async (t) => {
  const path = join(folder(t), 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = spawn('sh', ['-c', `exec 3<"$0"; exec sleep 30`, path], { stdio: 'ignore' });
  t.after(() => void reader.kill());
  const bench = build(path);
  for (let tries = 0; tries < 100; tries++) {
    try {
      await bench.transport.start();
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  for (let i = 0; i < 20; i++) void deliver(bench, lines(i * 1000, 1000, 100));
  const before = performance.now();
  await bench.transport.stop(300);
  assert.ok(performance.now() - before < 2000);
  const { counters } = bench;
  assert.equal(counters.get('flows_delivered') + counters.get('flows_dropped:shutdown_timeout'), 20_000);
  assert.ok(counters.get('flows_dropped:shutdown_timeout') > 18_000);
});

test('what is sent after the stop is counted', async (t) => {
  const bench = build(join(folder(t), 'flows'));
  await bench.transport.start();
  await bench.transport.stop(100);
  await deliver(bench, lines(0, 3));
  assert.equal(bench.counters.get('flows_dropped:shutdown_timeout'), 3);
});

test('octets of somebody else in the file are never cut', async (t) => {
  const path = join(folder(t), 'flows');
  const bench = build(path);
  await bench.transport.start();
  await deliver(bench, ['one\n']);
  writeFileSync(path, 'other\n', { flag: 'a' });
  await deliver(bench, ['two\n']);
  await bench.transport.stop(100);
  assert.equal(readFileSync(path, 'utf8'), 'one\nother\ntwo\n');
});

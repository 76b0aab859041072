import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collector } from '#src/collector.js';
import type { AdmissionRules } from '#src/listen/admission.js';
import { parseListen } from '#src/listen/listen-url.js';
import { parsePrefixes } from '#src/listen/prefix-list.js';
import type { LogLine } from '#src/log/logger.js';
import { loggerTo } from '#src/log/logger.js';
import type { Fault } from '#src/pipeline/messages.js';
import { sendTo } from '../support/collector-process.ts';

interface Running {
  readonly collector: Collector;
  readonly lines: LogLine[];
  readonly port: number;
  readonly output: () => number[];
}

/** A collector in this process, whose first worker has a fault. */
async function start(t: TestContext, query: string, fault: Fault, admission?: () => AdmissionRules): Promise<Running> {
  const dir = mkdtempSync(join(tmpdir(), 'goflow2plus-'));
  const path = join(dir, 'flows');
  const lines: LogLine[] = [];
  const write = (line: LogLine): void => void lines.push(line);
  const collector = new Collector({
    listen: parseListen(`flow://127.0.0.1:0?${query}`),
    produce: 'sample',
    format: 'json',
    transport: { name: 'file', file: { path, separator: '\n' } },
    errCount: 0,
    errIntervalMs: 0,
    log: { logger: loggerTo(write), write },
    fault,
    admission,
  });
  t.after(async () => {
    await collector.stop();
    rmSync(dir, { recursive: true });
  });
  await collector.start();
  const started = lines.find(({ msg }) => msg === 'starting collection');
  const output = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { bytes: number }).bytes);
  return { collector, lines, port: started!.fields!['port'] as number, output };
}

/** A v5 datagram of one record with `id` octets. */
function v5(id: number): Uint8Array {
  const bytes = Buffer.alloc(24 + 48);
  bytes.writeUInt16BE(5, 0);
  bytes.writeUInt16BE(1, 2);
  bytes.writeUInt32BE(1_700_000_000, 8);
  bytes.writeUInt32BE(id, 24 + 20);
  return bytes;
}

async function until(condition: () => boolean, timeoutMs: number): Promise<number> {
  const before = performance.now();
  while (!condition()) {
    if (performance.now() - before > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - before;
}

const datagrams = (from: number, count: number) => Array.from({ length: count }, (_, i) => v5(from + i));

/** Starts a collector, sends what makes its worker fail, and waits until it is replaced: milliseconds. */
async function replaced(t: TestContext, query: string, fault: Fault): Promise<Running & { took: number }> {
  const running = await start(t, query, fault);
  await sendTo(running.port, datagrams(0, Math.max(10, fault.atDatagram)));
  const took = await until(() => running.lines.some(({ msg }) => msg === 'worker replaced'), 15_000);
  assert.equal(running.collector.counters().get('worker_restarts'), 1);
  return { ...running, took };
}

/** A replacement within the time: of three in turn, since others want the processors too. */
async function replacedWithin(t: TestContext, limitMs: number, query: string, fault: Fault): Promise<Running> {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const running = await replaced(t, query, fault);
    if (running.took < limitMs) return running;
    times.push(Math.round(running.took));
  }
  throw new Error(`replaced after ${times.join(', ')} ms`);
}

for (const receive of ['dgram', 'mmsg'] as const) {
  for (const kind of ['throw', 'exit'] as const) {
    test(`F-19 a worker that ends by ${kind} (${receive}) is replaced within 1 s, and its batch is counted`, async (t) => {
      const { collector, port, output } = await replacedWithin(t, 1000, `receive=${receive}`, { kind, atDatagram: 50 });
      await sendTo(port, datagrams(1000, 20));
      await until(() => output().filter((id) => id >= 1000).length === 20, 5000);
      await collector.stop();
      const counters = collector.counters();
      assert.deepEqual(
        collector.books().filter(({ imbalance }) => imbalance !== 0),
        [],
      );
      assert.equal(counters.get('flows_delivered') + counters.total('flows_dropped'), counters.get('flows_produced'));
      assert.ok(counters.get('datagrams_dropped:worker_crash') >= 1);
      if (receive === 'mmsg') assert.equal(counters.get('datagrams_received'), 70, 'nothing is lost uncounted');
    });
  }
}

test('F-20 a worker that hangs is replaced within 5 s, and what it had is counted', async (t) => {
  const { collector, port, output } = await replacedWithin(t, 5000, 'receive=mmsg', { kind: 'hang', atDatagram: 5 });
  await sendTo(port, datagrams(1000, 20)); // while nobody reads: the kernel keeps them for the new worker
  await until(() => output().filter((id) => id >= 1000).length === 20, 5000);
  await collector.stop();
  const counters = collector.counters();
  assert.equal(counters.get('datagrams_received'), 30);
  assert.ok(counters.get('datagrams_dropped:worker_timeout') >= 1);
  assert.deepEqual(
    collector.books().filter(({ imbalance }) => imbalance !== 0),
    [],
  );
});

test('one of several workers ends (dgram): it is replaced, and the others go on', async (t) => {
  const { collector, lines, port, output } = await start(t, 'receive=dgram&count=3', { kind: 'throw', atDatagram: 30 });
  await sendTo(port, datagrams(0, 60));
  await until(() => lines.some(({ msg }) => msg === 'worker replaced'), 5000);
  await sendTo(port, datagrams(1000, 20));
  await until(() => output().filter((id) => id >= 1000).length === 20, 5000);
  await collector.stop();
  assert.deepEqual(
    collector.books().filter(({ imbalance }) => imbalance !== 0),
    [],
  );
});

test('D-22 what was reloaded holds for a worker that begins later', async (t) => {
  let deny: AdmissionRules['deny'] = [];
  const admission = () => ({ allow: [], deny, ratePerSecond: 0 });
  const { collector, lines, port, output } = await start(t, '', { kind: 'throw', atDatagram: 20 }, admission);
  const denied = () => collector.counters().get('datagrams_dropped:not_allowed');
  await sendTo(port, datagrams(0, 10));
  await until(() => output().length === 10, 5000);
  deny = parsePrefixes(['127.0.0.0/8'], 'exporters.deny');
  await collector.reload();
  await sendTo(port, datagrams(100, 10));
  await until(() => lines.some(({ msg }) => msg === 'worker replaced'), 5000);
  const before = denied();
  await sendTo(port, datagrams(200, 10));
  await until(() => denied() >= before + 10, 5000);
  assert.ok(!output().some((id) => id >= 200));
});

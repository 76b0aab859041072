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
import { PacedSender } from '#src/simulate/index.js';
import { sendTo } from '../support/collector-process.ts';
import { LOAD_SECONDS, TIMES, inExtent, inFull } from '../support/extent.ts';
import { MAX_RESIDENT_KB } from '../support/memory-peak.ts';

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

/** Identifiers of datagrams that come after all faults. */
const FRESH = 10_000;

const datagrams = (from: number, count: number) => Array.from({ length: count }, (_, i) => v5(from + i));

/** Datagrams that each worker takes, the last of which makes it fail. */
const EACH = 50;

interface Failures {
  readonly receive: 'dgram' | 'mmsg';
  readonly kind: Fault['kind'];
  readonly times: number;
  /** How long datagrams come, in all. */
  readonly seconds: number;
  readonly limitMs: number;
}

/**
 * a collector whose worker fails, as do those that replace it, `times` in a row, each within `limitMs`. What comes
 * afterwards is delivered, what was lost is counted as `reason`, and the books balance.
 */
async function failing(t: TestContext, { receive, kind, times, seconds, limitMs }: Failures): Promise<void> {
  const { collector, lines, port, output } = await start(t, `receive=${receive}`, { kind, atDatagram: EACH, times });
  const replaced = () => lines.filter(({ msg }) => msg === 'worker replaced').length;
  const sender = new PacedSender({ target: { address: '127.0.0.1', port }, rate: (times * EACH) / seconds });
  await sender.start();
  t.after(() => sender.stop());
  const took: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    await sender.send(datagrams(turn * EACH, EACH));
    took.push(await until(() => replaced() > turn, 20_000));
  }
  // where others want the processors too, the quickest has three times as long
  const inTime = inFull ? Math.max(...took) < limitMs : Math.min(...took) < 3 * limitMs;
  assert.ok(inTime, `replaced after ${took.join(', ')} ms`);
  await sendTo(port, datagrams(FRESH, 20));
  await until(() => output().filter((id) => id >= FRESH).length === 20, 5000);
  await collector.stop();
  const counters = collector.counters();
  const lost = counters.get(`datagrams_dropped:${kind === 'hang' ? 'worker_timeout' : 'worker_crash'}`);
  assert.ok(lost >= times && lost <= times * EACH, `${lost}`);
  assert.equal(counters.get('worker_restarts'), times);
  assert.equal(counters.get('flows_delivered') + counters.total('flows_dropped'), counters.get('flows_produced'));
  assert.deepEqual(
    collector.books().filter(({ imbalance }) => imbalance !== 0),
    [],
  );
  const sent = times * EACH + 20;
  if (receive === 'mmsg') assert.equal(counters.get('datagrams_received'), sent, 'nothing is lost uncounted');
  const peakKB = process.resourceUsage().maxRSS; // the collector is in this process
  assert.ok(peakKB <= MAX_RESIDENT_KB, `R-08 ${peakKB} kB`);
  t.diagnostic(JSON.stringify({ slowestMs: Math.round(Math.max(...took)), lost, sent, peakKB }));
}

for (const receive of ['dgram', 'mmsg'] as const) {
  for (const kind of ['throw', 'exit'] as const) {
    test(`F-19 ${TIMES} workers in a row end by ${kind} (${receive}): each is replaced within 1 s, its batch is counted`, async (t) => {
      await failing(t, { receive, kind, times: TIMES, seconds: LOAD_SECONDS / 4, limitMs: 1000 });
    });
  }
}

// some three seconds each
const HANGS = inExtent ? TIMES : 1;

test(`F-20 ${HANGS} workers in a row hang: each is replaced within 5 s, and what it had is counted`, async (t) => {
  await failing(t, { receive: 'mmsg', kind: 'hang', times: HANGS, seconds: LOAD_SECONDS, limitMs: 5000 });
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

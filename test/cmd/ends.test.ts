/** How the program ends: its reader ends or stands still, it is told to stop, twice, or while it starts. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { SECONDS_A_TURN, TIMES } from '../support/extent.ts';
import { assertMemory } from '../support/memory-peak.ts';
import { range, v5 } from '../support/numbered-flows.ts';
import { checkBooks } from '../support/oracle.ts';

const capture = `file://${fileURLToPath(new URL('../../../test/fixtures/live-own/fprobe-v5.pcap', import.meta.url))}`;

test('F-10 the reader of standard output ends under load: exit code 0 with the books told, and no stack trace', async (t) => {
  for (let turn = 0; turn < TIMES; turn++) {
    const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0']);
    const [port] = await collector.ports();
    const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: 200 });
    await sender.start();
    let [over, sent] = [false, 0];
    const sending = sender.send(
      (function* () {
        while (!over) yield v5(sent++);
      })(),
    );
    await collector.until(() => collector.stdout.includes('"bytes":29,')); // what comes gets through
    await sleep(SECONDS_A_TURN * 1000);
    assertMemory(collector);
    collector.child.stdout!.destroy();
    assert.deepEqual(await collector.ended, { code: 0, signal: null });
    over = true;
    await sending;
    await sender.stop();
    const { books } = collector;
    assert.ok(books['flows_dropped:epipe']! > 0);
    checkBooks(collector, books['datagrams_received']! + (books['kernel_drops'] ?? 0)); // the rest came when it was gone
    assert.doesNotMatch(collector.stderr, /\bat .*\.js:\d+/);
  }
});

test('F-10 the reader of standard output ends while a capture is read as fast as it goes: exit code 0', async (t) => {
  const collector = new CollectorProcess(t, ['-listen', `${capture}?loop=0`]);
  await collector.until(() => collector.flowCount > 0);
  collector.child.stdout!.destroy();
  assert.deepEqual(await collector.ended, { code: 0, signal: null });
  const { books } = collector;
  assert.ok(books['flows_dropped:epipe']! > 0);
  checkBooks(collector, books['datagrams_received']!);
  assert.doesNotMatch(collector.stderr, /\bat .*\.js:\d+/);
});

test('F-11 a reader that stands still, again and again: memory stays bounded, it goes on, SIGTERM ends in time, everything is counted', async (t) => {
  const RATE = 1_000;
  const collector = new CollectorProcess(
    t,
    ['-listen', `netflow://127.0.0.1:0?queue_size=256`],
    ['ignore', 'pipe', 'pipe'],
  );
  const [port] = await collector.ports();
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: RATE });
  await sender.start();
  t.after(() => sender.stop());
  let sent = 0;
  for (let turn = 1; ; turn++) {
    collector.child.stdout!.pause();
    const count = Math.ceil(SECONDS_A_TURN * RATE);
    await sender.send(range(count).map(v5));
    sent += count;
    if (turn === TIMES) break;
    collector.child.stdout!.resume();
    // one that comes now gets through, as soon as there is room
    const fresh = 100_000 + turn;
    for (; !collector.stdout.includes(`"bytes":${30 * fresh},`); sent++) {
      await sendTo(port!, [v5(fresh)]);
      await sleep(50);
    }
    collector.stdout = '';
  }
  assertMemory(collector);
  const before = performance.now();
  const { code } = await collector.stop();
  const took = performance.now() - before;
  assert.equal(code, 0);
  assert.ok(took < 11_000, `${took} ms`);
  t.diagnostic(`stopped in ${Math.round(took)} ms`);
  const { books } = collector;
  // what the output had no room for, and what the kernel held until the end
  assert.ok((books['datagrams_dropped:pool_full'] ?? 0) + (books['datagrams_dropped:shutdown'] ?? 0) > 0);
  checkBooks(collector, sent);
});

test('F-14 a second SIGTERM ends at once with exit code 1, with the books told', async (t) => {
  for (let turn = 0; turn < TIMES; turn++) {
    const stuck = spawn('sleep', ['120'], { stdio: ['pipe', 'ignore', 'ignore'] });
    t.after(() => void stuck.kill());
    const collector = new CollectorProcess(t, ['-listen', `${capture}?loop=0`], ['ignore', stuck.stdin, 'pipe']);
    await collector.until(() => collector.stderr.includes('starting collection'));
    await sleep(Math.max(1, SECONDS_A_TURN) * 1000); // until the pipe is full
    assertMemory(collector);
    collector.child.kill('SIGTERM');
    await collector.until(() => collector.stderr.includes('"stopping"'));
    const before = performance.now();
    assert.equal((await collector.stop()).code, 1);
    assert.ok(performance.now() - before < 3000);
    assert.match(collector.stderr, /"flows_produced":\d+/);
    stuck.kill();
  }
});

test('F-14 SIGTERM while it starts: it ends in good order', async (t) => {
  for (const line of ['starting HTTP server', 'starting collection']) {
    const collector = new CollectorProcess(t, [
      '-addr=127.0.0.1:0',
      '-listen',
      'netflow://127.0.0.1:0,sflow://127.0.0.1:0',
    ]);
    await collector.until(() => collector.stderr.includes(line));
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    assert.ok(collector.stderr.includes('"books"'), line);
  }
});

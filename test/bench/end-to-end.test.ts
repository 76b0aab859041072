import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { loadLibc } from '#src/listen/libc.js';
import { resultOf } from '../../bench/e2e/duel-result.ts';
import { run } from '../../bench/e2e/run.ts';
import type { Run } from '../../bench/e2e/run.ts';

const skip = await loadLibc().then(
  () => {
    try {
      execFileSync('taskset', ['--version'], { stdio: 'ignore' });
      return false;
    } catch {
      return 'the benchmark pins its processes with taskset';
    }
  },
  () => 'the sender needs what batch receive needs',
);

test('a run of the end-to-end benchmark finds every record that it sent', { skip }, async () => {
  const done = await run({
    contestant: 'ours, protobuf',
    load: 'v9',
    rate: 2000,
    receiveBuffer: 1 << 20,
    warmSeconds: 0.2,
    seconds: 0.5,
    exporters: 3,
    seed: 1,
  });
  assert.ok(done.sent >= 1000 && done.sent < 1100, `${done.sent}`);
  assert.equal(done.refused, 0);
  assert.equal(done.flows.written, done.flows.received);
  assert.ok(done.flows.written > 0 && done.cpuSeconds > 0 && done.cpuSeconds < 5, `${done.cpuSeconds} s`);
  assert.ok(done.resident.most > 20e6);
});

test('a result compares runs next to each other, and tells of a sender that was too slow', () => {
  const side = { contestant: 'ours, protobuf', load: 'v9' } as const;
  const duel = { id: 'P-00', title: '', rate: 1000, sides: [side, side], most: 0.5 } as const;
  const outcome = (cpuSeconds: number, rate = 1000): Run => ({
    sent: 1100,
    refused: 0,
    dropped: 100,
    rate,
    behindMs: 0,
    cpuSeconds,
    resident: { most: 1, early: 1, late: 1 },
    flows: { received: 24, written: 23 },
  });
  const slow = [outcome(0.004), outcome(0.016)] as const; // a moment at which all is slow
  const result = resultOf(duel, [[outcome(0.002), outcome(0.004)], slow, [outcome(0.003), outcome(0.004)]]);
  assert.deepEqual(result.ratio, { median: 0.5, least: 0.25, most: 0.75 });
  assert.equal(result.met, true);
  assert.equal(result.doubt, undefined);
  assert.equal(result.sides[0].cpu.median, 3);
  assert.equal(result.sides[1].missing, 3);
  const late = resultOf(duel, [[outcome(0.003), outcome(0.004, 900)]]);
  assert.equal(late.met, false);
  assert.equal(late.doubt, 'the sender reached 900 datagrams/s');
});

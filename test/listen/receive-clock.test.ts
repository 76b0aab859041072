import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ReceiveClock } from '#src/listen/receive-clock.js';

/** Both clocks of a machine whose true time is `time`, and whose monotonic clock began at `origin`. */
function clocks(origin: number) {
  const state = { time: 1_700_000_000_000.25, offset: 0 };
  const wall = () => Math.floor(state.time + state.offset);
  const monotonic = () => state.time - origin;
  return { state, clock: new ReceiveClock(wall, monotonic) };
}

test('the time becomes finer than a millisecond as it is read', () => {
  const { state, clock } = clocks(1_699_999_990_000.7);
  assert.ok(Math.abs(clock.now() - state.time) < 1);
  for (let i = 0; i < 2000; i++) {
    state.time += 0.737;
    clock.now();
  }
  for (let i = 0; i < 100; i++) {
    state.time += 0.01;
    assert.ok(Math.abs(clock.now() - state.time) < 0.01, 'right to 10 microseconds');
  }
});

test('it follows a wall clock that is set, forward and back (F-22)', () => {
  const { state, clock } = clocks(5.5);
  clock.now();
  for (const jump of [3_600_000, -3_600_000, 315_360_000_000, -315_360_000_000, 2, -2]) {
    state.offset += jump;
    state.time += 10;
    assert.ok(Math.abs(clock.now() - (state.time + state.offset)) < 1, `after ${jump} ms`);
  }
});

test('it is stored in nanoseconds', () => {
  const { state, clock } = clocks(0);
  state.time = 1_700_000_000_123.5;
  const words = new Uint32Array(2);
  clock.stamp(words);
  const nanoseconds = (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
  assert.equal(nanoseconds / 1_000_000n, 1_700_000_000_123n);
  const clockOfMachine = new ReceiveClock();
  clockOfMachine.stamp(words);
  const now = (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
  assert.ok(now - BigInt(Date.now()) * 1_000_000n < 2_000_000n && now - BigInt(Date.now()) * 1_000_000n > -50_000_000n);
});

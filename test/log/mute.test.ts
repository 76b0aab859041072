import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LogLine } from '#src/log/logger.js';
import { MutedLog, MuteStates } from '#src/log/mute.js';
import type { MutedKind, MuteRule } from '#src/log/mute.js';

function open(rule: MuteRule, kind: MutedKind = 'receiver messages') {
  const lines: LogLine[] = [];
  const clock = { ms: 0 };
  const muted = new MutedLog(
    kind,
    rule,
    (line) => lines.push(line),
    undefined,
    () => clock.ms,
  );
  const event = (name = 'a') => {
    const known = muted.class(name);
    if (known.open()) known.log.error('event', { source: name });
  };
  const said = () => lines.map(({ msg, fields }) => (msg === 'event' ? msg : `${msg}:${fields?.['count'] ?? ''}`));
  return { lines, clock, muted, event, said };
}

const muting = 'too many receiver messages, muting:';

test('the first messages are logged, one says that more are muted, the next interval says how many', () => {
  const { clock, event, said, lines } = open({ count: 2, intervalMs: 1000 });
  for (let i = 0; i < 7; i++) event();
  assert.deepEqual(said(), ['event', 'event', muting]);
  clock.ms = 1000;
  event();
  assert.equal(said().length, 3, 'the interval must have lasted longer');
  clock.ms = 1001;
  event();
  assert.deepEqual(said().slice(3), ['skipped receiver messages:6']);
  event();
  event();
  event();
  assert.deepEqual(said().slice(4), ['event', muting], 'the line in place of an event counts as one');
  assert.deepEqual(lines[2], {
    level: 'warn',
    msg: 'too many receiver messages, muting',
    fields: { class: 'a' },
    summary: true,
  });
  assert.deepEqual(lines[3]?.fields, { class: 'a', count: 6 });
});

test('the line that announces the muting comes at once', () => {
  const { event, said } = open({ count: 2, intervalMs: 1000 });
  event();
  event();
  assert.deepEqual(said(), ['event', 'event']);
  event();
  assert.deepEqual(said(), ['event', 'event', muting]);
});

test('an interval in which nothing was skipped ends silently', () => {
  const { clock, event, said } = open({ count: 2, intervalMs: 1000 });
  event();
  event();
  clock.ms = 5000;
  event();
  event();
  assert.deepEqual(said(), ['event', 'event', 'event', 'event']);
});

test('the interval begins with its first event, not with the last', () => {
  const { clock, event, said } = open({ count: 1, intervalMs: 1000 });
  for (clock.ms = 0; clock.ms <= 2002; clock.ms += 1001) event();
  assert.deepEqual(said(), ['event', 'event', 'event']);
});

test('a count or an interval of 0, or below, never mutes', () => {
  for (const rule of [
    { count: 0, intervalMs: 1000 },
    { count: 10, intervalMs: 0 },
    { count: -1, intervalMs: 1000 },
    { count: 10, intervalMs: -1 },
  ]) {
    const { event, said, muted } = open(rule);
    for (let i = 0; i < 50; i++) event();
    muted.settle();
    muted.flush();
    assert.deepEqual(said(), Array(50).fill('event'));
  }
});

test('classes are muted apart', () => {
  const { event, lines, muted } = open({ count: 1, intervalMs: 1000 });
  for (let i = 0; i < 5; i++) event('a');
  event('b');
  assert.equal(lines.filter(({ fields }) => fields?.['source'] === 'b').length, 1);
  assert.equal(muted.class('a'), muted.class('a'));
});

test('transport errors have words of their own', () => {
  const { event, said, muted } = open({ count: 1, intervalMs: 1000 }, 'transport errors');
  for (let i = 0; i < 3; i++) event();
  muted.flush();
  assert.deepEqual(said(), ['event', 'too many transport errors, muting:', 'skipped transport errors:2']);
});

test('the timer reports an interval that is over, once', () => {
  const { clock, event, said, muted } = open({ count: 1, intervalMs: 1000 });
  for (let i = 0; i < 4; i++) event();
  clock.ms = 1000;
  muted.settle();
  assert.equal(said().length, 2, 'not over yet');
  clock.ms = 1001;
  muted.settle();
  muted.settle();
  assert.deepEqual(said().slice(2), ['skipped receiver messages:3']);
  event();
  assert.deepEqual(said().slice(3), ['event'], 'nothing is left to report in its place');
});

test('the end reports what is still open, once', () => {
  const { event, said, muted } = open({ count: 1, intervalMs: 1000 });
  for (let i = 0; i < 4; i++) event('a');
  for (let i = 0; i < 3; i++) event('b');
  muted.flush();
  muted.flush();
  assert.deepEqual(said().slice(4), ['skipped receiver messages:3', 'skipped receiver messages:2']);
});

test('every event is logged or counted, whatever their times', () => {
  const steps = fc.array(fc.tuple(fc.nat(700), fc.nat(2), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), (events, count) => {
      const { clock, event, lines, muted } = open({ count, intervalMs: 1000 });
      let inPlace = 0;
      for (const [gap, name, settle] of events) {
        clock.ms += gap;
        const before = lines.length;
        event(String(name));
        if (lines.slice(before).some(({ msg }) => msg.startsWith('skipped'))) inPlace++;
        if (settle) muted.settle();
      }
      muted.flush();
      const logged = lines.filter(({ msg }) => msg === 'event').length;
      const skipped = lines.reduce(
        (sum, { msg, fields }) => sum + (msg.startsWith('skipped') ? Number(fields!['count']) : 0),
        0,
      );
      assert.equal(logged + skipped + inPlace, events.length);
    }),
  );
});

test('threads that share the states of their classes mute them together, and no event is lost', () => {
  const names = ['a', 'b'];
  const steps = fc.array(fc.tuple(fc.nat(700), fc.nat(2), fc.constantFrom(...names), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (events) => {
      const [memory, lines, clock] = [MuteStates.memory(names), [] as LogLine[], { ms: 2 ** 32 - 30_000 }];
      const rule = { count: 2, intervalMs: 1000 };
      const threads = [0, 1, 2].map((ahead) => {
        const states = new MuteStates(names, memory);
        return new MutedLog(
          'receiver messages',
          rule,
          (line) => lines.push(line),
          states,
          () => clock.ms + ahead,
        );
      });
      let inPlace = 0;
      for (const [gap, thread, name, settle] of events) {
        clock.ms += gap;
        const before = lines.length;
        const known = threads[thread]!.class(name);
        if (known.open()) known.log.error('event');
        if (lines.slice(before).some(({ msg }) => msg.startsWith('skipped'))) inPlace++;
        if (settle) threads[thread]!.settle();
      }
      for (const muted of threads) muted.flush();
      const logged = lines.filter(({ msg }) => msg === 'event').length;
      const skipped = lines.reduce((sum, { fields }) => sum + Number(fields?.['count'] ?? 0), 0);
      assert.equal(logged + skipped + inPlace, events.length);
      const intervals = 1 + Math.floor((clock.ms - (2 ** 32 - 30_000) + 2) / 1000);
      assert.ok(logged <= rule.count * names.length * (intervals + 1), `${logged} in ${intervals} intervals`);
    }),
  );
});

test('S-10 a flood of every class writes few lines and costs little', () => {
  const { clock, event, lines, muted } = open({ count: 10, intervalMs: 10_000 });
  for (let i = 0; i < 100_000; i++) {
    clock.ms = i / 5;
    event(String(i % 4));
  }
  muted.flush();
  for (const name of ['0', '1', '2', '3']) {
    const own = lines.filter(({ fields }) => fields?.['class'] === name || fields?.['source'] === name);
    assert.ok(own.length <= 2 * 12, `${own.length} lines in 20 s`);
  }
});

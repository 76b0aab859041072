import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { LogLine } from '#src/log/logger.js';
import { MutedLog } from '#src/log/mute.js';
import { Counters } from '#src/metrics/counters.js';
import { Problems } from '#src/pipeline/problems.js';
import { datagramOf } from '../support/chain.ts';

function build(count: number): { counters: Counters; problems: Problems; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const muted = new MutedLog('receiver messages', { count, intervalMs: 60_000 }, (line) => lines.push(line));
  return { counters: new Counters(), problems: new Problems(muted), lines };
}

const datagram = datagramOf(new Uint8Array(20));

test('C-008 a malformed message is logged with its reason and exporter, a limited number of times', () => {
  const { counters, problems, lines } = build(2);
  for (let i = 0; i < 10; i++) {
    counters.add('datagrams_failed:bad_set_length');
    problems.report(counters, datagram);
  }
  assert.equal(lines.length, 3);
  assert.match(lines[0]!.msg, /a set shorter than its own header/);
  assert.deepEqual(lines[0]!.fields, {
    reason: 'datagrams_failed:bad_set_length',
    exporter: '192.0.2.1',
    port: 50_000,
    octets: '00'.repeat(20),
  });
  assert.match(lines[2]!.msg, /muting/);
  assert.equal(counters.get('datagrams_failed:bad_set_length'), 10);
});

test('C-010 the beginning of a few malformed messages is kept in the log', () => {
  const { counters, problems, lines } = build(2);
  for (let i = 0; i < 10; i++) {
    counters.add('datagrams_failed:bad_template');
    problems.report(counters, datagramOf(new Uint8Array(1000).fill(i)));
  }
  assert.deepEqual(
    lines.map(({ fields }) => fields?.['octets']),
    ['00'.repeat(96), '01'.repeat(96), undefined],
  );
  counters.add('notices:template_changed');
  problems.report(counters, datagram);
  assert.equal(lines[3]!.fields?.['octets'], undefined, 'what was decoded is not kept');
});

test('every reason has a class of its own: a flood of one does not hide another', () => {
  const { counters, problems, lines } = build(1);
  for (let i = 0; i < 5; i++) {
    counters.add('datagrams_failed:too_short');
    problems.report(counters, datagram);
  }
  counters.add('notices:template_conflict');
  problems.report(counters, datagram);
  assert.deepEqual(
    lines.map(({ fields }) => fields?.['reason'] ?? fields?.['class']),
    ['datagrams_failed:too_short', 'datagrams_failed:too_short', 'notices:template_conflict'],
  );
});

test('what is counted but expected says nothing', () => {
  const { counters, problems, lines } = build(0);
  for (const name of ['records_dropped:no_flow', 'notices:sampling_unknown', 'notices:unknown_record'] as const) {
    counters.add(name);
  }
  problems.report(counters, datagram);
  assert.deepEqual(lines, []);
  assert.deepEqual(counters.noted, []);
});

test('an exception of ours is logged with its stack', () => {
  const { problems, lines } = build(0);
  problems.internalError(new Error('a fault'), datagram);
  assert.equal(lines[0]!.msg, 'intercepted panic');
  assert.match(String(lines[0]!.fields!['error']), /a fault[^]*problems\.test/);
});

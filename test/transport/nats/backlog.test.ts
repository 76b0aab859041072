import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Backlog } from '#src/transport/nats/backlog.js';
import type { BacklogSettings } from '#src/transport/nats/backlog.js';
import type { SubjectRun } from '#src/transport/transport.js';
import { batchOf } from '../../support/batches.ts';

const usual: BacklogSettings = { limitOctets: 1e6, batchFlows: 10, batchOctets: 64 * 1024, lingerMs: 20 };

/** The next message that the backlog would make: its subject and its flows as text. */
function next(backlog: Backlog, settings: BacklogSettings, nowMs: number): [subject: string, text: string] | undefined {
  const lane = backlog.next(nowMs);
  if (lane === undefined) return undefined;
  const chunk = lane.oldest!;
  const count = chunk.fitting(settings.batchFlows, settings.batchOctets);
  const text = Buffer.from(chunk.bytes.subarray(chunk.from, chunk.from + chunk.octetsOf(count))).toString();
  backlog.take(lane, count);
  backlog.endTurn(lane, nowMs);
  return [lane.subject, text];
}

test('a full message is ready at once, the rest waits for company', () => {
  const backlog = new Backlog(usual);
  const flows = Array.from({ length: 25 }, (_, i) => `${i};`);
  assert.equal(backlog.add(batchOf(flows), 's', 100), 0);
  assert.deepEqual(next(backlog, usual, 100), ['s', flows.slice(0, 10).join('')]);
  assert.deepEqual(next(backlog, usual, 100), ['s', flows.slice(10, 20).join('')]);
  assert.equal(next(backlog, usual, 110), undefined);
  assert.equal(backlog.untilReady(110), 10);
  assert.deepEqual(next(backlog, usual, 120), ['s', flows.slice(20).join('')]);
  assert.deepEqual([backlog.flows, backlog.octets], [0, 0]);
  assert.equal(backlog.untilReady(120), undefined);
});

test('flows of several batches share a message; a closed backlog waits for nobody', () => {
  const backlog = new Backlog(usual);
  for (let i = 0; i < 9; i++) backlog.add(batchOf([`${i};`]), 's', i);
  assert.equal(next(backlog, usual, 9), undefined);
  backlog.add(batchOf(['9;', '10;']), 's', 10);
  assert.deepEqual(next(backlog, usual, 10), ['s', '0;1;2;3;4;5;6;7;8;9;']);
  assert.equal(next(backlog, usual, 11), undefined);
  backlog.close();
  assert.deepEqual(next(backlog, usual, 11), ['s', '10;']);
  backlog.add(batchOf(['11;']), 's', 12);
  assert.deepEqual(next(backlog, usual, 12), ['s', '11;']);
});

test('subjects take turns', () => {
  const settings = { ...usual, batchFlows: 1 };
  const backlog = new Backlog(settings);
  const runs = [
    { subject: 'a', count: 2 },
    { subject: 'b', count: 1 },
    { subject: 'a', count: 1 },
  ];
  backlog.add({ ...batchOf(['1', '2', '3', '4']), runs }, 'unused', 0);
  const taken = Array.from({ length: 4 }, () => next(backlog, settings, 0));
  assert.deepEqual(taken, [
    ['a', '1'],
    ['b', '3'],
    ['a', '2'],
    ['a', '4'],
  ]);
});

test('above the limit the oldest flows are given up, and counted', () => {
  const settings = { ...usual, limitOctets: 40_000, batchFlows: 1 };
  const backlog = new Backlog(settings);
  let dropped = 0;
  for (let i = 0; i < 100; i++) {
    dropped += backlog.add(batchOf([String(i).padEnd(1000, '.')]), i % 2 === 0 ? 'even' : 'odd', i);
    assert.ok(backlog.octets <= 40_000);
  }
  const left: number[] = [];
  for (let message; (message = next(backlog, settings, 200)) !== undefined;) left.push(Number.parseInt(message[1], 10));
  assert.equal(left.length + dropped, 100);
  assert.ok(left.length >= 30, `${left.length}`);
  const sorted = left.sort((a, b) => a - b);
  // A chunk at a time is given up: what is left is newer than that, in each lane.
  assert.ok(sorted[0]! > 50, `${sorted[0]}`);
  assert.ok(sorted.includes(99) && sorted.includes(98));
});

test('a flow larger than the limit is given up itself', () => {
  const backlog = new Backlog({ ...usual, limitOctets: 5000 });
  assert.equal(backlog.add(batchOf(['x'.repeat(6000)]), 's', 0), 1);
  assert.equal(backlog.flows, 0);
  assert.equal(next(backlog, usual, 100), undefined);
});

test('whatever goes in comes out in order or is counted, whatever the sizes', () => {
  const flow = fc.nat({ max: 9000 });
  const batch = fc.record({
    subject: fc.constantFrom('a', 'b', 'c'),
    lengths: fc.array(flow, { minLength: 1, maxLength: 40 }),
    take: fc.nat({ max: 30 }),
  });
  fc.assert(
    fc.property(
      fc.array(batch, { maxLength: 30 }),
      fc.constantFrom(1, 3, 64),
      fc.constantFrom(20_000, 100_000, 10_000_000),
      (batches, batchFlows, limitOctets) => {
        const settings = { ...usual, batchFlows, limitOctets, lingerMs: 0 };
        const backlog = new Backlog(settings);
        const sent = new Map<string, string[]>();
        const got = new Map<string, string>();
        let dropped = 0;
        let number = 0;
        const drain = (count: number): void => {
          for (let i = 0; i < count; i++) {
            const message = next(backlog, settings, 0);
            if (message === undefined) return;
            got.set(message[0], (got.get(message[0]) ?? '') + message[1]);
          }
        };
        for (const { subject, lengths, take } of batches) {
          const flows = lengths.map((length) => `<${number++}>`.padEnd(length + 8, '.'));
          sent.set(subject, [...(sent.get(subject) ?? []), ...flows]);
          const runs: SubjectRun[] = [{ subject, count: flows.length }];
          dropped += backlog.add({ ...batchOf(flows), runs }, '', 0);
          drain(take);
        }
        drain(Infinity);
        let came = 0;
        for (const [subject, flows] of sent) {
          const texts = (got.get(subject) ?? '').match(/<\d+>\.*/g) ?? [];
          came += texts.length;
          let at = 0;
          for (const text of texts) {
            at = flows.indexOf(text, at);
            assert.ok(at >= 0, 'in order, whole');
            at++;
          }
        }
        assert.equal(came + dropped, number);
        assert.deepEqual([backlog.flows, backlog.octets], [0, 0]);
        if (limitOctets === 10_000_000) assert.equal(dropped, 0);
      },
    ),
    { numRuns: 60 },
  );
});

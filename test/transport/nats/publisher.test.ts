import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Counters } from '#src/metrics/counters.js';
import type { CounterName } from '#src/metrics/counters.js';
import type { Link } from '#src/transport/nats/link.js';
import { Publisher } from '#src/transport/nats/publisher.js';
import type { PublisherSettings } from '#src/transport/nats/publisher.js';
import type { TroubleReport } from '#src/transport/nats/trouble.js';
import { batchOf } from '../../support/batches.ts';

const usual: PublisherSettings = {
  stream: 'flows',
  subject: 'flows.all',
  replyPrefix: '_INBOX.x.',
  idPrefix: 'host-1-',
  windowMessages: 4,
  windowOctets: 1e6,
  bufferOctets: 1e6,
  batchFlows: 1,
  batchOctets: 64 * 1024,
  lingerMs: 20,
  ackTimeoutMs: 1000,
};

/** A message on the wire. */
interface Sent {
  readonly number: number;
  readonly subject: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

function parseFrames(octets: Uint8Array): Sent[] {
  const text = Buffer.from(octets).toString('latin1');
  const frames: Sent[] = [];
  for (let at = 0; at < text.length;) {
    const line = /HPUB (\S+) _INBOX\.x\.(\d+) (\d+) (\d+)\r\n/y;
    line.lastIndex = at;
    const match = line.exec(text);
    assert.ok(match !== null, JSON.stringify(text.slice(at, at + 100)));
    const [, subject, number, headLength, total] = match;
    at = line.lastIndex;
    const head = text.slice(at, at + Number(headLength));
    const payload = text.slice(at + Number(headLength), at + Number(total));
    at += Number(total);
    assert.equal(text.slice(at, at + 2), '\r\n');
    at += 2;
    assert.match(head, /^NATS\/1\.0\r\n(?:[A-Za-z0-9-]+: [^\r\n]+\r\n)+\r\n$/);
    const headers = Object.fromEntries(
      head
        .split('\r\n')
        .slice(1, -2)
        .map((each) => each.split(': ') as [string, string]),
    );
    frames.push({ number: Number(number), subject: subject!, headers, payload });
  }
  return frames;
}

/** A publisher under a clock and on a connection of the test. */
class Bench {
  nowMs = 0;
  readonly counters = new Counters();
  readonly troubles: TroubleReport[] = [];
  recoveries = 0;
  overflow = 0;
  checks = 0;
  found: TroubleReport | undefined;
  sent: Sent[] = [];
  queued = 0;
  readonly publisher: Publisher;
  #writes: (() => void)[] = [];

  constructor(settings: Partial<PublisherSettings> = {}) {
    const events = {
      check: () => {
        this.checks++;
        return Promise.resolve(this.found);
      },
      trouble: (report: TroubleReport) => void this.troubles.push(report),
      recovered: () => void this.recoveries++,
      overflowed: (flows: number) => (this.overflow += flows),
    };
    this.publisher = new Publisher({ ...usual, ...settings }, this.counters, events, () => this.nowMs);
  }

  attach(limits: Partial<Pick<Link, 'maxPayload' | 'duplicateWindowMs'>> = {}): void {
    const queued = () => this.queued;
    this.publisher.attach({
      maxPayload: 1e6,
      duplicateWindowMs: 120_000,
      ...limits,
      get queued() {
        return queued();
      },
      write: (octets, done) => {
        this.sent.push(...parseFrames(octets));
        this.#writes.push(done);
      },
    });
  }

  /** The kernel has taken all that was written. */
  written(): void {
    for (const done of this.#writes.splice(0)) done();
  }

  take(...flows: string[]): void {
    this.publisher.take(batchOf(flows));
  }

  ack(number: number, tail = ''): void {
    this.written();
    this.publisher.answer(number, new TextEncoder().encode(`{"stream":"flows", "seq":${number}${tail}}`));
    this.publisher.poll();
  }

  refuse(number: number, code: number, description: string): void {
    const answer = { error: { code: 503, err_code: code, description }, stream: 'flows', seq: 0 };
    this.publisher.answer(number, new TextEncoder().encode(JSON.stringify(answer)));
  }

  /** Lets time pass, in steps of the timer. */
  async wait(ms: number): Promise<void> {
    for (const until = this.nowMs + ms; this.nowMs < until;) {
      this.nowMs = Math.min(until, this.nowMs + 100);
      this.publisher.tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  numbers(): number[] {
    return this.sent.splice(0).map(({ number }) => number);
  }

  count(name: CounterName): number {
    return this.counters.get(name);
  }

  /** Every flow is somewhere: I5. */
  assertBalanced(taken: number): void {
    const { publisher, counters } = this;
    assert.equal(counters.get('flows_delivered') + counters.total('flows_dropped') + publisher.flows, taken);
  }
}

test('what a message looks like on the wire', () => {
  const bench = new Bench();
  bench.attach();
  bench.take('one', 'two');
  assert.deepEqual(bench.sent, [
    { number: 1, subject: 'flows.all', headers: { 'Nats-Msg-Id': 'host-1-1' }, payload: 'one' },
    { number: 2, subject: 'flows.all', headers: { 'Nats-Msg-Id': 'host-1-2' }, payload: 'two' },
  ]);
});

test('several flows share a message, with their number in a header', () => {
  const bench = new Bench({ batchFlows: 3 });
  bench.attach();
  bench.take('a\n', 'b\n', 'c\n', 'd\n');
  bench.nowMs = 20;
  bench.publisher.poll();
  assert.deepEqual(
    bench.sent.map(({ headers, payload }) => [headers['Goflow2-Count'], payload]),
    [
      ['3', 'a\nb\nc\n'],
      ['1', 'd\n'],
    ],
  );
});

test('no more than the window is in flight; answers make room', () => {
  const bench = new Bench();
  bench.attach();
  bench.take('1', '2', '3', '4', '5', '6');
  assert.deepEqual(bench.numbers(), [1, 2, 3, 4]);
  bench.ack(2);
  assert.deepEqual(bench.numbers(), [5]);
  bench.ack(2);
  bench.ack(1);
  assert.deepEqual(bench.numbers(), [6]);
  for (const number of [3, 4, 5, 6]) bench.ack(number);
  assert.equal(bench.count('flows_delivered'), 6);
  assert.equal(bench.count('messages_acked'), 6);
  assert.equal(bench.count('messages_published'), 6);
  assert.equal(bench.count('bytes_delivered'), 6);
  bench.assertBalanced(6);
});

test('the window has a limit of octets too, and a large message goes alone', () => {
  const bench = new Bench({ windowOctets: 1000, windowMessages: 100 });
  bench.attach();
  bench.take('x'.repeat(600), 'y'.repeat(600), 'z'.repeat(600));
  assert.deepEqual(bench.numbers(), [1, 2]);
  bench.ack(1);
  assert.deepEqual(bench.numbers(), [3]);
});

test('a broken connection: everything without an answer is sent again, in order, with the id it had', () => {
  const bench = new Bench();
  bench.attach();
  bench.take('1', '2', '3');
  bench.ack(2);
  const first = bench.sent.splice(0);
  bench.publisher.detach();
  bench.take('4');
  assert.deepEqual(bench.numbers(), []);
  bench.attach();
  assert.deepEqual(
    bench.sent.slice(0, 2),
    first.filter(({ number }) => number !== 2),
  );
  assert.deepEqual(bench.numbers(), [1, 3, 4]);
  bench.ack(1, ',"duplicate": true');
  bench.ack(3);
  bench.ack(4);
  assert.equal(bench.count('messages_retried'), 2);
  assert.equal(bench.count('messages_duplicate'), 1);
  assert.equal(bench.count('publish_failed:disconnected'), 2);
  assert.equal(bench.count('flows_delivered'), 4);
  assert.equal(bench.count('flows_maybe_duplicate'), 0);
});

test('F-05 sent again after the duplicate window: counted as perhaps twice in the stream', () => {
  const bench = new Bench({ batchFlows: 2, lingerMs: 0 });
  bench.attach({ duplicateWindowMs: 5000 });
  bench.take('1', '2', '3');
  bench.nowMs = 1000;
  bench.publisher.detach();
  bench.nowMs = 4999;
  bench.attach({ duplicateWindowMs: 5000 });
  assert.equal(bench.count('flows_maybe_duplicate'), 0);
  bench.publisher.detach();
  bench.nowMs = 5001;
  bench.attach({ duplicateWindowMs: 5000 });
  assert.equal(bench.count('flows_maybe_duplicate'), 3);
});

test('a refused message was not stored: it may come as late as it likes', async () => {
  const bench = new Bench();
  bench.attach({ duplicateWindowMs: 500 });
  bench.take('1');
  for (let i = 0; i < 40; i++) {
    for (const number of bench.numbers()) bench.refuse(number, 10077, 'maximum bytes exceeded');
    await bench.wait(100);
  }
  assert.ok(bench.count('messages_retried') > 2);
  assert.equal(bench.count('flows_maybe_duplicate'), 0);
});

test('F-07 a full stream: one message at growing intervals, and all of them when there is room', async () => {
  const bench = new Bench();
  bench.attach();
  bench.take('1', '2', '3', '4', '5');
  bench.numbers();
  for (const number of [1, 2, 3, 4]) bench.refuse(number, 10077, 'maximum bytes exceeded');
  assert.equal(bench.count('publish_failed:stream_full'), 4);
  assert.equal(bench.publisher.trouble, 'stream_full');
  const refuseAll = (): void => {
    for (const number of bench.numbers()) bench.refuse(number, 10077, 'maximum bytes exceeded');
  };
  let attempts = 0;
  for (let i = 0; i < 100; i++) {
    await bench.wait(100);
    attempts += bench.sent.length;
    refuseAll();
  }
  assert.ok(attempts >= 4 && attempts <= 7, `${attempts} attempts in 10 s`);
  await bench.wait(20_000);
  const [trial] = bench.numbers();
  assert.equal(trial, 1, 'the oldest is tried');
  bench.ack(1);
  assert.equal(bench.publisher.trouble, undefined);
  assert.equal(bench.recoveries, 1);
  assert.deepEqual(bench.numbers(), [2, 3, 4, 5]);
  bench.assertBalanced(5);
});

test('nobody takes messages on the subject: the stream is looked at before the next attempt', async () => {
  const bench = new Bench();
  bench.found = { trouble: 'stream_missing', detail: 'gone' };
  bench.attach();
  bench.take('1', '2');
  bench.numbers();
  bench.publisher.answer(1, new Uint8Array());
  assert.equal(bench.publisher.trouble, 'no_responders');
  await bench.wait(1000);
  assert.ok(bench.checks >= 1);
  assert.equal(bench.publisher.trouble, 'stream_missing');
  assert.deepEqual(bench.numbers(), [], 'nothing is sent to a stream that is not there');
  bench.found = undefined;
  for (let i = 0; i < 50 && bench.sent.length === 0; i++) await bench.wait(100);
  assert.deepEqual(bench.numbers(), [1]);
  bench.ack(1);
  bench.ack(2);
  bench.assertBalanced(2);
  assert.equal(bench.publisher.flows, 0);
});

test('a permission that is missing concerns the messages to that subject', async () => {
  const bench = new Bench();
  bench.attach();
  bench.take('1', '2');
  bench.numbers();
  bench.publisher.permissionDenied('flows.all', 'Permissions Violation for Publish to "flows.all"');
  assert.equal(bench.count('publish_failed:no_permission'), 2);
  assert.equal(bench.publisher.trouble, 'no_permission');
  await bench.wait(300);
  assert.deepEqual(bench.numbers(), [1]);
  bench.publisher.permissionDenied('flows.all', '');
  await bench.wait(300);
  assert.deepEqual(bench.numbers(), []);
  await bench.wait(300);
  assert.deepEqual(bench.numbers(), [1]);
});

test('F-06 no answer in time: sent again, later and later; an answer to the first attempt counts', async () => {
  const bench = new Bench();
  bench.attach();
  bench.take('1');
  assert.deepEqual(bench.numbers(), [1]);
  await bench.wait(900);
  assert.deepEqual(bench.numbers(), []);
  await bench.wait(100);
  assert.deepEqual(bench.numbers(), [1]);
  await bench.wait(1900);
  assert.deepEqual(bench.numbers(), []);
  await bench.wait(100);
  assert.deepEqual(bench.numbers(), [1]);
  assert.deepEqual([...new Set(bench.troubles.map(({ trouble }) => trouble))], ['ack_timeout']);
  bench.ack(1);
  bench.ack(1, ',"duplicate": true');
  assert.equal(bench.count('flows_delivered'), 1);
  assert.equal(bench.count('publish_failed:ack_timeout'), 2);
  assert.equal(bench.recoveries, 1);
  bench.assertBalanced(1);
});

test('what has not even left this machine is not sent again', async () => {
  const bench = new Bench();
  bench.attach();
  bench.queued = 1;
  bench.take('1');
  bench.numbers();
  await bench.wait(10_000);
  assert.deepEqual(bench.numbers(), []);
  bench.queued = 0;
  await bench.wait(1000);
  assert.deepEqual(bench.numbers(), [1]);
});

test('F-04 the buffer is full: the oldest that wait are dropped, exactly counted', () => {
  const bench = new Bench({ bufferOctets: 40_000 });
  for (let i = 0; i < 100; i++) bench.take(String(i).padEnd(1000, '.'));
  const dropped = bench.count('flows_dropped:buffer_full');
  assert.equal(bench.overflow, dropped);
  assert.ok(dropped >= 60 && dropped < 70, `${dropped}`);
  bench.attach();
  const payloads: number[] = [];
  while (bench.sent.length > 0) {
    const { number, payload } = bench.sent.shift()!;
    payloads.push(Number.parseInt(payload, 10));
    bench.ack(number);
  }
  assert.deepEqual(
    payloads,
    Array.from({ length: 100 - dropped }, (_, i) => dropped + i),
  );
  bench.assertBalanced(100);
});

test('a message that is too large is dropped and counted, the others go', () => {
  const bench = new Bench({ windowMessages: 100, batchFlows: 4, lingerMs: 0 });
  bench.attach({ maxPayload: 500 });
  bench.take('a'.repeat(600), 'b', 'c'.repeat(200), 'd'.repeat(200), 'e'.repeat(300));
  assert.deepEqual(
    bench.sent.map(({ payload }) => payload.replace(/(.)\1*/g, (run) => `${run[0]}${run.length}`)),
    ['b1c200d200', 'e300'],
  );
  assert.equal(bench.count('flows_dropped:too_large'), 1);
  assert.equal(bench.count('publish_failed:too_large'), 1);
  bench.publisher.detach();
  bench.attach({ maxPayload: 300 });
  assert.equal(bench.count('flows_dropped:too_large'), 5, 'made for a server that took more');
  assert.equal(bench.publisher.flows, 0);
  bench.take('f');
  bench.refuse(bench.sent.at(-1)!.number, 10054, 'message size exceeds maximum allowed');
  assert.equal(bench.count('flows_dropped:too_large'), 6);
  bench.assertBalanced(6);
});

test('at the end everything without an answer is counted', () => {
  const bench = new Bench();
  bench.attach();
  bench.take('1', '2', '3', '4', '5', '6');
  bench.ack(1);
  bench.publisher.abandon('shutdown_timeout');
  assert.equal(bench.count('flows_dropped:shutdown_timeout'), 5);
  assert.equal(bench.publisher.flows, 0);
  bench.assertBalanced(6);
});

test('octets that wait for the kernel are not overwritten, whatever the answers', () => {
  const bench = new Bench({ windowMessages: 1000 });
  const kept: Uint8Array[] = [];
  const texts: string[] = [];
  bench.publisher.attach({
    maxPayload: 1e6,
    duplicateWindowMs: undefined,
    queued: 0,
    write: (octets) => {
      kept.push(octets);
      texts.push(Buffer.from(octets).toString('latin1'));
    },
  });
  for (let i = 0; i < 500; i++) {
    bench.take(String(i).padEnd(700, '.'));
    bench.publisher.answer(i + 1, new TextEncoder().encode(`{"stream":"flows", "seq":${i + 1}}`));
  }
  assert.equal(bench.count('flows_delivered'), 500);
  kept.forEach((octets, i) => assert.equal(Buffer.from(octets).toString('latin1'), texts[i]));
});

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { natsOptions } from '#src/config/groups/nats.js';
import { defaultValues } from '#src/config/option.js';
import type { OptionValues } from '#src/config/option.js';
import { Counters } from '#src/metrics/counters.js';
import { natsSettings } from '#src/transport/nats/from-options.js';
import { NatsTransport } from '#src/transport/nats/nats-transport.js';
import { batchOf } from './batches.ts';
import type { NatsServer, StreamMessage } from './nats-server.ts';

type Flags = Partial<OptionValues<typeof natsOptions>>;

/** A NATS transport as the flags say, with its counters and its log lines; stopped with the test at the latest. */
export class NatsFeed {
  readonly transport: NatsTransport;
  readonly counters = new Counters();
  readonly lines: string[] = [];
  /** Flows that were handed over; flow `i` is the line `{"flow":i}`. */
  sent = 0;
  #feeding: NodeJS.Timeout | undefined;

  constructor(t: Pick<TestContext, 'after'>, server: Pick<NatsServer, 'url'> | undefined, flags: Flags = {}) {
    const values = {
      ...defaultValues(natsOptions),
      'transport.nats.stream.max_bytes': 1024 ** 3,
      ...(server === undefined ? {} : { 'transport.nats.servers': [server.url] }),
      ...flags,
    };
    const line = (message: string, fields?: object) =>
      void this.lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
    this.transport = new NatsTransport(
      { ...natsSettings(values), separator: '\n' },
      { counters: this.counters, log: { debug: line, info: line, warn: line, error: line }, onGone: assert.fail },
    );
    t.after(() => this.stop(0));
  }

  static async start(t: Pick<TestContext, 'after'>, server: NatsServer, flags: Flags = {}): Promise<NatsFeed> {
    const feed = new NatsFeed(t, server, flags);
    await feed.transport.start();
    return feed;
  }

  /** Hands over so many flows now, as one batch; resolves when its buffer comes back. */
  send(count: number, waits = false): Promise<void> {
    const lines = Array.from({ length: count }, () => `{"flow":${this.sent++}}\n`);
    return new Promise((resolve) => this.transport.send({ ...batchOf(lines), waits }, resolve));
  }

  /** Hands flows over at this rate, until {@link pause}. */
  feed(perSecond: number): void {
    const began = performance.now();
    const before = this.sent;
    this.#feeding = setInterval(() => {
      const due = before + Math.floor(((performance.now() - began) / 1000) * perSecond);
      if (due > this.sent) void this.send(due - this.sent);
    }, 10);
  }

  pause(): void {
    clearInterval(this.#feeding);
  }

  get delivered(): number {
    return this.counters.get('flows_delivered');
  }

  get dropped(): number {
    return this.counters.total('flows_dropped');
  }

  get ready(): boolean {
    return this.transport.status().ready;
  }

  async until(what: () => boolean, timeoutMs = 10_000): Promise<number> {
    const began = performance.now();
    while (!what()) {
      if (performance.now() - began > timeoutMs) {
        assert.fail(
          `waited ${timeoutMs} ms in vain for ${String(what)}\n${JSON.stringify(this.counters.snapshot())}\n${this.lines.join('\n')}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return performance.now() - began;
  }

  /** Everything that was handed over is delivered or dropped. */
  settled(timeoutMs?: number): Promise<number> {
    return this.until(() => this.delivered + this.dropped === this.sent, timeoutMs);
  }

  async stop(timeoutMs = 3000): Promise<void> {
    this.pause();
    await this.transport.stop(timeoutMs);
  }
}

/** Numbers of the flows in these messages, sorted; each message has to have as many as its header says. */
export function flowNumbers(messages: readonly StreamMessage[]): number[] {
  const numbers: number[] = [];
  for (const { data, count } of messages) {
    const lines = Buffer.from(data).toString().split('\n');
    assert.equal(lines.pop(), '');
    assert.equal(lines.length, count, 'flows in a message');
    for (const line of lines) numbers.push((JSON.parse(line) as { flow: number }).flow);
  }
  return numbers.sort((a, b) => a - b);
}

/** Fails unless the flows 0 to `count - 1` are there exactly once; tells of the first ones that are not. */
export function assertExactlyOnce(numbers: readonly number[], count: number): void {
  const seen = new Uint8Array(count);
  for (const number of numbers) seen[number]! += 1;
  const missing: number[] = [];
  const twice: number[] = [];
  seen.forEach((times, number) => {
    if (times === 0 && missing.length < 10) missing.push(number);
    if (times > 1 && twice.length < 10) twice.push(number);
  });
  assert.deepEqual({ missing, twice, count: numbers.length }, { missing: [], twice: [], count });
}

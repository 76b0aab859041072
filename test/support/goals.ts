import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess } from './collector-process.ts';
import { parseExposition } from './exposition-text.ts';
import type { Series } from './exposition-text.ts';
import { peakKB } from './memory-peak.ts';
import { v5 } from './numbered-flows.ts';
import { endsWell } from './oracle.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { isDrained } from './udp-queue.ts';

/** Where the first flows and templates are learned, and code is compiled, before anything counts. */
const WARM_DATAGRAMS = 200;

/** A collector under load, with what its user can see of it from outside. */
export class LoadedCollector {
  readonly collector: CollectorProcess;
  sent = 0;
  /** Where it listens for flows, and for HTTP. */
  port = 0;
  http = 0;
  readonly #t: TestContext;

  private constructor(t: TestContext, flags: readonly string[], prefix: readonly string[]) {
    this.#t = t;
    this.collector = new CollectorProcess(t, ['-addr=127.0.0.1:0', '-format=bin', ...flags], undefined, prefix);
  }

  static async start(
    t: TestContext,
    flags: readonly string[],
    prefix: readonly string[] = [],
  ): Promise<LoadedCollector> {
    const loaded = new LoadedCollector(t, flags, prefix);
    [loaded.port] = (await loaded.collector.ports()) as [number];
    loaded.http = loaded.collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
    await loaded.send(500, WARM_DATAGRAMS);
    return loaded;
  }

  /** Sends so many v5 datagrams of 30 flows at a rate, from four exporters; without one, as fast as they go. */
  async send(rate: number | undefined, count: number): Promise<void> {
    const sources = [1, 2, 3, 4].map((i) => ({ address: `127.0.3.${i}`, port: 0 }));
    const target = { address: '127.0.0.1', port: this.port };
    const sender = new PacedSender({ target, sources, ...(rate === undefined ? {} : { rate }) });
    await sender.start();
    this.#t.after(() => sender.stop());
    const datagrams = function* (from: number) {
      for (let i = from; i < from + count; i++) yield { bytes: v5(i), source: i % 4 };
    };
    const report = await sender.send(datagrams(this.sent));
    assert.deepEqual(report.errors, {});
    this.sent += count;
    await sender.stop();
  }

  async get(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.http}${path}`)).text();
  }

  /** A sum over the series of a name, as the latest answer to a scrape has it. */
  async metric(name: string, of: (series: Series) => boolean = () => true): Promise<number> {
    const series = parseExposition(await this.get('/metrics'));
    return series.filter((each) => each.name === name && of(each)).reduce((sum, { value }) => sum + value, 0);
  }

  /** Milliseconds that an answer to `/live` takes. */
  async liveMs(): Promise<number> {
    const began = performance.now();
    assert.equal(await this.get('/live'), 'OK\n');
    return performance.now() - began;
  }

  /** Waits until everything that was sent has been received or counted as dropped by the kernel: I1. */
  async settled(): Promise<void> {
    const known = async () =>
      (await this.metric('goflow2plus_datagrams_received_total')) +
      (await this.metric('goflow2plus_kernel_drops_total'));
    for (let tries = 0; (await known()) < this.sent; tries++) {
      assert.ok(tries < 100, `${await known()} of ${this.sent}`);
      await sleep(100);
    }
  }

  get peakKB(): number {
    return peakKB(this.collector);
  }

  /** Ends it: what comes now gets through, all is in the books, and memory was within its bound all the time. */
  async end(): Promise<Record<string, number>> {
    const delivered = () => this.metric('goflow2plus_flows_delivered_total');
    const [before, FRESH] = [await delivered(), 10];
    await this.send(500, FRESH);
    for (let tries = 0; (await delivered()) < before + 30 * FRESH; tries++) {
      assert.ok(tries < 100, `${await delivered()} flows, ${before} before`);
      await sleep(100);
    }
    return endsWell(this.collector, this.sent);
  }
}

/** more than it can take for a while; afterwards nothing is lost. */
export async function overload(t: TestContext, seconds: number, liveMs: number): Promise<void> {
  // JSON takes several times as long as a datagram takes the sender
  const flags = ['-listen', 'netflow://127.0.0.1:0?rcvbuf=1MiB', '-format=json', '-transport.file=/dev/null'];
  const loaded = await LoadedCollector.start(t, flags);
  const answers: number[] = [];
  let over = false;
  const asking = (async () => {
    for (; !over; await sleep(50)) answers.push(await loaded.liveMs());
  })();
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) await loaded.send(undefined, 10_000);
  await loaded.settled();
  over = true;
  await asking;
  const dropped = await loaded.metric('goflow2plus_kernel_drops_total');
  assert.ok(dropped > 0, 'it was more than it could take');
  await loaded.send(1000, 1000);
  await loaded.settled();
  assert.equal(await loaded.metric('goflow2plus_kernel_drops_total'), dropped, 'nothing is lost afterwards');
  answers.sort((a, b) => a - b);
  const p99 = answers[Math.ceil(answers.length * 0.99) - 1]!;
  assert.ok(p99 <= liveMs, `/live takes ${p99} ms`);
  const { peakKB } = loaded;
  const books = await loaded.end();
  assert.equal(books['flows_produced'], 30 * books['datagrams_decoded']!);
  t.diagnostic(JSON.stringify({ sent: loaded.sent, dropped, p99, peakKB: peakKB, ...books }));
}

/** The main thread stands still after SIGUSR2 until there is a file of this name, and says so before and after. */
const standStill = (path: string) => `import { existsSync, rmSync, writeSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  const never = new Int32Array(new SharedArrayBuffer(4));
  if (isMainThread) process.on('SIGUSR2', () => {
    writeSync(2, '{"msg":"stands still"}\\n');
    while (!existsSync('${path}')) Atomics.wait(never, 0, 0, 10);
    rmSync('${path}');
    writeSync(2, '{"msg":"goes on"}\\n');
  });`;

/**
 * the main thread stands still `times` times, each for as long as it takes to send `datagrams` at `rate` (without
 * one, as fast as they go) and for `ms` at least: the workers read them all meanwhile, and nothing is lost.
 */
export async function stall(
  t: TestContext,
  { times, datagrams, rate, ms = 0 }: { times: number; datagrams: number; rate?: number; ms?: number },
): Promise<void> {
  const goOn = join(temporaryFolder(t), 'go-on');
  const node = ['env', `NODE_OPTIONS=--import="data:text/javascript,${encodeURIComponent(standStill(goOn))}"`];
  const loaded = await LoadedCollector.start(t, ['-listen=netflow://127.0.0.1:0', '-transport.file=/dev/null'], node);
  const { collector } = loaded;
  const said = (text: string) => collector.stderr.split(text).length - 1;
  await loaded.settled();
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    collector.child.kill('SIGUSR2');
    await collector.until(() => said('stands still') > i);
    const began = performance.now();
    await Promise.all([loaded.send(rate, datagrams), sleep(ms)]);
    await collector.until(() => isDrained(loaded.port));
    took.push(performance.now() - began);
    assert.equal(said('goes on'), i);
    writeFileSync(goOn, '');
    await collector.until(() => said('goes on') > i);
  }
  const books = await loaded.end();
  assert.equal(books['kernel_drops'], undefined);
  assert.equal(books['flows_delivered'], 30 * loaded.sent);
  t.diagnostic(JSON.stringify({ stood: took.map(Math.round), ...books }));
}

/** S-08: connections that say nothing, headers that never end, scrapes without a pause, all from other addresses. */
export async function httpAttack(t: TestContext, rate: number, seconds: number, liveMs: number): Promise<void> {
  const loaded = await LoadedCollector.start(t, ['-listen=netflow://127.0.0.1:0', '-transport.file=/dev/null']);
  const open = (from: number, text: string): Socket => {
    const socket = connect({ host: '127.0.0.1', port: loaded.http, localAddress: `127.0.4.${from}` });
    socket.on('error', () => {});
    socket.resume().on('connect', () => socket.write(text));
    return socket;
  };
  const header = 'GET /metrics HTTP/1.1\r\nhost: x\r\n';
  const sockets: Socket[] = [];
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  for (let i = 0; i < 1_000; i++)
    sockets.push(open(1 + (i % 5), ['', header, `${header}x: ${'y'.repeat(60_000)}`][i % 3]!));
  let over = false;
  const scraping = (async () => {
    for (let i = 0; !over; i++) {
      const socket = open(10 + (i % 5), `${header}\r\n`.repeat(20));
      sockets.push(socket);
      await Promise.race([once(socket, 'close'), sleep(20)]);
      socket.destroy();
    }
  })();
  const answers: number[] = [];
  const asking = (async () => {
    for (; !over; await sleep(100)) answers.push(await loaded.liveMs());
  })();
  await loaded.send(rate, rate * seconds);
  over = true;
  await Promise.all([scraping, asking]);
  sockets.forEach((socket) => socket.destroy());
  await loaded.settled();
  const books = await loaded.end();
  assert.equal(books['kernel_drops'], undefined);
  assert.equal(books['flows_delivered'], 30 * loaded.sent);
  assert.ok(Math.max(...answers) <= liveMs, `/live takes ${Math.max(...answers)} ms`);
  t.diagnostic(JSON.stringify({ sent: loaded.sent, answers: answers.length, slowest: Math.max(...answers) }));
}

/** how long it takes a flow from the socket into the output: 99 of 100 within `boundSeconds`. */
export async function latency(
  t: TestContext,
  flags: readonly string[],
  rate: number,
  seconds: number,
  boundSeconds: number,
) {
  const loaded = await LoadedCollector.start(t, ['-listen', 'netflow://127.0.0.1:0', ...flags]);
  const bucket = (le: string) =>
    loaded.metric('goflow2plus_delivery_latency_seconds_bucket', ({ labels }) => labels['le'] === le);
  await loaded.settled();
  await sleep(1000); // an answer to a scrape serves everybody for a while
  const before = [await bucket(String(boundSeconds)), await bucket('+Inf')];
  await loaded.send(rate, rate * seconds);
  await loaded.settled();
  await sleep(1000);
  const within = (await bucket(String(boundSeconds))) - before[0]!;
  const all = (await bucket('+Inf')) - before[1]!;
  assert.equal(all, 30 * rate * seconds);
  assert.ok(within >= 0.99 * all, `${within} of ${all} within ${boundSeconds} s`);
  t.diagnostic(JSON.stringify({ rate, within, all, boundSeconds }));
  await loaded.end();
}

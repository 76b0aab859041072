import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { KV } from '@nats-io/kv';
import { CollectorProcess } from './collector-process.ts';
import { v5Of } from './context-collector.ts';
import { NatsServer } from './nats-server.ts';

const BUCKET = 'goflow2-context';

/** Datagrams that are on their way at most: the sender waits for the collector, so that no buffer can overflow. */
const UNDER_WAY = 200;

/** The kinds of objects that are set in turn, each one with the number of the round. */
const kinds = ['network', 'exporter', 'application'] as const;

/** A number that a flow has from each of the objects it is looked up in; 0 where the object was not there. */
interface Marks {
  readonly source: number;
  readonly destination: number;
  readonly exporter: number;
  readonly application: number;
}

/** What flows have told of the updates of a context. */
export interface UpdateReport {
  readonly puts: number;
  readonly flows: { readonly sent: number; readonly received: number };
  /** Milliseconds from each put to the first flow with it or with a later one, sorted. */
  readonly delays: readonly number[];
  /** Puts that no flow has shown. */
  readonly unseen: number;
  /** Flows that have values of two moments at least. */
  readonly mixed: readonly Marks[];
  readonly generations: number;
  readonly books: Readonly<Record<string, number>>;
}

/** A collector whose context is a bucket with `keys` networks beside those of the test, and flows through it. */
export class UpdatedContext {
  readonly server: NatsServer;
  readonly bucket: KV;
  readonly process: CollectorProcess;
  readonly #socket = createSocket('udp4');
  #sent = 0;
  #received = 0;
  #rest = '';
  #onMarks: (marks: Marks) => void = () => {};

  private constructor(server: NatsServer, bucket: KV, process: CollectorProcess) {
    this.server = server;
    this.bucket = bucket;
    this.process = process;
    process.child.stdout!.on('data', (chunk: Buffer) => this.#read(chunk.toString()));
  }

  static async start(t: TestContext, keys: number): Promise<UpdatedContext> {
    const server = await NatsServer.start(t);
    const client = await server.client(t);
    const bucket = await new Kvm(jetstream(client, { timeout: 30_000 })).create(BUCKET);
    for (let i = 0; i < keys; i++) {
      const value = {
        name: `other-${i}`,
        cidr: `10.${100 + (i >> 8)}.${i & 0xff}.0/24`,
        context: { site: `s${i % 50}` },
      };
      client.publish(`$KV.${BUCKET}.network.other-${i}`, JSON.stringify(value)); // a put that nobody waits for
    }
    for (const kind of kinds) await bucket.put(`${kind}.marked`, valueOf(kind, 0));
    assert.equal((await bucket.status()).values, keys + kinds.length);
    const process = new CollectorProcess(t, [
      '-listen=netflow://127.0.0.1:0',
      `-context.nats.bucket=${BUCKET}`,
      `-transport.nats.servers=${server.url}`,
    ]);
    const context = new UpdatedContext(server, bucket, process);
    t.after(() => context.#socket.close());
    await process.until(() => process.stderr.includes('starting collection'), 60_000);
    const [port] = await process.ports();
    context.#socket.connect(port!, '127.0.0.1');
    await new Promise((resolve) => context.#socket.once('connect', resolve));
    return context;
  }

  /** Sends flows at about this rate until `isOver` settles. */
  async load(perSecond: number, isOver: Promise<unknown>): Promise<void> {
    let over = false;
    void isOver.finally(() => (over = true));
    const began = performance.now();
    for (let count = 0; !over; await sleep(5)) {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      for (; count < due && this.#sent - this.#received < UNDER_WAY; count++) this.#send();
      count = Math.max(count, due - perSecond / 10); // what could not be sent in time is not made up for
    }
  }

  /** Puts one key and sends flows until one of them has it; how many milliseconds that took. */
  async timeOfOne(round: number): Promise<number> {
    let seen = (): void => {};
    const shown = new Promise<void>((resolve) => (seen = resolve));
    this.#onMarks = ({ source }) => void (source === round && seen());
    const began = performance.now();
    await Promise.all([this.bucket.put('network.marked', valueOf('network', round)), this.load(200, shown)]);
    return performance.now() - began;
  }

  /** Sets keys `perSecond` times for `seconds`, while flows are sent, and tells what these have shown. */
  async update(perSecond: number, seconds: number, flowsPerSecond: number): Promise<UpdateReport> {
    const waiting: { readonly kind: (typeof kinds)[number]; readonly round: number; readonly at: number }[] = [];
    const delays: number[] = [];
    const mixed: Marks[] = [];
    this.#onMarks = (marks) => {
      if (isMixed(marks)) mixed.push(marks);
      const now = performance.now();
      const of = { network: marks.source, exporter: marks.exporter, application: marks.application };
      for (let i = waiting.length - 1; i >= 0; i--) {
        const { kind, round, at } = waiting[i]!;
        if (of[kind] < round) continue;
        delays.push(now - at);
        waiting.splice(i, 1);
      }
    };
    const puts = perSecond * seconds;
    const began = performance.now();
    const putting = (async () => {
      for (let i = 0; i < puts; i++) {
        await sleep(Math.max(0, began + (i / perSecond) * 1000 - performance.now()));
        const [kind, round] = [kinds[i % kinds.length]!, Math.floor(i / kinds.length) + 1];
        waiting.push({ kind, round, at: performance.now() });
        await this.bucket.put(`${kind}.marked`, valueOf(kind, round));
      }
      const deadline = performance.now() + 60_000;
      while (waiting.length > 0 && performance.now() < deadline) await sleep(10);
    })();
    await this.load(flowsPerSecond, putting);
    await this.process.until(() => this.#received === this.#sent, 60_000);
    await this.process.stop();
    return {
      puts,
      flows: { sent: this.#sent, received: this.#received },
      delays: delays.sort((a, b) => a - b),
      unseen: waiting.length,
      mixed,
      generations: this.process.log.filter(({ msg }) => msg === 'context in use').length,
      books: this.process.books,
    };
  }

  #send(): void {
    const flow = { source: '10.1.0.1', destination: '10.2.0.1', sourcePort: 40_000, destinationPort: 4242 };
    this.#socket.send(v5Of([flow], 0, this.#sent++));
  }

  #read(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      this.#received++;
      const { context } = JSON.parse(line) as { context: Record<string, string> };
      const mark = (key: string) => Number(context[key] ?? 0);
      this.#onMarks({
        source: mark('source_mark'),
        destination: mark('destination_mark'),
        exporter: mark('exporter_mark'),
        application: mark('application_mark'),
      });
    }
  }
}

function valueOf(kind: (typeof kinds)[number], round: number): string {
  const name = `marked-${round}`;
  const context = { mark: String(round) };
  switch (kind) {
    case 'network':
      return JSON.stringify({ name, cidrs: ['10.1.0.0/24', '10.2.0.0/24'], context });
    case 'exporter':
      return JSON.stringify({ name, address: '127.0.0.1', context });
    case 'application':
      return JSON.stringify({ name, proto: 'tcp', port: 4242, context });
  }
}

/**
 * Keys are set one after the other, so that what a context has at one moment is a round that is whole, or the next one
 * as far as it has come.
 */
function isMixed({ source, destination, exporter, application }: Marks): boolean {
  return source !== destination || exporter > source || application > exporter || source > application + 1;
}

/** The value that so many hundredths of a sorted list are not above. */
export function percentile(sorted: readonly number[], hundredths: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * hundredths) / 100) - 1)] ?? Number.NaN;
}

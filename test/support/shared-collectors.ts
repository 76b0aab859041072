import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { PacedSender, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { CollectorProcess } from './collector-process.ts';
import { FlowLedger } from './flow-ledger.ts';
import { NatsServer, readStream } from './nats-server.ts';
import { isDrained } from './udp-queue.ts';
import { UdpSpreader } from './udp-spreader.ts';

const STREAM = 'flows';
const BUCKET = 'templates';
const start = BigInt(Date.now()) * 1_000_000n;

/** Flows of a datagram. */
const FLOWS = 10;

/** A collector behind the spreader. */
interface Member {
  readonly process: CollectorProcess;
  readonly port: number;
}

/** An exporter that tells its templates once, at the head of its first datagram. */
interface Station {
  readonly exporter: TemplatedExporter;
  readonly traffic: Traffic;
  readonly sender: PacedSender;
  readonly address: string;
  sent: number;
}

/**
 * Collectors that share by buckets and write to one stream, behind a spreader that gives each of them a datagram in
 * turn, and exporters whose templates go out once: whoever has not seen them gets them from the others.
 */
export class SharedCollectors {
  readonly server: NatsServer;
  readonly #t: TestContext;
  readonly #spreader: UdpSpreader;
  readonly #stations: Station[] = [];
  #members: Member[] = [];
  /** Flows that were decoded by a collector before it was told the sampling rate, which follows the template. */
  #unknownRates = 0;
  /** The counters of collectors that have ended. */
  readonly books: Record<string, number>[] = [];

  private constructor(t: TestContext, server: NatsServer, spreader: UdpSpreader) {
    this.#t = t;
    this.server = server;
    this.#spreader = spreader;
  }

  static async start(t: TestContext, collectors: number): Promise<SharedCollectors> {
    const shared = new SharedCollectors(t, await NatsServer.start(t), await UdpSpreader.start(t));
    for (let i = 0; i < collectors; i++) await shared.join();
    return shared;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Starts another collector, and gives it its turn. */
  async join(): Promise<void> {
    const process = new CollectorProcess(this.#t, [
      '-listen=netflow://127.0.0.1:0',
      '-format=json',
      '-transport=nats',
      `-transport.nats.servers=${this.server.url}`,
      `-transport.nats.stream=${STREAM}`,
      '-transport.nats.stream.max_bytes=1GiB',
      '-transport.nats.batch.flows=64',
      `-templates.nats.bucket=${BUCKET}`,
      '-context.nats.bucket=context',
    ]);
    await process.until(() => process.stderr.includes('starting collection'), 60_000);
    const [port] = await process.ports();
    this.#setMembers([...this.#members, { process, port: port! }]);
  }

  /** Takes a collector out of its turn and ends it; what it has received is delivered before. */
  async leave(index: number): Promise<void> {
    const [member] = this.#members.splice(index, 1);
    this.#setMembers(this.#members);
    await this.#drained([member!]);
    assert.equal((await member!.process.stop()).code, 0, member!.process.stderr);
    this.books.push(member!.process.books);
  }

  async restart(index: number): Promise<void> {
    await this.join();
    await this.leave(index);
  }

  /** Starts the server again; resolves when all collectors have told each other what they have learned alone. */
  async serverBack(): Promise<void> {
    const backs = ({ process }: Member) =>
      process.log.filter(({ msg, bucket }) => msg === 'the NATS bucket can be used again' && bucket === BUCKET).length;
    const before = new Map(this.#members.map((member) => [member, backs(member)]));
    await this.server.run();
    for (const [member, count] of before) await member.process.until(() => backs(member) > count, 60_000);
    const addresses = this.#stations.map(({ address }) => Buffer.from(address.split('.').map(Number)).toString('hex'));
    const isTold = async () => {
      const keys = await this.keys();
      return addresses.every((address) => keys.some((key) => key.includes(address)));
    };
    for (let i = 0; i < 120 && !(await isTold()); i++) await sleep(500);
    await sleep(2000); // watched keys come at once, on a machine that has time
  }

  /** Adds an exporter; its first datagram, with all that the others must learn, goes out at once. */
  async addExporter(version: 9 | 10): Promise<void> {
    const stream = this.#stations.length;
    const address = `127.0.2.${stream + 1}`;
    const sender = new PacedSender({
      target: { address: '127.0.0.1', port: this.#spreader.port },
      sources: [{ address, port: 0 }],
    });
    await sender.start();
    this.#t.after(() => sender.stop());
    const domains = [{ id: stream, samplers: [{ interval: 100 + stream }] }];
    const exporter = new TemplatedExporter({ version, boot: start - 3_600_000_000_000n, domains, refreshEvery: 1e9 });
    const traffic = new Traffic({ seed: 11, stream, start });
    const station = { exporter, traffic, sender, address, sent: 0 };
    this.#stations.push(station);
    await this.#send(station);
  }

  /** Has all exporters send, so many datagrams a second together, for so long. */
  async traffic(milliseconds: number, perSecond: number): Promise<void> {
    const began = performance.now();
    for (let sent = 0; performance.now() - began < milliseconds; await sleep(5)) {
      const due = ((performance.now() - began) / 1000) * perSecond;
      // no more at once than the sockets on the way have room for
      for (let i = 0; sent < due && i < 50; i++, sent++) {
        await this.#send(this.#stations[sent % this.#stations.length]!);
      }
      sent = Math.max(sent, Math.floor(due) - 50);
    }
  }

  /** Sends templates of sources that are nobody's, each one once. */
  async forge(sources: number): Promise<void> {
    const target = { address: '127.0.0.1', port: this.#spreader.port };
    const addresses = Array.from({ length: sources }, (_, i) => ({ address: `127.0.3.${i + 1}`, port: 0 }));
    const sender = new PacedSender({ target, sources: addresses });
    await sender.start();
    const forged = addresses.map((_, source) => {
      const exporter = new TemplatedExporter({ version: source % 2 === 0 ? 9 : 10, boot: start });
      return { bytes: exporter.announce(start), source };
    });
    await sender.send(forged);
    await sender.stop();
  }

  /** Keys that the collectors have written, of exporters. */
  async keys(): Promise<string[]> {
    const bucket = await new Kvm(jetstream(await this.server.client(this.#t))).open(BUCKET);
    const keys: string[] = [];
    for await (const key of await bucket.keys()) keys.push(key);
    return keys;
  }

  /**
   * Ends all collectors. Every flow has been delivered once, most of them with the sampling rate of their exporter, and
   * no set was left undecoded.
   */
  async settle(): Promise<{ readonly flows: number; readonly waited: number; readonly unknownRates: number }> {
    while (this.size > 0) await this.leave(0);
    const total = (name: string) => this.books.reduce((sum, books) => sum + (books[name] ?? 0), 0);
    const skipped = this.books.flatMap((books) =>
      Object.entries(books).filter(([name]) => name.startsWith('sets_skipped')),
    );
    assert.deepEqual(skipped, []);
    assert.equal(total('pending_in'), total('pending_replayed'));
    assert.equal(total('kernel_drops'), 0);
    const ledgers = this.#stations.map(({ traffic, sent }) => new FlowLedger(traffic, sent));
    for (const { data } of await readStream(await this.server.client(this.#t), STREAM)) {
      for (const line of Buffer.from(data).toString().trimEnd().split('\n'))
        this.#tick(JSON.parse(line) as Row, ledgers);
    }
    for (const [i, ledger] of ledgers.entries()) {
      const seen = this.#stations[i]!.sent;
      assert.deepEqual(ledger.report(), { seen, missing: 0, duplicates: 0, foreign: 0, firstMissing: [] });
    }
    const flows = total('flows_delivered');
    const unknownRates = this.#unknownRates;
    assert.ok(unknownRates < flows / 4, `${unknownRates} of ${flows} flows without a sampling rate`);
    return { flows, waited: total('pending_in'), unknownRates };
  }

  /** Counters of the collector that has ended last. */
  get lastBooks(): Record<string, number> {
    return this.books.at(-1)!;
  }

  #tick(row: Row, ledgers: readonly FlowLedger[]): void {
    const stream = Number(String(row['sampler_address']).split('.')[3]) - 1;
    if (row['sampling_rate'] === 0) this.#unknownRates++;
    else assert.equal(row['sampling_rate'], 100 + stream);
    ledgers[stream]!.add({
      source: row['src_addr'] as string,
      destination: row['dst_addr'] as string,
      protocol: protocols[row['proto'] as string]!,
      sourcePort: row['src_port'] as number,
      destinationPort: row['dst_port'] as number,
    });
  }

  async #send(station: Station): Promise<void> {
    const { exporter, traffic, sender, sent } = station;
    station.sent += FLOWS;
    const now = BigInt(Date.now()) * 1_000_000n;
    const { errors } = await sender.send(exporter.export([...traffic.flows(sent, sent + FLOWS)], now));
    assert.deepEqual(errors, {});
  }

  /** Waits until what was sent has been read by these. */
  async #drained(members: readonly Member[]): Promise<void> {
    const { process } = members[0]!;
    await process.until(() => this.#spreader.sent === this.#spreader.received, 60_000);
    await process.until(() => members.every(({ port }) => isDrained(port)), 60_000);
  }

  #setMembers(members: readonly Member[]): void {
    this.#members = [...members];
    this.#spreader.targets = members.map(({ port }) => port);
  }
}

type Row = Record<string, unknown>;

const protocols: Record<string, number> = { ICMP: 1, TCP: 6, UDP: 17, 'IPv6-ICMP': 58 };

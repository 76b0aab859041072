import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  Impairment,
  FixedExporter,
  PacedSender,
  SFlowExporter,
  TemplatedExporter,
  Traffic,
  UdpRelay,
} from '#src/simulate/index.js';
import type { SimulatedExporter } from '#src/simulate/index.js';
import { CollectorProcess } from '../support/collector-process.ts';
import { FlowLedger } from '../support/flow-ledger.ts';
import { isDrained } from '../support/udp-queue.ts';

const FLOWS = 500;
const SEED = 42;
const start = BigInt(Date.now()) * 1_000_000n;

/** An exporter with its traffic, of which the oracle keeps the ledger. */
interface Station {
  readonly name: string;
  readonly exporter: SimulatedExporter;
  readonly traffic: Traffic;
  readonly ledger: FlowLedger;
  /** Address that it sends from. */
  readonly address: string;
  /** What the collector calls it. */
  readonly sampler: string;
}

/** Exporters of every protocol, several of each. */
function stations(): Station[] {
  const boot = start - 3_600_000_000_000n;
  return Array.from({ length: 12 }, (_, i) => {
    const kind = i % 4;
    const traffic = new Traffic({ seed: SEED, stream: i, start, ipv6: kind === 0 ? 0 : 0.3 });
    const address = `127.0.1.${i + 1}`;
    const agent = `192.0.2.${i + 1}`;
    const exporter = [
      () => new FixedExporter({ boot, samplingInterval: 10, samplingMode: 1 }),
      () => new TemplatedExporter({ version: 9, boot, domains: [{ id: i, samplers: [{ interval: 10 }] }] }),
      () => new TemplatedExporter({ version: 10, boot, domains: [{ id: i, samplers: [{ interval: 10 }] }] }),
      () => new SFlowExporter({ boot, agent, samplingRate: 10, extended: true, countersEvery: 4, expanded: i > 6 }),
    ][kind]!();
    return {
      name: ['NETFLOW_V5', 'NETFLOW_V9', 'IPFIX', 'SFLOW_5'][kind]!,
      exporter,
      traffic,
      ledger: new FlowLedger(traffic, FLOWS),
      address,
      sampler: kind === 3 ? agent : address,
    };
  });
}

/** Datagrams of all exporters, in turns. */
function datagramsOf(all: readonly Station[]): { bytes: Uint8Array; source: number }[] {
  const now = start + 60_000_000_000n;
  const queues = all.map(({ exporter, traffic }) => exporter.export([...traffic.flows(0, FLOWS)], now));
  const longest = Math.max(...queues.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) =>
    queues.flatMap((queue, source) => (queue[turn] === undefined ? [] : [{ bytes: queue[turn], source }])),
  ).flat();
}

async function senderTo(t: TestContext, port: number, all: readonly Station[]): Promise<PacedSender> {
  const sources = all.map(({ address }) => ({ address, port: 0 }));
  const sender = new PacedSender({ target: { address: '127.0.0.1', port }, rate: 2_000, sources });
  await sender.start();
  t.after(() => sender.stop());
  return sender;
}

const protocols: Record<string, number> = { ICMP: 1, TCP: 6, UDP: 17, 'IPv6-ICMP': 58 };

/** Ticks off a message of the collector, and checks that it is the flow that it says it is. */
function tick(message: Record<string, unknown>, all: readonly Station[]): void {
  const station = all.find(({ sampler }) => sampler === message['sampler_address'])!;
  assert.equal(message['type'], station.name);
  const index = station.ledger.add({
    source: message['src_addr'] as string,
    destination: message['dst_addr'] as string,
    protocol: protocols[message['proto'] as string]!,
    sourcePort: message['src_port'] as number,
    destinationPort: message['dst_port'] as number,
  });
  const flow = station.traffic.flow(index!);
  assert.deepEqual(
    [message['in_if'], message['out_if'], message['sampling_rate'], message['tcp_flags']],
    [flow.inputInterface, flow.outputInterface, 10, flow.tcpFlags ?? 0],
  );
  if (station.name !== 'SFLOW_5') assert.deepEqual([message['bytes'], message['packets']], [flow.octets, flow.packets]);
}

test('12 exporters of four protocols at once: every flow arrives, once, with its values', async (t) => {
  const all = stations();
  const collector = new CollectorProcess(t, ['-listen', 'flow://127.0.0.1:0?workers=2']);
  const [port] = await collector.ports();
  const sender = await senderTo(t, port!, all);
  const { datagrams, errors } = await sender.send(datagramsOf(all));
  assert.deepEqual(errors, {});
  await collector.until(() => collector.flowCount >= all.length * FLOWS, 20_000);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  for (const message of collector.flows) tick(message, all);
  for (const { ledger, name } of all) {
    assert.deepEqual(ledger.report(), { seen: FLOWS, missing: 0, duplicates: 0, foreign: 0, firstMissing: [] }, name);
  }
  const { books } = collector;
  assert.deepEqual([books['datagrams_received'], books['datagrams_decoded']], [datagrams, datagrams]);
  assert.equal(books['flows_delivered'], all.length * FLOWS);
  assert.ok(!collector.stderr.includes('do not balance'));
});

test('a path that loses, duplicates and reorders: what arrives is what the path let through', async (t) => {
  const all = stations();
  const collector = new CollectorProcess(t, ['-listen', 'flow://127.0.0.1:0']);
  const [port] = await collector.ports();
  const relay = new UdpRelay({
    seed: SEED,
    listen: { address: '127.0.0.1', port: 0 },
    target: { address: '127.0.0.1', port: port! },
    loss: 0.05,
    reorder: 0.2,
    duplicate: 0.05,
  });
  const sender = await senderTo(t, (await relay.start()).port, all);
  // templates first, and safely: without them data can only wait
  const outgoing = datagramsOf(all);
  const first = outgoing.slice(0, all.length);
  const direct = await senderTo(t, port!, all);
  await direct.send(first);
  const { datagrams } = await sender.send(outgoing.slice(all.length));
  await collector.until(() => relay.account.received === datagrams);
  const account = await relay.stop();
  const arrived = account.delivered + first.length;
  await collector.until(() => isDrained(port!));
  await collector.stop();
  const { books } = collector;
  assert.equal(books['datagrams_received'], arrived);
  assert.equal(books['datagrams_decoded'], arrived);
  assert.ok(account.lost > 0 && account.duplicated > 0 && account.reordered > 0);
  for (const message of collector.flows) tick(message, all);
  const totals = all.map(({ ledger }) => ledger.report());
  assert.ok(totals.every(({ foreign }) => foreign === 0));
  const sum = (of: (report: (typeof totals)[0]) => number) => totals.reduce((whole, report) => whole + of(report), 0);
  assert.ok(sum(({ missing }) => missing) > 0 && sum(({ duplicates }) => duplicates) > 0);
  assert.equal(
    sum(({ seen, duplicates }) => seen + duplicates),
    collector.flows.length,
  );
});

/** Sequence number of a datagram of NetFlow v9, or of sFlow with an IPv4 agent. */
const sequenceOf = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

for (const [protocol, at, make] of [
  ['netflow_v9', 12, (boot: bigint) => new TemplatedExporter({ version: 9, boot, refreshEvery: 10 })],
  ['sflow', 16, (boot: bigint) => new SFlowExporter({ boot })],
] as const) {
  test(`F-30 ${protocol} over a bad path: the books tell what it lost, reordered and sent twice`, async (t) => {
    const collector = new CollectorProcess(t, ['-listen', 'flow://127.0.0.1:0']);
    const [port] = await collector.ports();
    const faults = { seed: SEED, loss: 0.05, reorder: 0.2, duplicate: 0.05, spared: 10 };
    const target = { address: '127.0.0.1', port: port! };
    const relay = new UdpRelay({ ...faults, listen: { address: '127.0.0.1', port: 0 }, target });
    const sender = new PacedSender({
      target: await relay.start(),
      rate: 2_000,
      sources: [{ address: '127.0.0.1', port: 0 }],
    });
    await sender.start();
    t.after(() => sender.stop());
    const traffic = new Traffic({ seed: SEED, start });
    const datagrams = make(start - 3_600_000_000_000n).export([...traffic.flows(0, 8_000)], start + 9_000_000_000n);
    await sender.send(datagrams);
    await collector.until(() => relay.account.received === datagrams.length);
    const account = await relay.stop();
    await collector.until(() => isDrained(port!));
    await collector.stop();

    // nothing can be known of what is behind the last that came
    const path = new Impairment<Uint8Array>(faults);
    const came = datagrams.flatMap((bytes) => path.pass(bytes, '')).concat(path.flush());
    const numbers = came.map((bytes) => sequenceOf(bytes, at));
    const missed = Math.max(...numbers) - numbers[0]! + 1 - new Set(numbers).size;
    const { lost, reordered, duplicated } = account;
    assert.deepEqual(
      [path.account.lost, path.account.reordered, path.account.duplicated],
      [lost, reordered, duplicated],
    );
    assert.ok(missed > 20 && reordered > 60 && duplicated > 20);
    const books = (what: string) => collector.books[`sequence_${what}:${protocol}`];
    assert.deepEqual(
      [books('missed'), books('reordered'), books('duplicate'), books('reset')],
      [missed, reordered, duplicated, undefined],
    );
  });
}

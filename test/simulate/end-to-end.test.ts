import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FixedExporter,
  Impairment,
  PacedSender,
  SFlowExporter,
  TemplatedExporter,
  Traffic,
  UdpRelay,
} from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { LOAD_SECONDS, inFull } from '../support/extent.ts';
import { v5 } from '../support/numbered-flows.ts';
import { datagramsOfAll, senderFrom, stations, tick } from '../support/stations.ts';
import { endsWell } from '../support/oracle.ts';
import { isDrained } from '../support/udp-queue.ts';

const SEED = 42;
const start = BigInt(Date.now()) * 1_000_000n;

test('a path that loses, duplicates and reorders: what arrives is what the path let through', async (t) => {
  const all = stations();
  const addresses = all.map(({ address }) => address);
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
  const sender = await senderFrom(t, addresses, (await relay.start()).port);
  // templates first, and safely: without them data can only wait
  const outgoing = datagramsOfAll(all);
  const first = outgoing.slice(0, all.length);
  const direct = await senderFrom(t, addresses, port!);
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

/** Sequence number of a datagram, by its place in the header; of sFlow with an IPv4 agent. */
const sequenceOf = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

/** Datagrams of an exporter on the bad path, and how many of them a second; each of the four has its share of the time. */
const RATE = inFull ? 500 : 1_200;
const DATAGRAMS = RATE * (inFull ? LOAD_SECONDS : LOAD_SECONDS / 4);

for (const [protocol, at, make] of [
  ['netflow_v5', 16, (boot: bigint) => new FixedExporter({ boot })],
  ['netflow_v9', 12, (boot: bigint) => new TemplatedExporter({ version: 9, boot, refreshEvery: 10 })],
  ['ipfix', 8, (boot: bigint) => new TemplatedExporter({ version: 10, boot, refreshEvery: 10 })],
  ['sflow', 16, (boot: bigint) => new SFlowExporter({ boot })],
] as const) {
  test(`F-30 ${protocol} over a bad path: the books tell what it lost, reordered and sent twice`, async (t) => {
    const output = ['-format=bin', '-transport.file=/dev/null'];
    const collector = new CollectorProcess(t, ['-listen', 'flow://127.0.0.1:0', ...output]);
    const [port] = await collector.ports();
    const faults = { seed: SEED, loss: 0.05, reorder: 0.2, duplicate: 0.05, spared: 10 };
    const target = { address: '127.0.0.1', port: port! };
    const relay = new UdpRelay({ ...faults, listen: { address: '127.0.0.1', port: 0 }, target });
    const sender = new PacedSender({
      target: await relay.start(),
      rate: RATE,
      sources: [{ address: '127.0.0.1', port: 0 }],
    });
    await sender.start();
    t.after(() => sender.stop());
    const traffic = new Traffic({ seed: SEED, start, ipv6: 0 });
    const exporter = make(start - 3_600_000_000_000n);
    const datagrams: Uint8Array[] = [];
    for (let flow = 0; datagrams.length < DATAGRAMS; flow += 3_000) {
      datagrams.push(...exporter.export([...traffic.flows(flow, flow + 3_000)], start + 9_000_000_000n));
    }
    await sender.send(datagrams);
    await collector.until(() => relay.account.received === datagrams.length);
    const account = await relay.stop();
    await sendTo(port!, [v5(0)], 1, '127.0.0.9'); // another one gets through
    await collector.until(() => isDrained(port!));
    await endsWell(collector, account.delivered + 1);
    assert.equal(collector.books['flows_delivered'], collector.books['flows_produced']);
    assert.equal(collector.books['datagrams_decoded'], account.delivered + 1);

    // A number counts datagrams, or the records before it; nothing can be known of what is behind the last that came.
    const path = new Impairment<Uint8Array>(faults);
    const came = datagrams.flatMap((bytes) => path.pass(bytes, '')).concat(path.flush());
    const numbers = new Set(came.map((bytes) => sequenceOf(bytes, at)));
    const last = [...numbers].reduce((most, number) => Math.max(most, number));
    const all = datagrams.map((bytes) => sequenceOf(bytes, at));
    const lostUnits = all.map((number, i) => (number >= last || numbers.has(number) ? 0 : all[i + 1]! - number));
    const missed = lostUnits.reduce((sum, units) => sum + units, 0);
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

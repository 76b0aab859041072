import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from './collector-process.ts';
import { argumentsFor, environments } from './environments.ts';
import type { Environment } from './environments.ts';
import { LOAD_SECONDS, TIMES } from './extent.ts';
import { assertMemory } from './memory-peak.ts';
import { numbersOf, range, v5 } from './numbered-flows.ts';
import { checkBooks, endsWell } from './oracle.ts';
import { FLOWS, datagramsOfAll, senderFrom, stations, tick } from './stations.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { expectedLines } from './vector-lines.ts';
import { datagramVectors, datagramsOf } from './vectors.ts';
import type { Vector } from './vectors.ts';

/** What a vector makes when it comes from an address, received when all vectors are. */
function linesFrom(vector: Vector, address: string): string[] {
  const isSFlow = Buffer.from(datagramsOf(vector).at(-1)!.subarray(0, 4)).equals(Buffer.of(0, 0, 0, 5)); // has an agent
  const lines = expectedLines(vector);
  return isSFlow
    ? lines
    : lines.map((line) => line.replace(/"sampler_address":"[^"]*"/, `"sampler_address":"${address}"`));
}

/** The line as if it had been received when vectors are. */
function asReceived(line: string): string {
  const [, received] = /"time_received_ns":(\d+)/.exec(line)!;
  return line.replaceAll(received!, '1700000000123456789');
}

/** Every vector and 12 exporters of four protocols, through a socket: every flow comes out once, with its values. */
export async function everyFlow(t: TestContext, environment: Environment): Promise<void> {
  const all = stations();
  const vectorAddress = (i: number) => `127.0.2.${i + 1}`;
  const collector = new CollectorProcess(t, argumentsFor(environment));
  const [port] = await collector.ports();
  const addresses = [...all.map(({ address }) => address), ...datagramVectors.map((_, i) => vectorAddress(i))];
  const sender = await senderFrom(t, addresses, port!);
  const { datagrams, errors } = await sender.send([
    ...datagramVectors.flatMap((vector, i) => datagramsOf(vector).map((bytes) => ({ bytes, source: all.length + i }))),
    ...datagramsOfAll(all),
  ]);
  assert.deepEqual(errors, {});
  const expected = datagramVectors.flatMap((vector, i) => linesFrom(vector, vectorAddress(i)));
  await collector.until(() => collector.flowCount >= all.length * FLOWS + expected.length, 20_000);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });

  const samplers = new Set(all.map(({ sampler }) => sampler));
  const lines = collector.stdout.split('\n').slice(0, -1);
  const isOfStation = (line: string) => samplers.has((JSON.parse(line) as { sampler_address: string }).sampler_address);
  assert.deepEqual(
    lines
      .filter((line) => !isOfStation(line))
      .map(asReceived)
      .sort(),
    expected.sort(),
  );
  for (const line of lines.filter(isOfStation)) tick(JSON.parse(line) as Record<string, unknown>, all);
  for (const { ledger, name } of all) {
    assert.deepEqual(ledger.report(), { seen: FLOWS, missing: 0, duplicates: 0, foreign: 0, firstMissing: [] }, name);
  }
  checkBooks(collector, datagrams);
  // It works in the way that was asked for.
  const { books, log } = collector;
  const started = log.find(({ msg }) => msg === 'starting collection')!;
  const receive = environment.receive === 'mmsg' ? 'recvmmsg' : 'dgram';
  assert.deepEqual([started['receive'], started['threads']], [receive, environment.workers]);
  assert.equal((books['compiles'] ?? 0) > 0, environment.codegen);
  assert.equal(books['flows_delivered'], lines.length);
}

/** An output that stands still for a while: what the socket cannot hold is counted by the kernel, and told. */
export async function overload(t: TestContext, environment: Environment): Promise<void> {
  const collector = new CollectorProcess(t, argumentsFor(environment, '&blocking=true&rcvbuf=64KiB'));
  collector.child.stdout!.pause(); // the output stands still, so the worker does, so the socket's buffer fills
  const [port] = await collector.ports();
  let sent = 3000;
  await sendTo(port!, range(sent).map(v5), 100);
  await collector.until(() => collector.stderr.includes('the kernel dropped'), 20_000);
  collector.child.stdout!.resume();
  for (const later = () => collector.stdout.includes('"bytes":90000,'); !later(); sent++) {
    await sendTo(port!, [v5(3000)]); // until there is room again
    await sleep(50);
  }
  assert.equal((await collector.stop()).code, 0);
  checkBooks(collector, sent);
  const { books } = collector;
  assert.equal(books['flows_delivered'], books['datagrams_received']! * 30);
  assert.equal(collector.flows.length, books['flows_delivered']);
}

/** The share of all turns and of the load that each way has. */
const turnsOfEach = Math.ceil(TIMES / environments.length);
const secondsOfEach = LOAD_SECONDS / environments.length;

/** SIGTERM right behind the last datagram of a load and of a burst: all flows are in the file. */
export async function shutdown(t: TestContext, environment: Environment): Promise<void> {
  const [RATE, BURST] = [100, 60];
  const sent = BURST + Math.ceil((RATE * secondsOfEach) / turnsOfEach);
  for (const turn of range(turnsOfEach)) {
    const path = join(temporaryFolder(t), `sub/flows.${turn}.json`);
    const collector = new CollectorProcess(t, [...argumentsFor(environment), '-transport.file', path]);
    const [port] = await collector.ports();
    const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: RATE });
    await sender.start();
    await sender.send(range(sent - BURST).map(v5));
    await sender.stop();
    await sendTo(
      port!,
      range(BURST).map((i) => v5(sent - BURST + i)),
      50,
    );
    assertMemory(collector);
    const before = performance.now();
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    assert.ok(performance.now() - before < 10_000);
    assert.deepEqual(numbersOf(readFileSync(path, 'utf8')), range(30 * sent));
    checkBooks(collector, sent);
  }
}

/** What is no flow of any protocol costs itself alone, again and again. */
export async function rubbish(t: TestContext, environment: Environment): Promise<void> {
  const collector = new CollectorProcess(t, argumentsFor(environment));
  const [port] = await collector.ports();
  const datagrams = [
    Buffer.alloc(0),
    Buffer.from([0]),
    Buffer.from([0, 5, 0]),
    Buffer.alloc(100),
    Buffer.alloc(100, 0xff),
    Buffer.from('16030100c4010000c0', 'hex'),
    Buffer.from('0001000000000000', 'hex'),
  ];
  const rounds = Math.ceil(secondsOfEach * 20);
  for (const round of range(rounds)) {
    const next = sleep(50);
    await sendTo(port!, [...datagrams, v5(round)]);
    await collector.until(() => collector.flowCount === 30 * (round + 1), 20_000);
    await next;
  }
  const books = await endsWell(collector, (datagrams.length + 1) * rounds);
  assert.equal(books['flows_delivered'], 30 * rounds);
  assert.equal(books['datagrams_dropped:empty'], rounds);
  assert.equal(books['datagrams_failed:too_short'], 3 * rounds); // the last one is NetFlow v1 by its version
}

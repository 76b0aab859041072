import assert from 'node:assert/strict';
import type { Socket } from 'node:dgram';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { UdpRelay } from '#src/simulate/relay.js';
import { PacedSender } from '#src/simulate/sender.js';
import { bindUdp, closeUdp } from '#src/simulate/udp-sockets.js';

const loopback = { address: '127.0.0.1', port: 0 };

interface Received {
  readonly from: string;
  readonly number: number;
  readonly atMs: number;
}

/** A socket that notes what comes; closed with the test. */
async function sink(t: TestContext): Promise<{ socket: Socket; received: Received[] }> {
  const socket = await bindUdp(loopback);
  socket.setRecvBufferSize(8 * 1024 * 1024);
  t.after(() => closeUdp(socket));
  const received: Received[] = [];
  socket.on('message', (bytes, from) => {
    received.push({ from: from.address, number: bytes.readUInt32BE(0), atMs: performance.now() });
  });
  return { socket, received };
}

function numbered(number: number): Uint8Array {
  const bytes = Buffer.alloc(100);
  bytes.writeUInt32BE(number);
  return bytes;
}

/** Waits until as many have come as were sent, five seconds at most. */
async function arrived(received: readonly Received[], count: number): Promise<void> {
  for (let i = 0; i < 500 && received.length < count; i++) await setTimeout(10);
}

async function startedSender(t: TestContext, sender: PacedSender) {
  const bound = await sender.start();
  t.after(() => sender.stop());
  return bound;
}

test('the sender keeps its pace, counts what it sent, and sends from several addresses', async (t) => {
  const { socket, received } = await sink(t);
  const sources = ['127.0.0.11', '127.0.0.12', '127.0.0.13'].map((address) => ({ address, port: 0 }));
  const sender = new PacedSender({ target: socket.address(), rate: 2_000, sources });
  const bound = await startedSender(t, sender);
  assert.deepEqual(
    bound.map(({ address }) => address),
    sources.map(({ address }) => address),
  );
  const report = await sender.send(Array.from({ length: 1_000 }, (_, i) => ({ bytes: numbered(i), source: i % 3 })));
  await arrived(received, 1_000);
  assert.deepEqual([report.datagrams, report.octets, report.errors], [1_000, 100_000, {}]);
  assert.ok(report.elapsedMs > 480 && report.elapsedMs < 2_000, `1,000 at 2,000/s took ${report.elapsedMs} ms`);
  assert.equal(received.length, 1_000);
  for (const { from, number } of received) assert.equal(from, sources[number % 3]!.address);
});

test('sends that fail are counted by their code', async (t) => {
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: 9 }, sources: [loopback] });
  await startedSender(t, sender);
  const report = await sender.send([new Uint8Array(70_000), new Uint8Array(10)]);
  assert.deepEqual([report.datagrams, report.octets, report.errors], [1, 10, { EMSGSIZE: 1 }]);
  await assert.rejects(sender.send([{ bytes: new Uint8Array(1), source: 1 }]), /no source 1/);
});

test('the relay loses, duplicates and reorders exactly as often as it says', async (t) => {
  const { socket, received } = await sink(t);
  const relay = new UdpRelay({
    listen: loopback,
    target: socket.address(),
    seed: 5,
    loss: 0.05,
    duplicate: 0.05,
    reorder: 0.2,
  });
  const target = await relay.start();
  const sources = ['127.0.0.21', '127.0.0.22'].map((address) => ({ address, port: 0 }));
  const sender = new PacedSender({ target, rate: 5_000, sources });
  await startedSender(t, sender);
  const { datagrams } = await sender.send(
    Array.from({ length: 2_000 }, (_, i) => ({ bytes: numbered(i), source: i % 2 })),
  );
  for (let i = 0; i < 300 && relay.account.received < datagrams; i++) await setTimeout(10);
  const account = await relay.stop();
  await arrived(received, account.sent);
  assert.equal(account.received, 2_000);
  assert.deepEqual([account.errors, account.undelivered, account.held], [0, 0, 0]);
  assert.equal(received.length, account.delivered);
  const distinct = new Set(received.map(({ number }) => number));
  assert.equal(2_000 - distinct.size, account.lost);
  assert.equal(received.length - distinct.size, account.duplicated);
  let late = 0;
  for (const source of sources) {
    let highest = -1;
    for (const { from, number } of received) {
      if (from !== source.address) continue;
      assert.equal(number % 2, sources.indexOf(source), 'each source keeps its address');
      if (number < highest) late++;
      highest = Math.max(highest, number);
    }
  }
  assert.equal(late, account.reordered);
  assert.ok(account.lost > 50 && account.duplicated > 50 && account.reordered > 200);
});

test('the relay holds back what it is told to', async (t) => {
  const { socket, received } = await sink(t);
  const delayOf = (payload: Uint8Array) => (payload[3] === 1 ? 300 : payload[3] === 3 ? 60_000 : 0);
  const relay = new UdpRelay({ listen: loopback, target: socket.address(), seed: 1, delayOf });
  const sender = new PacedSender({ target: await relay.start(), sources: [loopback] });
  await startedSender(t, sender);
  await sender.send([1, 2, 3].map(numbered));
  await arrived(received, 2);
  assert.deepEqual(
    received.map(({ number }) => number),
    [2, 1],
  );
  assert.ok(received[1]!.atMs - received[0]!.atMs > 200);
  const account = await relay.stop();
  assert.deepEqual([account.sent, account.undelivered], [2, 1]);
});

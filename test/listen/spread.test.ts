import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import { parseAddress } from '#src/flow/address.js';
import { exporterWorker } from '#src/listen/exporter-hash.js';
import { loadLibc } from '#src/listen/libc.js';
import { closeUdpSocket, openUdpSockets } from '#src/listen/udp-socket.js';
import { eventually } from '../support/eventually.js';
import { defaults, GO, Receiver, WAIT } from './receiver.js';
import { Sender } from './sender.js';

const WORKERS = 3;

/** Threads that receive on one port together, and how to end them; returns drops of the kernel. */
interface Group {
  readonly port: number;
  readonly receivers: Receiver[];
  stop(): Promise<number>;
}

/** One socket a thread; the kernel steers. */
async function kernelGroup(host: string): Promise<Group> {
  const sockets = await openUdpSockets({ ...defaults, host, receiveBuffer: 2 << 20 }, WORKERS);
  const receivers = await Promise.all(sockets.map((socket) => Receiver.start('mmsg', {}, { socket })));
  return {
    port: sockets[0]!.port,
    receivers,
    stop: async () => {
      const drops = await Promise.all(receivers.map((receiver) => receiver.stop()));
      return drops.reduce<number>((sum, count) => sum + count!, 0);
    },
  };
}

/** One thread with the socket hands on. */
async function handedOnGroup(
  host: string,
  options: { queueOctets?: number; waits?: boolean; record?: boolean } = {},
): Promise<Group & { reader: Receiver }> {
  const channels = Array.from({ length: WORKERS }, () => new MessageChannel());
  const peers = channels.map(({ port1 }) => port1);
  const receivers = await Promise.all(
    channels.map(({ port2 }) => Receiver.start('dgram', {}, { feed: port2, record: options.record ?? true })),
  );
  const reader = await Receiver.start('dgram', { host, receiveBuffer: 2 << 20 }, { ...options, peers });
  return {
    port: reader.port,
    receivers,
    reader,
    stop: async () => {
      const [drops] = await Promise.all([reader.stop(2000), ...receivers.map((receiver) => receiver.stop(2000))]);
      return drops ?? 0;
    },
  };
}

const canBatch = await loadLibc().then(
  () => true,
  () => false,
);
const groups: [name: string, start: (host: string) => Promise<Group>, skip: string | false][] = [
  ['the kernel', kernelGroup, !canBatch && 'batch receive is not possible on this machine'],
  ['the reading thread', (host) => handedOnGroup(host, { queueOctets: 16 << 20 }), false],
];

for (const [name, start, skip] of groups) {
  test(`one exporter reaches one worker, whatever its ports, in order: spread by ${name}`, { skip }, async () => {
    const group = await start('');
    const exporters = Array.from({ length: 16 }, (_, i) => (i === 15 ? '::1' : `127.0.${i * 3}.${i + 1}`));
    const senders = await Promise.all(
      exporters.flatMap((from) => [Sender.open(from), Sender.open(from), Sender.open(from)]),
    );
    const rounds = 20;
    const bytes = Buffer.alloc(600);
    for (let round = 0; round < rounds; round++) {
      for (const [i, sender] of senders.entries()) {
        bytes.writeUInt32BE(round * 3 + (i % 3));
        await sender.send(bytes, group.port, exporters[Math.floor(i / 3)] === '::1' ? '::1' : '127.0.0.1');
      }
    }
    const sent = rounds * senders.length;
    const all = () => group.receivers.reduce((sum, { received }) => sum + received.length, 0);
    await eventually(
      () => all() === sent,
      () => `${all()} of ${sent} datagrams came`,
    );
    const places = new Set(senders.map((sender, i) => `${exporters[Math.floor(i / 3)]} ${sender.port}`));
    for (const [worker, { received }] of group.receivers.entries()) {
      const next = new Map<string, number>();
      for (const { source, port, bytes } of received) {
        assert.ok(places.has(`${source} ${port}`));
        const octets = parseAddress(source)!;
        assert.equal(worker, exporterWorker(octets, 0, octets.length, WORKERS));
        assert.equal(bytes.length, 600);
        const number = Buffer.from(bytes).readUInt32BE();
        assert.equal(number, next.get(source) ?? 0, `${source} in order`);
        next.set(source, number + 1);
      }
      assert.ok(next.size > 0, `worker ${worker} has exporters`);
    }
    assert.equal(await group.stop(), 0);
    await Promise.all(senders.map((sender) => sender.close()));
  });
}

test('spread=kernel goes by ports too: one exporter reaches several workers', { skip: groups[0]![2] }, async () => {
  const sockets = await openUdpSockets(defaults, WORKERS, 'kernel');
  const receivers = await Promise.all(sockets.map((socket) => Receiver.start('mmsg', {}, { socket, record: false })));
  const senders = await Promise.all(Array.from({ length: 40 }, () => Sender.open()));
  for (const sender of senders) await sender.send(Buffer.of(1), sockets[0]!.port);
  await eventually(() => receivers.reduce((sum, { datagrams }) => sum + datagrams, 0) === senders.length);
  assert.ok(receivers.every(({ datagrams }) => datagrams > 0));
  await Promise.all([...receivers.map((receiver) => receiver.stop()), ...senders.map((sender) => sender.close())]);
});

test('a group cannot join the port of another one', { skip: groups[0]![2] }, async () => {
  const first = await openUdpSockets(defaults, 2);
  const again = { ...defaults, port: first[0]!.port };
  await assert.rejects(openUdpSockets(again, 2), { code: 'GF_LISTEN_BIND', message: /is taken/ });
  await Promise.all(first.map(closeUdpSocket));
  const freed = await openUdpSockets(again, 2);
  await Promise.all(freed.map(closeUdpSocket));
});

test('a worker that was replaced leaves what the kernel holds to the next one', { skip: groups[0]![2] }, async () => {
  const [socket] = await openUdpSockets(defaults, 1);
  const sender = await Sender.open();
  const first = await Receiver.start('mmsg', {}, { socket: socket!, keepSocket: true });
  await sender.send(Buffer.of(1), socket!.port);
  await first.until(1);
  await first.terminate();
  for (let i = 2; i <= 9; i++) await sender.send(Buffer.of(i), socket!.port);
  const second = await Receiver.start('mmsg', {}, { socket: socket! });
  await second.until(8);
  assert.deepEqual(
    second.received.map(({ bytes }) => bytes[0]),
    [2, 3, 4, 5, 6, 7, 8, 9],
  );
  await second.stop();
  await sender.close();
});

/** Sends more than the queues hold while the workers take nothing, then lets them go on. */
async function overflow(waits: boolean): Promise<{ sent: number; group: Awaited<ReturnType<typeof handedOnGroup>> }> {
  const group = await handedOnGroup('127.0.0.1', { queueOctets: 1, waits, record: false });
  const senders = await Promise.all(Array.from({ length: 9 }, (_, i) => Sender.open(`127.0.0.${i + 1}`)));
  for (const receiver of group.receivers) receiver.command(WAIT);
  const sent = 2000;
  for (let i = 0; i < sent; i++) await senders[i % senders.length]!.send(Buffer.alloc(1400), group.port);
  await Promise.all(senders.map((sender) => sender.close()));
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const receiver of group.receivers) receiver.command(GO);
  return { sent, group };
}

test('a worker that takes the place of another gets what that one had not taken, in order', async () => {
  const group = await handedOnGroup('127.0.0.1');
  const sender = await Sender.open('127.0.0.1');
  const index = exporterWorker(Uint8Array.of(127, 0, 0, 1), 0, 4, WORKERS);
  const first = group.receivers[index]!;
  await sender.send(Buffer.of(0), group.port);
  await first.until(1);
  first.command(WAIT);
  for (let i = 1; i <= 50; i++) await sender.send(Buffer.of(i), group.port);
  await first.terminate();
  const { port1, port2 } = new MessageChannel();
  const second = await Receiver.start('dgram', {}, { feed: port2 });
  group.receivers[index] = second;
  group.reader.replacePeer(index, port1);
  for (let i = 51; i <= 60; i++) await sender.send(Buffer.of(i), group.port);
  await second.until(60);
  assert.deepEqual(
    second.received.map(({ bytes }) => bytes[0]),
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
  assert.equal(first.taken, 1);
  assert.equal(second.taken, 60);
  assert.equal(await group.stop(), 0);
  assert.equal(group.reader.taken, 0, 'everything was handed on');
  await sender.close();
});

test('full queues drop and count: sent = handed on + queue_full + dropped by the kernel', async () => {
  const { sent, group } = await overflow(false);
  const drops = await group.stop();
  const handedOn = group.receivers.reduce((sum, { datagrams }) => sum + datagrams, 0);
  assert.ok(handedOn > 91, `more than one pack: ${handedOn}`);
  assert.ok(group.reader.dropped > 91, `${group.reader.dropped} dropped`);
  if (process.platform === 'linux') assert.equal(handedOn + group.reader.dropped + drops, sent);
  assert.equal(group.reader.taken, group.reader.dropped);
  for (const receiver of group.receivers) assert.equal(receiver.taken, receiver.datagrams);
});

test('blocking=true: full queues wait, and only the kernel drops', async () => {
  const { sent, group } = await overflow(true);
  const drops = await group.stop();
  const handedOn = group.receivers.reduce((sum, { datagrams }) => sum + datagrams, 0);
  assert.equal(group.reader.dropped, 0);
  if (process.platform === 'linux') assert.equal(handedOn + drops, sent);
});

test('what a worker was handed and did not take before the stop was over is counted', async () => {
  const group = await handedOnGroup('127.0.0.1', { record: false });
  const sender = await Sender.open('127.0.0.1');
  for (const receiver of group.receivers) receiver.command(WAIT);
  for (let i = 0; i < 50; i++) await sender.send(Buffer.alloc(100), group.port);
  await group.reader.stop(100);
  await Promise.all(group.receivers.map((receiver) => receiver.stop(50)));
  assert.equal(
    group.receivers.reduce((sum, { datagrams, dropped }) => sum + datagrams + dropped, 0),
    50,
  );
  assert.equal(
    group.receivers.reduce((sum, { dropped }) => sum + dropped, 0),
    50,
  );
  await sender.close();
});

import { createSocket, type Socket } from 'node:dgram';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReceiveClock } from '#src/listen/receive-clock.js';
import { UdpDgramListener } from '#src/listen/udp-dgram.js';
import { defaults } from './receiver.js';
import { eventually } from '../support/eventually.js';
import { Sender } from './sender.js';

test('dgram: a socket that the system took away is replaced on the same port, and its drops are kept', async () => {
  const sockets: Socket[] = [];
  const create = ((options: Parameters<typeof createSocket>[0]) => {
    const socket = createSocket(options as { type: 'udp4' });
    sockets.push(socket);
    return socket;
  }) as typeof createSocket;
  const lengths: number[] = [];
  const warnings: string[] = [];
  const options = { ...defaults, receiveBuffer: 4096 };
  const listener = new UdpDgramListener(options, new ReceiveClock(), create);
  const { port } = await listener.start({
    poll: () => 'go',
    datagram: ({ length }) => lengths.push(length),
    endOfBatch() {},
    warning: (text) => warnings.push(text),
  });
  const sender = await Sender.open();
  for (let i = 0; i < 40; i++) void sender.send(Buffer.alloc(1000), port); // in one turn: the buffer overflows
  const onLinux = process.platform === 'linux';
  await eventually(() => lengths.length + (listener.kernelDrops() ?? 0) >= (onLinux ? 40 : 1));
  const dropped = listener.kernelDrops();
  if (onLinux) assert.equal(lengths.length + dropped!, 40);

  sockets[0]!.emit('error', Object.assign(new Error('recvmsg ENOBUFS'), { code: 'ENOBUFS' }));
  assert.equal(sockets.length, 1, 'a passing error costs nothing');
  sockets[0]!.emit('error', Object.assign(new Error('recvmsg ECONNABORTED'), { code: 'ECONNABORTED' }));
  await eventually(() => sockets.length === 2);
  assert.deepEqual(warnings, ['flow://127.0.0.1:0: recvmsg ECONNABORTED: opening the socket again']);
  await eventually(async () => {
    await sender.send(Buffer.alloc(77), port).catch(() => {}); // refused until the new socket is bound
    await sleep(2);
    return lengths.at(-1) === 77;
  });
  assert.equal(listener.kernelDrops(), dropped);
  await listener.stop(100);
  await listener.done;
  assert.equal(listener.kernelDrops(), dropped);
  await sender.close();
});

test('dgram: senders of one port are told apart by their addresses, and of one turn have one receive time', async () => {
  const seen: string[] = [];
  const times = new Map<number, Set<string>>();
  let turn = 0;
  const listener = new UdpDgramListener(defaults);
  const { port } = await listener.start({
    poll: () => 'go',
    datagram({ source, sourcePort, bytes, offset, length, received }) {
      seen.push(`${source.text} ${sourcePort} ${bytes.subarray(offset, offset + length).join()}`);
      times.set(turn, (times.get(turn) ?? new Set()).add(received.join()));
    },
    endOfBatch: () => turn++,
  });
  const one = await Sender.open('127.0.0.1');
  const other = await Sender.open('127.0.0.2', one.port);
  const expected: string[] = [];
  const sends: Promise<void>[] = [];
  for (let i = 0; i < 20; i++) {
    const [sender, address] = i % 3 === 0 ? [other, '127.0.0.2'] : [one, '127.0.0.1'];
    const bytes = Uint8Array.from({ length: 1 + ((i * 7) % 5) }, () => i);
    sends.push(sender.send(bytes, port));
    expected.push(`${address} ${one.port} ${bytes.join()}`);
  }
  await Promise.all(sends);
  await eventually(() => seen.length === expected.length);
  assert.deepEqual(seen.toSorted(), expected.toSorted());
  for (const stamps of times.values()) assert.equal(stamps.size, 1);
  assert.ok(times.size < expected.length, 'at least one turn brought several');
  await listener.stop(100);
  await Promise.all([one.close(), other.close()]);
});

test('dgram: it is started once, and a listener that never started can be stopped', async () => {
  const sink = { poll: () => 'go' as const, datagram() {}, endOfBatch() {} };
  const listener = new UdpDgramListener(defaults);
  await listener.start(sink);
  await assert.rejects(listener.start(sink), /started before/);
  await Promise.all([listener.stop(0), listener.stop(0)]);
  const idle = new UdpDgramListener(defaults);
  await idle.stop(100);
  await idle.done;
});

test('dgram: without IPv6 the wildcard is IPv4', async () => {
  const create = (({ type }: { type: 'udp4' | 'udp6' }) => {
    const socket = createSocket('udp4');
    if (type === 'udp6') {
      socket.bind = () => {
        const error = Object.assign(new Error('bind EAFNOSUPPORT ::'), { code: 'EAFNOSUPPORT' });
        setImmediate(() => socket.emit('error', error));
        return socket;
      };
    }
    return socket;
  }) as typeof createSocket;
  const listener = new UdpDgramListener({ ...defaults, host: '' }, new ReceiveClock(), create);
  const { address } = await listener.start({ poll: () => 'go', datagram() {}, endOfBatch() {} });
  assert.equal(address, '0.0.0.0');
  await listener.stop(0);
  const explicit = new UdpDgramListener({ ...defaults, host: '::1' }, new ReceiveClock(), create);
  await assert.rejects(explicit.start({ poll: () => 'go', datagram() {}, endOfBatch() {} }), /has no IPv6/);
});

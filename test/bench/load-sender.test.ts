import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { loadLibc } from '#src/listen/libc.js';
import { LoadSender } from '../../bench/load-sender.ts';
import { prepare, protocols } from '../../bench/prepare.ts';
import { loadSendingLibc } from '../../bench/sending-libc.ts';
import { eventually } from '../support/eventually.js';

const skip = await loadLibc().then(
  () => false,
  () => 'the sender needs what batch receive needs',
);

/** Where NetFlow v9 has its sequence number. */
const SEQUENCE = 12;

async function listen() {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 2 << 20 });
  const received: { bytes: Buffer; from: string }[] = [];
  socket.on('message', (bytes, { address, port }) => received.push({ bytes, from: `${address} ${port}` }));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, received, target: { address: '127.0.0.1', port: socket.address().port } };
}

test(
  'the load sender sends what it reports, from every source, with sequence numbers that go on',
  { skip },
  async () => {
    const { socket, received, target } = await listen();
    const preparation = { protocol: 'netflow9', seed: 1, records: 4, datagrams: 7, ipv6: 0 } as const;
    const sources = [1, 2, 3].map((i) => ({
      from: { address: `127.0.0.${i}`, port: 0 },
      datagrams: prepare(preparation, i),
    }));
    const sender = new LoadSender(await loadSendingLibc(), { target, sources, burst: 5 });
    const report = sender.run({ datagrams: 100 });
    sender.close();
    assert.deepEqual(report.errors, {});
    assert.equal(report.datagrams, 100);
    await eventually(() => received.length === 100);
    assert.equal(
      received.reduce((sum, { bytes }) => sum + bytes.length, 0),
      report.octets,
    );
    const next = new Map<string, number>();
    for (const { bytes, from } of received) {
      const sequence = bytes.readUInt32BE(SEQUENCE);
      assert.equal(sequence, next.get(from) ?? 0, from);
      next.set(from, sequence + 1);
    }
    assert.equal(next.size, 3);
    socket.close();
  },
);

test('other numbers in a datagram go on from round to round', { skip }, async () => {
  const { socket, received, target } = await listen();
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(0xffff_fffe, 8);
  const datagrams = [{ bytes: Buffer.alloc(12) }, { bytes, counts: [[4, 5] as const, [8, 1] as const] }];
  const from = { address: '127.0.0.1', port: 0 };
  const sender = new LoadSender(await loadSendingLibc(), { target, sources: [{ from, datagrams }] });
  sender.run({ datagrams: 8 });
  sender.close();
  await eventually(() => received.length === 8);
  const numbers = received.map((datagram) => [datagram.bytes.readUInt32BE(4), datagram.bytes.readUInt32BE(8)]);
  const counted = [0, 1, 2, 3].map((round) => [5 * round, (0xffff_fffe + round) >>> 0]);
  assert.deepEqual(
    numbers,
    counted.flatMap((each) => [[0, 0], each]),
  );
  socket.close();
});

test('the load sender keeps its rate', { skip }, async () => {
  const { socket, target } = await listen();
  const datagrams = [{ bytes: Buffer.alloc(100) }];
  const from = { address: '127.0.0.1', port: 0 };
  const sender = new LoadSender(await loadSendingLibc(), { target, sources: [{ from, datagrams }], rate: 2000 });
  const report = sender.run({ seconds: 0.3 });
  sender.close();
  assert.ok(report.datagrams >= 600 && report.datagrams < 620, `${report.datagrams}`);
  assert.ok(report.elapsedMs > 280);
  socket.close();
});

test('the load sender reports what the kernel refuses', { skip }, async () => {
  const { socket, target } = await listen();
  socket.close();
  await once(socket, 'close');
  const datagrams = [{ bytes: Buffer.alloc(100) }];
  const from = { address: '127.0.0.1', port: 0 };
  const sender = new LoadSender(await loadSendingLibc(), { target, sources: [{ from, datagrams }] });
  const report = sender.run({ datagrams: 50 });
  sender.close();
  assert.ok(report.errors['ECONNREFUSED']! > 0);
  assert.equal(report.datagrams + report.errors['ECONNREFUSED']!, 50);
});

test('a circle of every protocol counts as its exporter does', () => {
  for (const protocol of protocols) {
    const circle = prepare({ protocol, seed: 3, records: 5, datagrams: 9, ipv6: 0 }, 0);
    assert.equal(circle.length, 9);
    const steps = new Set(circle.map(({ sequence }) => sequence!.step));
    const perDatagram = protocol === 'netflow5' || protocol === 'ipfix' ? 5 : 1;
    assert.deepEqual([...steps], [perDatagram], protocol);
  }
});

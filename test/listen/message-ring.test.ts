import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { Datagram } from '#src/listen/datagram.js';
import { loadLibc } from '#src/listen/libc.js';
import { MessageRing } from '#src/listen/message-ring.js';
import { ReceiveClock } from '#src/listen/receive-clock.js';
import { Sources } from '#src/listen/sources.js';
import { closeUdpSocket, openUdpSockets } from '#src/listen/udp-socket.js';
import { defaults } from './receiver.js';
import { Sender } from './sender.js';

const libc = await loadLibc().catch(() => undefined);
const skip = libc === undefined && 'batch receive is not possible on this machine';
const MSG_DONTWAIT = 0x40;

/** A ring of so many slots with a socket and a sender; `send` numbers its datagrams on. */
async function ringOf(slots: number, t: TestContext) {
  const [socket] = await openUdpSockets({ ...defaults, receiveBuffer: 1 << 20 }, 1);
  const sender = await Sender.open();
  t.after(async () => {
    await closeUdpSocket(socket!);
    await sender.close();
  });
  const ring = new MessageRing(libc!, slots, new Sources(), new ReceiveClock());
  const seen: number[] = [];
  let sent = 0;
  let ready = Infinity;
  const sink = {
    poll: () => 'go' as const,
    ready: () => seen.length < ready,
    datagram({ bytes, offset, length }: Datagram) {
      assert.equal(length, 1 + bytes[offset]!, 'its own length');
      seen.push(bytes[offset]!);
    },
    endOfBatch() {},
  };
  return {
    ring,
    sink,
    seen,
    readyUntil: (count: number) => (ready = count),
    send: async (count: number) => {
      for (let i = 0; i < count; i++, sent++) await sender.send(Buffer.alloc(1 + sent, sent), socket!.port);
    },
    receive: (most = slots) => ring.receive(socket!.fd, most, MSG_DONTWAIT),
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('a ring receives behind what waits, around its end, and hands over in order', { skip }, async (t) => {
  const { ring, sink, seen, send, receive } = await ringOf(8, t);
  await send(20);
  assert.equal(receive(), 8);
  assert.equal(receive(), 0, 'no room');
  ring.deliver(sink, 5, false);
  assert.deepEqual(seen, upTo(5));
  assert.equal(ring.waiting, 3);
  assert.equal(receive(), 5, 'from the first slot again, up to those that wait');
  assert.equal(receive(), 0);
  ring.deliver(sink, 6, false);
  assert.equal(receive(2), 2, 'no more than asked for');
  assert.equal(receive(), 1, 'up to the last slot');
  assert.equal(receive(), 3);
  ring.deliver(sink, 100, false);
  assert.equal(ring.waiting, 0);
  assert.equal(receive(), 1);
  assert.equal(receive(), -1, 'the socket is empty');
  assert.equal(libc!.errno(), 'EAGAIN');
  ring.deliver(sink, 100, false);
  assert.deepEqual(seen, upTo(20));
});

test('a ring that was handed over as a whole has all its room without a break', { skip }, async (t) => {
  const { ring, sink, seen, send, receive } = await ringOf(8, t);
  await send(13);
  assert.equal(receive(5), 5);
  ring.deliver(sink, 5, false);
  assert.equal(receive(), 8);
  ring.deliver(sink, 8, false);
  assert.deepEqual(seen, upTo(13));
});

test('a ring keeps what the sink is not ready for, and gives it when it is asked for all', { skip }, async (t) => {
  const { ring, sink, seen, readyUntil, send, receive } = await ringOf(8, t);
  await send(12);
  assert.equal(receive(), 8);
  readyUntil(3);
  ring.deliver(sink, 8, false);
  assert.deepEqual(seen, upTo(3));
  assert.equal(ring.waiting, 5);
  assert.equal(receive(), 3);
  ring.deliver(sink, 2, true);
  assert.deepEqual(seen, upTo(5));
  ring.deliver(sink, 100, true);
  assert.deepEqual(seen, upTo(11));
  assert.equal(ring.waiting, 0);
});

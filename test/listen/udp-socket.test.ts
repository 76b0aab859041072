import { test } from 'node:test';
import assert from 'node:assert/strict';
import { loadLibc, type Libc } from '#src/listen/libc.js';
import { AF_INET6 } from '#src/listen/socket-address.js';
import { closeUdpSocket, openUdpSockets, socketBooks } from '#src/listen/udp-socket.js';
import { defaults } from './receiver.js';
import { Sender } from './sender.js';

const libc = await loadLibc().catch(() => undefined);
const skip = libc === undefined && 'batch receive is not possible on this machine';

/** The C library of a machine on which one call fails. */
function failing(call: 'socket' | 'setsockopt', code: string, fails: (...args: number[]) => boolean): Libc {
  let last = '';
  const real = libc![call] as (...args: never[]) => number;
  return {
    ...libc!,
    [call]: (...args: number[]) => {
      last = fails(...args) ? code : '';
      return last === '' ? real(...(args as never[])) : -1;
    },
    errno: () => last || libc!.errno(),
  };
}

test('mmsg: without IPv6 the wildcard is IPv4', { skip }, async () => {
  const load = async () => failing('socket', 'EAFNOSUPPORT', (domain) => domain === AF_INET6);
  const [socket] = await openUdpSockets({ ...defaults, host: '' }, 1, 'exporter', load);
  assert.equal(socket!.address, '0.0.0.0');
  await closeUdpSocket(socket!);
  await assert.rejects(openUdpSockets({ ...defaults, host: '::1' }, 1, 'exporter', load), /has no IPv6/);
});

test('mmsg: whoever may not pass the limit of the machine is given that', { skip }, async () => {
  const SO_RCVBUFFORCE = 33;
  const load = async () => failing('setsockopt', 'EPERM', (_fd, _level, name) => name === SO_RCVBUFFORCE);
  const [socket] = await openUdpSockets({ ...defaults, receiveBuffer: 1 << 30 }, 1, 'exporter', load);
  assert.ok(socket!.bufferGranted < 1 << 30);
  assert.match(socket!.warnings.join(), /sysctl -w net\.core\.rmem_max=1073741824/);
  await closeUdpSocket(socket!);
});

test('mmsg: a group that cannot be completed leaves no socket behind', { skip }, async () => {
  const SO_ATTACH_REUSEPORT_CBPF = 51;
  const load = async () => failing('setsockopt', 'EPERM', (_fd, _level, name) => name === SO_ATTACH_REUSEPORT_CBPF);
  const probe = await openUdpSockets(defaults, 1);
  const { port } = probe[0]!;
  await closeUdpSocket(probe[0]!);
  await assert.rejects(openUdpSockets({ ...defaults, port }, 3, 'exporter', load), { code: 'GF_LISTEN_BIND' });
  const [again] = await openUdpSockets({ ...defaults, port }, 1);
  await closeUdpSocket(again!);
});

test('mmsg: the books of a socket say what waits and what was dropped', { skip }, async () => {
  const [socket] = await openUdpSockets({ ...defaults, receiveBuffer: 4096 }, 1);
  const sender = await Sender.open();
  assert.deepEqual(socketBooks(libc!, socket!.fd), { queued: 0, drops: 0 });
  for (let i = 0; i < 30; i++) await sender.send(Buffer.alloc(1000), socket!.port);
  const { queued, drops } = socketBooks(libc!, socket!.fd);
  assert.ok(queued > 0 && queued < 30_000, `${queued} octets`);
  assert.ok(drops > 20 && drops < 30, `${drops} drops`);
  await closeUdpSocket(socket!);
  assert.throws(() => socketBooks(libc!, socket!.fd), /EBADF|ENOTSOCK/);
  await sender.close();
});

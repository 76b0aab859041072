import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { loadLibc } from '#src/listen/libc.js';
import { Receiver, STOP, WAIT, GO, type Implementation } from './receiver.js';
import { Sender } from './sender.js';

const onLinux = process.platform === 'linux';
const batchReceive = await loadLibc().then(
  () => true,
  () => false,
);
const implementations: Implementation[] = batchReceive ? ['dgram', 'mmsg'] : ['dgram'];
if (!batchReceive) test('mmsg', { skip: 'batch receive is not possible on this machine' });

/** Four octets that number a datagram, and as many more as asked. */
function numbered(number: number, length = 4): Buffer {
  const bytes = Buffer.alloc(length, number & 255);
  bytes.writeUInt32BE(number);
  return bytes;
}

/** A receiver that has taken one datagram, and stands still while `count` more are sent to it. */
async function heldUp(implementation: Implementation, count: number): Promise<{ receiver: Receiver; sender: Sender }> {
  const receiver = await Receiver.start(implementation, { receiveBuffer: 2 << 20 });
  const sender = await Sender.open();
  await sender.send(numbered(0), receiver.port);
  await receiver.until(1);
  receiver.command(WAIT);
  for (let i = 1; i <= count; i++) await sender.send(numbered(i), receiver.port);
  return { receiver, sender };
}

for (const implementation of implementations) {
  const check = (name: string, run: () => Promise<void>, skip: string | false = false) => {
    void test(`${name} (${implementation})`, { timeout: 60_000, skip }, async (t) => {
      t.after(() => Receiver.terminateAll()); // a thread that is left behind would keep the process
      await run();
    });
  };

  const places: [where: string, host: string, to: string, from: string, seen: string][] = [
    ['IPv4', '127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['IPv6', '::1', '::1', '::1', '::1'],
    ['the wildcard, IPv6', '', '::1', '::1', '::1'],
    ['the wildcard, IPv4 (D-11)', '', '127.0.0.1', '127.0.0.3', '127.0.0.3'],
    ['0.0.0.0', '0.0.0.0', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['a name', 'localhost', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ];
  for (const [where, host, to, from, seen] of places) {
    check(`receives on ${where}`, async () => {
      const receiver = await Receiver.start(implementation, { host });
      const sender = await Sender.open(from);
      const before = BigInt(Date.now()) * 1_000_000n;
      await sender.send(Buffer.from('a flow'), receiver.port, to);
      await receiver.until(1);
      const after = BigInt(Date.now() + 1) * 1_000_000n;
      const [datagram] = receiver.received;
      assert.equal(datagram!.source, seen);
      assert.equal(datagram!.port, sender.port);
      assert.deepEqual(Buffer.from(datagram!.bytes), Buffer.from('a flow'));
      assert.ok(datagram!.received >= before && datagram!.received <= after, 'the receive time is Unix nanoseconds');
      assert.equal(await receiver.stop(), onLinux ? 0 : undefined);
      await sender.close();
    });
  }

  check('keeps the order of one sender, whatever the lengths', async () => {
    const receiver = await Receiver.start(implementation);
    const sender = await Sender.open();
    const count = 3000;
    for (let i = 0; i < count; i++) await sender.send(numbered(i, 4 + ((i * 37) % 1400)), receiver.port);
    await receiver.until(count);
    receiver.received.forEach(({ bytes }, i) => {
      assert.deepEqual(Buffer.from(bytes), numbered(i, 4 + ((i * 37) % 1400)));
    });
    assert.ok(receiver.batches >= 1 && receiver.batches <= count);
    await receiver.stop();
    await sender.close();
  });

  check(
    'C-001 takes datagrams of every length whole: 0, 1, 9001 and the longest, 65,507 octets (F-31, F-32)',
    async () => {
      const receiver = await Receiver.start(implementation);
      const sender = await Sender.open();
      const lengths = [0, 1, 2, 3, 1500, 9000, 9001, 65_507, 0, 65_506];
      const sent = lengths.map((length, i) => Buffer.alloc(length, i + 1));
      for (const bytes of sent) await sender.send(bytes, receiver.port);
      await receiver.until(lengths.length);
      assert.deepEqual(
        receiver.received.map(({ bytes }) => Buffer.from(bytes)),
        sent,
      );
      await receiver.stop();
      await sender.close();
    },
  );

  check('C-001 takes 65,527 octets over IPv6', async () => {
    const receiver = await Receiver.start(implementation, { host: '::1' });
    const sender = await Sender.open('::1');
    const bytes = Buffer.alloc(65_527, 7);
    await sender.send(bytes, receiver.port, '::1');
    await receiver.until(1);
    assert.ok(bytes.equals(receiver.received[0]!.bytes));
    await receiver.stop();
    await sender.close();
  });

  check('tells many senders apart', async () => {
    const receiver = await Receiver.start(implementation, { host: '' });
    const senders = await Promise.all(
      Array.from({ length: 120 }, (_, i) => Sender.open(i % 4 === 3 ? '::1' : `127.0.${i % 7}.${i + 1}`)),
    );
    for (const [i, sender] of senders.entries()) {
      await sender.send(numbered(i), receiver.port, i % 4 === 3 ? '::1' : '127.0.0.1');
    }
    await receiver.until(senders.length);
    for (const { source, port, bytes } of receiver.received) {
      const i = Buffer.from(bytes).readUInt32BE();
      assert.equal(source, i % 4 === 3 ? '::1' : `127.0.${i % 7}.${i + 1}`);
      assert.equal(port, senders[i]!.port);
    }
    await receiver.stop();
    await Promise.all(senders.map((sender) => sender.close()));
  });

  check('hands a single datagram on within 100 ms, however long it was quiet', async () => {
    const receiver = await Receiver.start(implementation);
    const sender = await Sender.open();
    const late: number[] = [];
    for (let i = 1; i <= 10; i++) {
      await sleep(70);
      const before = Date.now();
      await sender.send(numbered(i), receiver.port);
      await receiver.until(i);
      late.push(receiver.received[i - 1]!.at - before);
      assert.equal(receiver.batches, i, 'and says that the batch is over');
    }
    // a machine that does other things may be late with some of them: what waits by design is late each time
    late.sort((a, b) => a - b);
    assert.ok(late[2]! < 100, `${late.join(', ')} ms`);
    await receiver.stop();
    await sender.close();
  });

  if (implementation === 'mmsg') {
    check('keeps the rest of a batch while the sink is not ready, and loses none of it', async () => {
      const receiver = await Receiver.start(implementation);
      const sender = await Sender.open();
      receiver.command(WAIT);
      await sleep(30);
      for (let i = 0; i < 50; i++) await sender.send(numbered(i), receiver.port);
      receiver.stallAfter(10);
      receiver.command(GO);
      await receiver.until(10);
      await sleep(50);
      assert.equal(receiver.datagrams, 10);
      assert.equal(receiver.taken, 50, 'they were one batch');
      receiver.stallAfter(30);
      receiver.command(GO);
      await receiver.until(30);
      await sleep(20);
      assert.equal(receiver.datagrams, 30);
      receiver.command(STOP);
      assert.equal(await receiver.ended(), 0);
      assert.deepEqual(
        receiver.received.map(({ bytes }) => Buffer.from(bytes).readUInt32BE()),
        Array.from({ length: 50 }, (_, i) => i),
        'a stop hands over what was received',
      );
      await sender.close();
    });

    check('a small receive buffer is emptied while the sink is at work, as far as 512 datagrams', async () => {
      const receiver = await Receiver.start(implementation, { receiveBuffer: 65_536 }, { slowMs: 2 });
      const sender = await Sender.open();
      let most = 0;
      for (let i = 0; i < 240; i++) {
        await sender.send(numbered(i, 1400), receiver.port);
        if (i % 20 < 19) continue;
        for (const end = Date.now() + 10_000; receiver.taken <= i && Date.now() < end;) await sleep(1);
        most = Math.max(most, receiver.taken - receiver.datagrams);
      }
      assert.ok(most > 100, `${most} datagrams waited in the thread, where the buffer holds 56`);
      await receiver.until(240);
      receiver.received.forEach(({ bytes }, i) => assert.equal(Buffer.from(bytes).readUInt32BE(), i));
      assert.equal(await receiver.stop(), 0);
      await sender.close();
    });

    check('the receive time is that of arrival, although the datagram waits', async () => {
      const receiver = await Receiver.start(implementation);
      const sender = await Sender.open();
      await sender.send(numbered(0), receiver.port);
      await receiver.until(1);
      receiver.command(WAIT);
      await sleep(50);
      const before = Date.now();
      await sender.send(numbered(1), receiver.port);
      await sender.send(numbered(2), receiver.port);
      const after = Date.now();
      await sleep(300);
      receiver.command(GO);
      await receiver.until(3);
      for (const { received } of receiver.received.slice(1)) {
        const milliseconds = Number(received / 1_000_000n);
        assert.ok(milliseconds >= before && milliseconds <= after, `${milliseconds - before} ms after it was sent`);
      }
      await receiver.stop();
      await sender.close();
    });
  }

  check('stop reads first what the kernel still holds', async () => {
    const { receiver, sender } = await heldUp(implementation, 500);
    await sleep(30);
    const stopped = receiver.stop(2000);
    receiver.command(GO);
    assert.equal(await stopped, onLinux ? 0 : undefined);
    assert.equal(receiver.datagrams, 501);
    await sender.close();
  });

  if (implementation === 'mmsg') {
    check('stop counts what the kernel still holds when its time is over as dropped', async () => {
      const { receiver, sender } = await heldUp(implementation, 500);
      await receiver.stop(50);
      assert.equal(receiver.datagrams + receiver.dropped, 501);
      assert.ok(receiver.dropped > 300, `${receiver.dropped}`);
      await sender.close();
    });
  }

  check('stop is over after its time although datagrams keep coming', async () => {
    const receiver = await Receiver.start(implementation, {}, { record: false, slowMs: 0.25 });
    const sender = await Sender.open();
    const flooding = { on: true };
    const flood = (async () => {
      while (flooding.on) {
        for (let i = 0; i < 16; i++) void sender.send(numbered(1), receiver.port);
        await nextTurn();
      }
    })();
    await sleep(30);
    const before = Date.now();
    await receiver.stop(150);
    const took = Date.now() - before;
    flooding.on = false;
    await flood;
    await sender.close();
    assert.ok(took >= 140 && took < 5000, `${took} ms`);
  });

  check('ends when the sink says so, with the last batch closed', async () => {
    const receiver = await Receiver.start(implementation);
    const sender = await Sender.open();
    await sender.send(numbered(1), receiver.port);
    await receiver.until(1);
    receiver.command(STOP);
    const ended = receiver.ended();
    await sender.send(numbered(2), receiver.port);
    await ended;
    assert.ok(receiver.batches >= 1);
    assert.ok(receiver.datagrams <= 2);
    await sender.close();
  });

  check('frees its port when it stops', async () => {
    const first = await Receiver.start(implementation);
    const { port } = first;
    await first.stop();
    const second = await Receiver.start(implementation, { port });
    assert.equal(second.port, port);
    const sender = await Sender.open();
    await sender.send(numbered(9), port);
    await second.until(1);
    await second.stop();
    await sender.close();
  });

  check('reports a port that is taken (F-33)', async () => {
    for (const host of ['127.0.0.1', '']) {
      const taken = createSocket(host === '' ? 'udp6' : 'udp4');
      taken.bind(0, host === '' ? '::' : host);
      await once(taken, 'listening');
      const { port } = taken.address();
      await assert.rejects(Receiver.start(implementation, { uri: `netflow://${host}:${port}`, host, port }), {
        message: `-listen: netflow://${host}:${port}: UDP port ${port} is taken by another socket`,
        code: 'GF_LISTEN_BIND',
      });
      taken.close();
    }
  });

  check('reports what cannot be bound to (F-33)', async () => {
    const bad: [host: string, port: number, message: RegExp][] = [
      ['203.0.113.77', 0, /203\.0\.113\.77 is not an address of this machine/],
      ['2001:db8::77', 0, /2001:db8::77 is not an address of this machine/],
      ['fe80::1', 0, /link-local|not an address/],
      ['fe80::1%nosuch0', 0, /interface|not an address/],
      ['127.0.0.1', 70_000, /70000 is not a port/],
      ['no-such-host.invalid', 0, /no-such-host\.invalid (has no address|cannot be looked up)/],
    ];
    for (const [host, port, message] of bad) {
      await assert.rejects(Receiver.start(implementation, { host, port }), { message, code: 'GF_LISTEN_BIND' });
    }
  });

  check('says how large its receive buffer is, and warns when the kernel made it smaller', async () => {
    const small = await Receiver.start(implementation, { receiveBuffer: 65_536 });
    assert.equal(small.info.bufferAsked, 65_536);
    assert.equal(small.info.bufferGranted, 65_536);
    assert.deepEqual(small.info.warnings, []);
    await small.stop();
    const asked = 1_000_000_000;
    const large = await Receiver.start(implementation, { receiveBuffer: asked });
    const { bufferGranted, warnings } = large.info;
    assert.ok(bufferGranted > 65_536);
    if (bufferGranted < asked) assert.match(warnings!.join(), /sysctl -w net.core.rmem_max=1000000000/);
    else assert.deepEqual(warnings, []);
    await large.stop();
  });

  check(
    'I1: sent = received + dropped by the kernel, exactly, and per socket',
    async () => {
      const stalled = await Receiver.start(implementation, { receiveBuffer: 50_000 }, { record: false });
      const other = await Receiver.start(implementation, {
        receiveBuffer: 2 << 20,
        host: '127.0.0.2',
        port: stalled.port,
      });
      const sender = await Sender.open();
      await sender.send(numbered(0), stalled.port);
      await stalled.until(1);
      stalled.command(WAIT);
      const sent = 5000;
      for (let i = 1; i < sent; i++) {
        await sender.send(numbered(i, 200), stalled.port);
        if (i % 50 === 0) await sender.send(numbered(i), stalled.port, '127.0.0.2');
      }
      stalled.command(GO);
      await other.until(99);
      const drops = (await stalled.drops())!;
      assert.ok(drops > 1000, `${drops} drops`);
      assert.equal(await stalled.stop(2000), drops, 'still known after the stop');
      assert.equal(stalled.datagrams + drops, sent);
      assert.equal(await other.drops(), 0);
      assert.equal(await other.stop(), 0);
      await sender.close();
    },
    !onLinux && 'only Linux counts drops by socket',
  );
}

test(
  'a privileged port is reported (F-33)',
  {
    skip:
      (!onLinux || Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start')) < 1000) &&
      'no port is privileged',
  },
  () => {
    const program = fileURLToPath(new URL('./privileged-port.js', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...implementations], { encoding: 'utf8' });
    const line =
      '-listen: netflow://:999: not allowed to open UDP port 999: low ports need root or the capability net_bind_service\n';
    assert.equal(stdout, line.repeat(implementations.length), stderr);
  },
);

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildProgram } from '../support/child-program.ts';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess } from '../support/collector-process.ts';
import { SECONDS_A_TURN, TIMES } from '../support/extent.ts';
import { assertMemory } from '../support/memory-peak.ts';
import { range } from '../support/numbered-flows.ts';
import { checkBooks } from '../support/oracle.ts';
import { NotifySocket } from '../support/notify-socket.ts';
import { commandPath, root, skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));
const listen = ['-listen', 'netflow://127.0.0.1:0'];

/** A v5 datagram of one record. */
function v5(): Uint8Array {
  const bytes = Buffer.alloc(24 + 48);
  bytes.writeUInt16BE(5, 0);
  bytes.writeUInt16BE(1, 2);
  return bytes;
}

for (const kind of ['a path', 'an abstract name']) {
  test(`S-14 the service manager is told of the start, life, reloads and the end (${kind})`, async (t) => {
    const path = join(temporaryFolder(t), 'notify');
    const socket = new NotifySocket(t, kind === 'a path' ? path : `@goflow2plus-test-${process.pid}`);
    const env = ['env', `NOTIFY_SOCKET=${socket.path}`, 'WATCHDOG_USEC=200000'];
    const collector = new CollectorProcess(t, listen, undefined, env);
    await collector.ports();
    await collector.until(() => socket.has('READY=1'));
    await collector.until(() => socket.messages.filter((text) => text === 'WATCHDOG=1').length > 2);
    socket.messages.length = 0;
    collector.child.kill('SIGHUP');
    await collector.until(() => socket.has('RELOADING=1') && socket.has('READY=1'));
    const reloading = socket.messages.find((text) => text.startsWith('RELOADING=1'))!;
    assert.match(reloading, /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    await collector.until(() => socket.has('STOPPING=1'));
  });
}

test('S-14 a thread that stands still shows no life: the service manager starts it again', async (t) => {
  const socket = new NotifySocket(t, join(temporaryFolder(t), 'notify'));
  const env = ['env', `NOTIFY_SOCKET=${socket.path}`, 'WATCHDOG_USEC=100000'];
  const hang = 'data:text/javascript,setTimeout(()=>{for(;;);},2000)';
  const collector = new CollectorProcess(t, listen, undefined, [...env, `NODE_OPTIONS=--import="${hang}"`]);
  await collector.until(() => socket.has('WATCHDOG=1'));
  let [last, silent] = [0, 0];
  await collector.until(() => {
    silent = socket.messages.length === last ? silent + 1 : 0;
    last = socket.messages.length;
    return silent >= 10; // 500 ms without one, where one was due every 50 ms
  }, 20_000);
});

test('a socket that is none is warned of, and the program runs', async (t) => {
  const collector = new CollectorProcess(t, listen, undefined, ['env', 'NOTIFY_SOCKET=nowhere']);
  await collector.ports();
  assert.ok(collector.log.some(({ level, msg }) => level === 'WARN' && msg.includes('no socket: nowhere')));
});

test('S-14 the systemd unit is hardened', skipWithout('systemd'), () => {
  const report = execFileSync(
    commandPath('systemd-analyze')!,
    ['security', '--offline=true', join(root, 'deploy/goflow2plus.service')],
    { encoding: 'utf8' },
  );
  const exposure = Number(/Overall exposure level .*: ([\d.]+)/.exec(report)?.[1]);
  assert.ok(exposure <= 1.5, `exposure ${exposure}`);
});

const health = (t: Parameters<typeof temporaryFolder>[0], ...flags: string[]) =>
  new ChildProgram(t, [process.execPath, program, 'health', ...flags]);

test('goflow2plus health: 0 from a collector that runs, 1 when it is gone', async (t) => {
  const collector = new CollectorProcess(t, [...listen, '-addr=127.0.0.1:0']);
  await collector.ports();
  const port = collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
  for (const flags of [[], ['-ready']]) {
    const asked = health(t, `-addr=:${port}`, ...flags);
    assert.deepEqual([(await asked.ended).code, asked.stdout], [0, 'OK\n']);
  }
  await collector.stop();
  const gone = health(t, `-addr=127.0.0.1:${port}`);
  assert.equal((await gone.ended).code, 1);
  assert.match(gone.stderr, /^goflow2plus health: no answer on 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
});

test('goflow2plus health: 1 with the reasons when it is not well, and when no answer comes', async (t) => {
  const server = createServer(({ url }, response) => {
    if (url === '/ready') response.writeHead(503).end('NATS is away\n');
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `-addr=127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ready = health(t, '-ready', address);
  assert.deepEqual([(await ready.ended).code, ready.stderr], [1, 'NATS is away\n']);
  const silent = health(t, address, '-timeout=100ms');
  assert.equal((await silent.ended).code, 1);
  assert.match(silent.stderr, /nothing came in 100 ms/);
  assert.equal((await health(t, 'now').ended).code, 2);
  assert.equal((await health(t, '-addr=nowhere').ended).code, 1);
});

test('F-21 an exception or a rejection that nothing caught, behind a load: told once, an orderly end, exit code 1', async (t) => {
  const faults = ['throw new Error("planted")', 'Promise.reject(new Error("planted"))'];
  for (let turn = 0; turn < TIMES; turn++) {
    const plant = `data:text/javascript,process.once("SIGUSR2",()=>{${faults[turn % 2]}});`;
    const options = ['env', `NODE_OPTIONS=--import=${plant.replaceAll(' ', '%20').replaceAll('"', "'")}`];
    const collector = new CollectorProcess(t, listen, undefined, options);
    const [port] = await collector.ports();
    const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: 100 });
    await sender.start();
    const sent = Math.ceil(100 * SECONDS_A_TURN);
    await sender.send(range(sent).map(v5)); // each start takes what comes, whatever ended the one before
    await sender.stop();
    await collector.until(() => collector.flowCount === sent);
    assertMemory(collector);
    collector.child.kill('SIGUSR2');
    assert.deepEqual(await collector.ended, { code: 1, signal: null });
    const told = collector.log.filter(({ error }) => error === 'planted');
    assert.equal(told.length, 1);
    assert.match(String(told[0]!['stack']), /planted/);
    assert.equal(collector.books['flows_delivered'], sent);
    checkBooks(collector, sent);
  }
});

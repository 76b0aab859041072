import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseHttpAddress } from '#src/http/http-address.js';
import { HttpServer, httpLimits } from '#src/http/http-server.js';
import type { HttpLimits } from '#src/http/http-server.js';
import { isLoopback } from '#src/flow/loopback.js';
import { text } from '#src/http/route.js';
import type { Route } from '#src/http/route.js';

const lines: string[] = [];
const log = {
  debug: () => {},
  info: () => {},
  warn: (msg: string) => void lines.push(msg),
  error: (msg: string) => void lines.push(msg),
};

const routes = new Map<string, Route>([
  ['/live', { about: '', details: false, answer: () => text(200, 'OK\n') }],
  ['/secret', { about: '', details: true, answer: () => text(200, 'inside\n') }],
  [
    '/echo',
    { about: '', details: false, answer: (query) => text(200, `${query.get('a')}|${query.getAll('b').join()}\n`) },
  ],
  ['/fails', { about: '', details: false, answer: () => Promise.reject(new Error('on purpose')) }],
]);

/** A server on a free port of 127.0.0.1, and of 127.0.0.0/8 for clients. */
async function start(t: TestContext, limits: Partial<HttpLimits> = {}): Promise<number> {
  const options = { address: { host: '127.0.0.1', port: 0 }, routes, detailsToAny: false, log };
  const server = new HttpServer({ ...options, limits: { ...httpLimits, ...limits } });
  const { port } = await server.start();
  t.after(() => server.stop(0));
  return port;
}

/** Longest time until an answer begins, where one is to come at all. */
const ANSWER_MS = 900;

/** What the server sends back on a connection until it ends or is quiet for `quietMs`. */
async function exchange(port: number, request: string, quietMs = 300): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  let received = '';
  socket.on('data', (data) => (received += data.toString('latin1')));
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.write(request);
  const begin = new Promise<void>((resolve) => socket.once('data', () => resolve()));
  await Promise.race([begin, closed, setTimeout(ANSWER_MS)]); // the machine may be busy
  for (let before = -1; received.length !== before;) {
    before = received.length;
    await Promise.race([closed, setTimeout(quietMs)]);
  }
  socket.destroy();
  return received;
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;

test('S-08 GET and HEAD on known paths alone', async (t) => {
  const port = await start(t);
  const cases: [request: string, status: number][] = [
    [get('/live'), 200],
    [get('/live?x=1'), 200],
    [`HEAD /live HTTP/1.1\r\nhost: x\r\n\r\n`, 200],
    ...['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'].map((method): [string, number] => [
      `${method} /live HTTP/1.1\r\nhost: x\r\n\r\n`,
      405,
    ]),
    ...[
      '/',
      '/live/',
      '//live',
      '/./live',
      '/../live',
      '/%6cive',
      '/LIVE',
      '/live%00',
      '*',
      'http://x/live',
      '/__proto__',
    ].map((path): [string, number] => [get(path), 404]),
    [get('/fails'), 500],
    ['nonsense\r\n\r\n', 400],
    ['GET /live HTTP/9.9\r\n\r\n', 400],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ];
  for (const [request, status] of cases) {
    assert.equal(statusOf(await exchange(port, request, 100)), status, JSON.stringify(request));
  }
  assert.ok(lines.includes('HTTP request'), 'what fails is logged');
});

test('a HEAD has the headers of a GET and no body', async (t) => {
  const port = await start(t);
  const answer = await exchange(port, 'HEAD /live HTTP/1.1\r\nhost: x\r\n\r\n');
  assert.match(answer, /content-length: 3\r\n/i);
  assert.ok(answer.endsWith('\r\n\r\n'));
});

test('S-08 requests in one go are answered in their order', async (t) => {
  const port = await start(t);
  const answers = await exchange(port, get('/live') + get('/nothing') + get('/live'));
  assert.deepEqual(answers.match(/HTTP\/1\.1 \d{3}/g), ['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
});

test('S-08 a body is not read, and a long header is refused', async (t) => {
  const port = await start(t);
  const body = await exchange(port, `${get('/live', 'content-length: 10000000\r\n')}${'x'.repeat(100)}`);
  assert.equal(statusOf(body), 413);
  assert.match(body, /connection: close/i);
  assert.equal(statusOf(await exchange(port, get('/live', `x: ${'y'.repeat(10 * 1024)}\r\n`))), 431);
});

test('S-08 slow headers and idle connections are closed', async (t) => {
  const port = await start(t, { headersTimeoutMs: 200, requestTimeoutMs: 300, keepAliveMs: 200 });
  const began = performance.now();
  const slow = await exchange(port, 'GET /live HTTP/1.1\r\nhost: x\r\n', 5_000);
  assert.equal(statusOf(slow), 408);
  assert.equal(statusOf(await exchange(port, get('/live'), 5_000)), 200);
  assert.ok(performance.now() - began < 10_000, 'the server closed both');
});

async function connect(port: number, from: string): Promise<Socket> {
  const socket = createConnection({ port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => {});
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

test('S-08 1,000 idle connections of one address leave room for another', async (t) => {
  const port = await start(t);
  const idle = await Promise.all(Array.from({ length: 1_000 }, () => connect(port, '127.0.0.7')));
  t.after(() => idle.forEach((socket) => socket.destroy()));
  const began = performance.now();
  assert.equal(statusOf(await exchange(port, get('/live'))), 200);
  assert.ok(performance.now() - began < 1_000);
  await setTimeout(100);
  assert.ok(idle.filter(({ destroyed }) => !destroyed).length <= httpLimits.maxPerAddress);
});

test('D-12 which addresses are those of this machine', () => {
  const own = ['127.0.0.1', '127.255.3.4', '::1', '::ffff:127.0.0.1'];
  const others = [
    '128.0.0.1',
    '192.0.2.1',
    '::ffff:192.0.2.1',
    '2001:db8::1',
    '::',
    '::2',
    'fe80::1%eth0',
    '',
    undefined,
  ];
  for (const address of own) assert.equal(isLoopback(address), true, address);
  for (const address of others) assert.equal(isLoopback(address), false, String(address));
});

test('D-12 details are shown to this machine, and to anybody on request', async (t) => {
  const port = await start(t);
  assert.equal(statusOf(await exchange(port, get('/secret'))), 200);
  const address = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  if (address === undefined) return t.diagnostic('no address but the loopback here');
  for (const detailsToAny of [false, true]) {
    const server = new HttpServer({ address: { host: undefined, port: 0 }, routes, detailsToAny, log });
    const bound = await server.start();
    t.after(() => server.stop(0));
    const answer = await fetch(`http://${address.address}:${bound.port}/secret`);
    assert.equal(answer.status, detailsToAny ? 200 : 403);
    assert.equal((await fetch(`http://${address.address}:${bound.port}/live`)).status, 200);
  }
});

test('addresses to listen on', () => {
  assert.deepEqual(parseHttpAddress(':8080'), { host: undefined, port: 8080 });
  assert.deepEqual(parseHttpAddress('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
  assert.deepEqual(parseHttpAddress('[::1]:80'), { host: '::1', port: 80 });
  assert.deepEqual(parseHttpAddress('localhost:80'), { host: 'localhost', port: 80 });
  for (const bad of ['8080', '', ':', ':x', '::1:80', ':65536', '1.2.3.4', 'http://x:80', ':80/']) {
    assert.throws(() => parseHttpAddress(bad), { code: 'GF_HTTP_ADDRESS' }, bad);
  }
});

test('a port that is taken is an error that names it', async (t) => {
  const port = await start(t);
  const second = new HttpServer({ address: { host: '127.0.0.1', port }, routes, detailsToAny: false, log });
  await assert.rejects(second.start(), {
    code: 'GF_HTTP_LISTEN',
    message: new RegExp(`^-addr: .*${port}: EADDRINUSE`),
  });
});

test('a query is read, whatever stands in it', async (t) => {
  const port = await start(t);
  const cases: [path: string, body: string][] = [
    ['/echo', 'null|'],
    ['/echo?', 'null|'],
    ['/echo?a=1&b=2&b=3', '1|2,3'],
    ['/echo?a=x%20y%3F?&b', 'x y??|'],
    ['/echo?a=%zz%', '%zz%|'],
  ];
  for (const [path, body] of cases) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    assert.deepEqual([response.status, await response.text()], [200, `${body}\n`], path);
  }
});

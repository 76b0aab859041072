import { test } from 'node:test';
import assert from 'node:assert/strict';
import { discoveredServer, parseServers, redactUrl, showServer } from '#src/transport/nats/server-list.js';

const parse = (...list: string[]) => parseServers(list, 'transport.nats.servers');

test('URLs of servers', () => {
  const cases: [text: string, host: string, port: number, tls: boolean][] = [
    ['nats://localhost:4222', 'localhost', 4222, false],
    ['nats://nats.example.net', 'nats.example.net', 4222, false],
    ['nats://nats.example.net/', 'nats.example.net', 4222, false],
    ['tls://192.0.2.1:5222', '192.0.2.1', 5222, true],
    ['TLS://host', 'host', 4222, true],
    ['host:7000', 'host', 7000, false],
    ['[2001:db8::1]:4223', '2001:db8::1', 4223, false],
    ['nats://[::1]', '::1', 4222, false],
  ];
  for (const [text, host, port, tls] of cases) {
    assert.deepEqual(parse(text), { servers: [{ host, port, tls }], credentials: undefined }, text);
  }
  assert.equal(parse('a', 'b:1').servers.length, 2);
  assert.equal(showServer({ host: '::1', port: 1, tls: false }), '[::1]:1');
});

test('D-21 credentials in a URL are taken out of it', () => {
  const { servers, credentials } = parse('nats://collector:s%40crt:x@host:4222', 'nats://collector:s%40crt:x@other');
  assert.deepEqual(credentials, { user: 'collector', password: 's@crt:x' });
  assert.deepEqual(servers.map(showServer), ['host:4222', 'other:4222']);
  assert.deepEqual(parse('nats://t0ken@host').credentials, { user: 't0ken', password: undefined });
  assert.doesNotMatch(JSON.stringify(servers), /crt|collector/);
});

test('S-11 what cannot be read is refused by a message without secrets', () => {
  const wrong = [
    'http://canary:canary@host:4222',
    'nats://canary:canary@host:99999',
    'nats://canary:canary@host:port',
    'nats://canary:canary@ho st',
    'nats://canary:canary@[::1',
    'nats://canary:canary@',
    'nats://canary:ca%zznary@host',
    'nats://host?canary',
    '',
  ];
  for (const text of wrong) {
    assert.throws(
      () => parse(text),
      (error: Error) => {
        assert.match(error.message, /^-transport\.nats\.servers: /);
        assert.doesNotMatch(error.message.replace('host?canary', ''), /canary/, text);
        return true;
      },
      text,
    );
  }
  assert.throws(() => parse('nats://a:b@host', 'nats://a:c@other'), /different credentials/);
  assert.equal(redactUrl('nats://user:pass@host:1'), 'nats://host:1');
  assert.equal(redactUrl('user:pa@ss@host:1'), 'host:1');
});

test('servers that a cluster tells of show the certificate of the one that told', () => {
  const by = { host: 'nats.example.net', port: 4222, tls: true };
  assert.deepEqual(discoveredServer('192.0.2.7:4333', by), {
    host: '192.0.2.7',
    port: 4333,
    tls: true,
    certificateName: 'nats.example.net',
  });
  assert.equal(discoveredServer('b.example.net:4222', by)?.certificateName, undefined);
  assert.equal(
    discoveredServer('192.0.2.8:1', { ...by, host: '192.0.2.7', certificateName: 'x' })?.certificateName,
    'x',
  );
  assert.equal(discoveredServer('not a place', by), undefined);
});

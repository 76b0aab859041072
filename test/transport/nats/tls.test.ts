import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { Authority, opensslMissing } from '../../support/certificates.ts';
import type { Certificate } from '../../support/certificates.ts';
import { NatsFeed, assertExactlyOnce, flowNumbers } from '../../support/nats-feed.ts';
import { NatsServer, natsServerMissing, readStream } from '../../support/nats-server.ts';
import { TcpRelay } from '../../support/tcp-relay.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Flags = ConstructorParameters<typeof NatsFeed>[2];

const serverTls = ({ cert, key }: Certificate, more = '') => `tls { cert_file: "${cert}", key_file: "${key}" ${more} }`;

async function delivers(t: TestContext, server: { url: string }, flags: Flags): Promise<NatsFeed> {
  const feed = new NatsFeed(t, server, flags);
  await feed.transport.start();
  await feed.send(10);
  await feed.settled();
  assert.equal(feed.delivered, 10);
  return feed;
}

/** The connection is refused for this reason, and the flows wait. */
async function refused(t: TestContext, server: { url: string }, flags: Flags, why: RegExp): Promise<void> {
  const feed = new NatsFeed(t, server, flags);
  await feed.transport.start();
  await feed.send(1);
  await feed.until(() => feed.lines.some((line) => line.includes('"trouble":"tls"')));
  assert.match(
    feed.lines.find((line) => line.includes('"trouble":"tls"'))!,
    why,
  );
  assert.equal(feed.ready, false);
  assert.equal(feed.delivered, 0);
  await feed.stop(0);
}

describe('S-12 TLS', { skip: natsServerMissing || opensslMissing, concurrency: 4 }, () => {
  test('the certificate of the server is verified, by name and by address', async (t) => {
    const authority = new Authority(temporaryFolder(t));
    const both = authority.issue('both', ['DNS:localhost', 'IP:127.0.0.1']);
    const flags = { 'transport.nats.tls.ca': authority.ca };
    const server = await NatsServer.start(t, { config: serverTls(both) });
    const feed = await delivers(t, server, flags);
    assert.match(feed.lines.join('\n'), /connected to NATS .*"tls":true/);
    await delivers(t, { url: `tls://localhost:${server.port}` }, flags);

    const named = await NatsServer.start(t, { config: serverTls(authority.issue('named', ['DNS:localhost'])) });
    await delivers(t, { url: `localhost:${named.port}` }, flags);
    await refused(t, named, flags, /IP: 127\.0\.0\.1 is not in the cert/);
  });

  test('expired, for another host, by an unknown authority: refused with the reason', async (t) => {
    const folder = temporaryFolder(t);
    const authority = new Authority(folder);
    const flags = { 'transport.nats.tls.ca': authority.ca };
    const cases: [certificate: Certificate, why: RegExp][] = [
      [authority.issue('expired', ['IP:127.0.0.1'], -1), /certificate has expired/],
      [authority.issue('other', ['DNS:other.example.net', 'IP:192.0.2.1']), /127\.0\.0\.1 is not in the cert/],
      [new Authority(folder, 'stranger').issue('strange', ['IP:127.0.0.1']), /unable to (verify|get)|self-signed/],
    ];
    await Promise.all(
      cases.map(async ([certificate, why]) => {
        const server = await NatsServer.start(t, { config: serverTls(certificate) });
        await refused(t, server, flags, why);
      }),
    );
  });

  test('without a CA the authorities of the system count, which do not know ours', async (t) => {
    const authority = new Authority(temporaryFolder(t));
    const server = await NatsServer.start(t, { config: serverTls(authority.issue('s', ['IP:127.0.0.1'])) });
    await refused(t, server, {}, /unable to (verify|get)|self-signed/);
  });

  test('a server without TLS is refused where TLS is asked for', async (t) => {
    const authority = new Authority(temporaryFolder(t));
    const server = await NatsServer.start(t);
    await refused(t, { url: server.url.replace('nats:', 'tls:') }, {}, /does not speak TLS/);
    await refused(t, server, { 'transport.nats.tls.ca': authority.ca }, /does not speak TLS/);
  });

  test('TLS 1.1 is refused', async (t) => {
    const { cert, key } = new Authority(temporaryFolder(t)).issue('old', ['IP:127.0.0.1']);
    const old = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('INFO {"server_id":"x","version":"2.9.10","max_payload":1048576,"tls_required":true,"proto":1}\r\n');
      new TLSSocket(socket, {
        isServer: true,
        cert: readFileSync(cert),
        key: readFileSync(key),
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }).on('error', () => {});
    });
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    t.after(() => old.close());
    const url = `nats://127.0.0.1:${(old.address() as AddressInfo).port}`;
    await refused(t, { url }, { 'transport.nats.tls.insecure': true }, /protocol version|unsupported protocol/i);
  });

  test('insecure has to be asked for, warns and shows in the metrics', async (t) => {
    const authority = new Authority(temporaryFolder(t));
    const server = await NatsServer.start(t, { config: serverTls(authority.issue('s', ['DNS:other'])) });
    const feed = await delivers(t, server, { 'transport.nats.tls.insecure': true });
    assert.match(feed.lines.join('\n'), /certificates of NATS servers are not verified/);
    assert.equal(feed.transport.status().gauges['nats_tls_insecure'], 1);
  });

  test('mTLS: a certificate of ours is asked for, and replaced on SIGHUP without a loss', async (t) => {
    const folder = temporaryFolder(t);
    const authority = new Authority(folder);
    const config = serverTls(
      authority.issue('s', ['IP:127.0.0.1', 'DNS:localhost']),
      `, ca_file: "${authority.ca}", verify: true`,
    );
    const server = await NatsServer.start(t, { config });
    const first = authority.issue('first', ['DNS:collector']);
    const second = authority.issue('second', ['DNS:collector']);
    const ours = { cert: join(folder, 'ours.pem'), key: join(folder, 'ours.key') };
    const install = ({ cert, key }: Certificate): void => {
      copyFileSync(cert, ours.cert);
      copyFileSync(key, ours.key);
    };
    install(first);
    const ca = { 'transport.nats.tls.ca': authority.ca };
    await refused(t, server, ca, /certificate required|bad certificate|handshake failure/i);
    const feed = new NatsFeed(t, server, {
      ...ca,
      'transport.nats.tls.cert': ours.cert,
      'transport.nats.tls.key': ours.key,
    });
    await feed.transport.start();
    feed.feed(2000);
    await feed.until(() => feed.delivered > 200);
    await feed.transport.reopen();
    assert.equal(feed.counters.get('nats_connections'), 1, 'nothing has changed');
    install(second);
    await feed.transport.reopen();
    await feed.until(() => feed.counters.get('nats_connections') === 2 && feed.ready);
    const before = feed.delivered;
    await feed.until(() => feed.delivered > before + 200);
    feed.pause();
    await feed.settled();
    const admin = await server.client(t, { tls: { caFile: authority.ca, certFile: first.cert, keyFile: first.key } });
    assertExactlyOnce(flowNumbers(await readStream(admin, 'goflow2')), feed.sent);
  });

  test('TLS from the first octet on', async (t) => {
    const authority = new Authority(temporaryFolder(t));
    const { cert, key } = authority.issue('s', ['IP:127.0.0.1']);
    const server = await NatsServer.start(t);
    const relay = await TcpRelay.start(t, server.port, { cert: readFileSync(cert), key: readFileSync(key) });
    const flags = { 'transport.nats.tls.ca': authority.ca, 'transport.nats.tls.first': true };
    await delivers(t, relay, flags);
    await refused(t, relay, { 'transport.nats.tls.first': true }, /unable to (verify|get)|self-signed/);
  });
});

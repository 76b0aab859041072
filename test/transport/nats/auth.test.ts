import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { nkeys } from '@nats-io/transport-node';
import { NatsFeed } from '../../support/nats-feed.ts';
import { jwtRealm } from '../../support/nats-jwt.ts';
import { NatsServer, natsServerMissing } from '../../support/nats-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function secretFile(t: TestContext, content: string, mode = 0o600): string {
  const path = join(temporaryFolder(t), 'secret');
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
}

const user = (permissions = '') =>
  `authorization { users: [{ user: collector, password: canary-p4ss ${permissions} }] }`;

async function delivers(feed: NatsFeed): Promise<void> {
  await feed.transport.start();
  await feed.send(10);
  await feed.settled();
  assert.equal(feed.delivered, 10, feed.lines.join('\n'));
  assert.doesNotMatch(feed.lines.join('\n'), /canary/);
  await feed.stop();
}

describe('credentials', { skip: natsServerMissing, concurrency: 4 }, () => {
  test('a user with a password from a file', async (t) => {
    const server = await NatsServer.start(t, { config: user() });
    const flags = {
      'transport.nats.user': 'collector',
      'transport.nats.password_file': secretFile(t, 'canary-p4ss\n'),
    };
    const feed = new NatsFeed(t, server, flags);
    await delivers(feed);
    assert.doesNotMatch(feed.lines.join('\n'), /mode/);
  });

  test('a file that others can read is used with a warning', async (t) => {
    const server = await NatsServer.start(t, { config: user() });
    for (const [mode, warned] of [
      [0o640, false],
      [0o644, true],
      [0o660, true],
    ] as const) {
      const path = secretFile(t, 'canary-p4ss', mode);
      const feed = new NatsFeed(t, server, {
        'transport.nats.user': 'collector',
        'transport.nats.password_file': path,
      });
      await delivers(feed);
      const warnings = feed.lines.filter((line) => line.includes(`has mode 0${mode.toString(8)}`));
      assert.equal(warnings.length, warned ? 1 : 0, mode.toString(8));
    }
  });

  test('D-21 a user with a password in the URL: with one warning, and shown nowhere', async (t) => {
    const server = await NatsServer.start(t, { config: user() });
    const url = server.url.replace('//', '//collector:canary-p4ss@');
    const feed = new NatsFeed(t, { url });
    await delivers(feed);
    assert.equal(feed.lines.filter((line) => line.includes('credentials stand in the URL')).length, 1);
  });

  test('a token, in a file and in the URL', async (t) => {
    const server = await NatsServer.start(t, { config: 'authorization { token: "canary-t0ken" }' });
    await delivers(new NatsFeed(t, server, { 'transport.nats.token_file': secretFile(t, 'canary-t0ken') }));
    await delivers(new NatsFeed(t, { url: server.url.replace('//', '//canary-t0ken@') }));
  });

  test('an nkey', async (t) => {
    const pair = nkeys.createUser();
    const server = await NatsServer.start(t, {
      config: `authorization { users: [{ nkey: ${pair.getPublicKey()} }] }`,
    });
    const seed = new TextDecoder().decode(pair.getSeed());
    const feed = new NatsFeed(t, server, { 'transport.nats.nkey_file': secretFile(t, `${seed}\n`) });
    await delivers(feed);
    assert.ok(!feed.lines.join('\n').includes(seed));
  });

  test('a credentials file with a JWT', async (t) => {
    const realm = jwtRealm();
    const server = await NatsServer.start(t, { config: realm.config });
    const feed = new NatsFeed(t, server, { 'transport.nats.creds': secretFile(t, realm.creds) });
    await delivers(feed);
    assert.ok(!feed.lines.join('\n').includes(realm.seed));
  });

  test('F-08 refused credentials: told, the flows wait, and the right ones are used as soon as they are in the file', async (t) => {
    const server = await NatsServer.start(t, { config: user() });
    const path = secretFile(t, 'canary-wr0ng');
    const feed = new NatsFeed(t, server, {
      'transport.nats.user': 'collector',
      'transport.nats.password_file': path,
    });
    await feed.transport.start();
    await feed.send(10);
    await feed.until(() => feed.lines.some((line) => line.includes('"trouble":"authentication"')));
    assert.equal(feed.ready, false);
    await sleep(1000);
    assert.equal(feed.lines.filter((line) => line.includes('"trouble":"authentication"')).length, 1);
    writeFileSync(path, 'canary-p4ss');
    await feed.settled(15_000);
    assert.equal(feed.delivered, 10);
    assert.doesNotMatch(feed.lines.join('\n'), /canary/);
  });

  test('F-08 credentials that are withdrawn while it runs, and given again', async (t) => {
    const server = await NatsServer.start(t, { config: user() });
    const feed = new NatsFeed(t, server, {
      'transport.nats.user': 'collector',
      'transport.nats.password_file': secretFile(t, 'canary-p4ss'),
    });
    await feed.transport.start();
    await feed.send(10);
    await feed.settled();
    server.reconfigure('authorization { users: [{ user: somebody, password: else }] }');
    await feed.until(() => feed.lines.some((line) => line.includes('"trouble":"authentication"')));
    await feed.send(10);
    assert.equal(feed.ready, false);
    server.reconfigure(user());
    await feed.settled(15_000);
    assert.equal(feed.delivered, 20);
    assert.equal(feed.ready, true);
  });

  test('F-08 no permission to publish: told, waited for, and going on when it is given', async (t) => {
    const rights = 'publish: ["$JS.API.STREAM.INFO.goflow2", "$JS.API.STREAM.CREATE.goflow2"], subscribe: ["_INBOX.>"]';
    const server = await NatsServer.start(t, { config: user(`, permissions: { ${rights} }`) });
    const feed = new NatsFeed(t, server, {
      'transport.nats.user': 'collector',
      'transport.nats.password_file': secretFile(t, 'canary-p4ss'),
    });
    await feed.transport.start();
    await feed.send(10);
    await feed.until(() => feed.lines.some((line) => line.includes('"trouble":"no_permission"')));
    assert.ok(feed.counters.get('publish_failed:no_permission') >= 10);
    assert.equal(feed.ready, false);
    server.reconfigure(user(`, permissions: { ${rights.replace('publish: [', 'publish: ["goflow2.messages", ')} }`));
    await feed.settled(15_000);
    assert.equal(feed.delivered, 10);
  });

  test('least privilege: to publish and to get answers is enough with stream.mode=none', async (t) => {
    const server = await NatsServer.start(t, {
      config: [
        'authorization { users: [',
        '{ user: admin, password: admin },',
        '{ user: collector, password: canary-p4ss,',
        '  permissions: { publish: ["flows"], subscribe: ["_INBOX_collector.>"] } }',
        '] }',
      ].join('\n'),
    });
    const admin = await server.client(t, { user: 'admin', pass: 'admin' });
    const manager = await jetstreamManager(admin);
    await manager.streams.add({ name: 'netflow', subjects: ['flows'] });
    const flags = {
      'transport.nats.user': 'collector',
      'transport.nats.password_file': secretFile(t, 'canary-p4ss'),
      'transport.nats.stream': 'netflow',
      'transport.nats.subject': 'flows',
      'transport.nats.stream.mode': 'none' as const,
    };
    await delivers(new NatsFeed(t, server, { ...flags, 'transport.nats.inbox_prefix': '_INBOX_collector' }));
    const feed = new NatsFeed(t, server, flags);
    await feed.transport.start();
    await feed.until(() => feed.lines.some((line) => line.includes('answers could not come')));
    assert.equal(feed.ready, false);
    const checking = new NatsFeed(t, server, {
      ...flags,
      'transport.nats.inbox_prefix': '_INBOX_collector',
      'transport.nats.stream.mode': 'check',
    });
    await checking.transport.start();
    await checking.until(() => checking.lines.some((line) => line.includes('stream.mode=none')));
  });

  test('what cannot be used is refused at the start, with the name of the option and without the secret', async (t) => {
    const missing = '/nonexistent/secret';
    const cases: [flags: ConstructorParameters<typeof NatsFeed>[2], message: RegExp][] = [
      [
        { 'transport.nats.password_file': missing, 'transport.nats.user': 'x' },
        /^-transport\.nats\.password_file: .*nonexistent/,
      ],
      [
        { 'transport.nats.password_file': secretFile(t, 'canary') },
        /^-transport\.nats\.user: a password is given, but no user/,
      ],
      [
        { 'transport.nats.nkey_file': secretFile(t, 'canary') },
        /^-transport\.nats\.nkey_file: it holds no credentials/,
      ],
      [{ 'transport.nats.creds': secretFile(t, 'canary') }, /^-transport\.nats\.creds: it holds no credentials/],
      [{ 'transport.nats.creds': '/dev/zero' }, /^-transport\.nats\.creds: .*no regular file/],
      [
        { 'transport.nats.token_file': secretFile(t, 'canary'), 'transport.nats.user': 'x' },
        /given twice: -transport\.nats\.user and -transport\.nats\.token_file/,
      ],
      [{ 'transport.nats.tls.ca': missing }, /^-transport\.nats\.tls\.ca: /],
      [{ 'transport.nats.tls.cert': missing }, /^-transport\.nats\.tls\.key: a certificate and its key/],
    ];
    for (const [flags, message] of cases) {
      const feed = new NatsFeed(t, { url: 'nats://127.0.0.1:1' }, flags);
      await assert.rejects(
        () => feed.transport.start(),
        (error: Error) => {
          assert.match(error.message, message);
          assert.doesNotMatch(String(error.stack), /canary/);
          return true;
        },
      );
    }
  });
});

import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import { NatsServer, natsServerMissing } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));
const skip = natsServerMissing;

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(t: TestContext, ...args: string[]): Promise<Result> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

test('nats init makes the stream, and says what there is when it is called again', { skip }, async (t) => {
  const server = await NatsServer.start(t);
  const manager = await jetstreamManager(await server.client(t));
  const flags = [
    `-transport.nats.servers=${server.url}`,
    '-transport.nats.stream=netflow',
    '-transport.nats.subject=flows.{type}',
    '-transport.nats.stream.max_age=1h',
    '-transport.nats.stream.max_bytes=64MiB',
    '-transport.nats.stream.discard=new',
  ];
  // Flags may stand anywhere behind a subcommand (D-20).
  const first = await run(t, 'nats', flags[0]!, 'init', ...flags.slice(1));
  assert.deepEqual(first, {
    code: 0,
    stdout: 'stream netflow: subjects flows.*; file storage, 1 replicas, 0 messages\n',
    stderr: '',
  });
  const { config } = await manager.streams.info('netflow');
  assert.deepEqual(
    [config.max_age, config.max_bytes, config.discard, config.retention, config.duplicate_window],
    [3600e9, 64 * 1024 ** 2, 'new', 'limits', 120e9],
  );
  const second = await run(t, 'nats', 'init', ...flags, '-transport.nats.stream.max_bytes=1GiB');
  assert.equal(second.stdout, first.stdout);
  assert.equal((await manager.streams.info('netflow')).config.max_bytes, 64 * 1024 ** 2, 'it is never changed');
});

test(
  'nats init -clickhouse makes the durable pull consumer, and prints the settings of the table',
  { skip },
  async (t) => {
    const server = await NatsServer.start(t);
    const manager = await jetstreamManager(await server.client(t));
    const url = server.url.replace('//', '//canary:canary@');
    const flags = [
      `-transport.nats.url=${url}`,
      '-transport.nats.stream=netflow',
      '-transport.nats.subject=flows.{proto}',
    ];
    const { code, stdout, stderr } = await run(t, 'nats', 'init', '-clickhouse', ...flags);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^consumer clickhouse: durable, pull, subject flows\.\*, 0 messages to read$/m);
    assert.match(stdout, new RegExp(`nats_url = '127\\.0\\.0\\.1:${server.port}'`));
    assert.match(
      stdout,
      /nats_stream = 'netflow',\n\s+nats_consumer_name = 'clickhouse',\n\s+nats_subjects = 'flows\.\*'/,
    );
    assert.doesNotMatch(stdout + stderr, /canary/);
    const { config } = await manager.consumers.info('netflow', 'clickhouse');
    assert.deepEqual(
      [config.durable_name, config.ack_policy, config.filter_subject, config.deliver_policy, config.deliver_subject],
      ['clickhouse', 'explicit', 'flows.*', 'all', undefined],
    );
    assert.equal((await run(t, 'nats', 'init', '-clickhouse', '-consumer=second', ...flags)).code, 0);
    assert.equal((await manager.consumers.info('netflow', 'second')).config.durable_name, 'second');
    assert.equal((await run(t, 'nats', 'init', '-clickhouse', ...flags)).code, 0, 'again');
    await manager.consumers.add('netflow', { durable_name: 'push', deliver_subject: 'x', ack_policy: 'explicit' });
    const push = await run(t, 'nats', 'init', '-consumer=push', ...flags);
    assert.equal(push.code, 1);
    assert.match(push.stderr, /not durable and pull .*GF_NATS_INIT/);
  },
);

test(
  'a store that is too small for the usual size: 1 GiB with a warning; smaller still: the flag is named',
  { skip },
  async (t) => {
    const server = await NatsServer.start(t, { maxFileStore: '1500MB' });
    const flags = [`-transport.nats.servers=${server.url}`, '-transport.nats.subject=a'];
    const modest = await run(t, 'nats', 'init', ...flags);
    assert.equal(modest.code, 0, modest.stderr);
    assert.match(modest.stderr, /made with 1 GiB.*max_bytes/);
    const none = await run(t, 'nats', 'init', ...flags, '-transport.nats.stream=other', '-transport.nats.subject=b');
    assert.equal(none.code, 1);
    assert.match(none.stderr, /-transport\.nats\.stream\.max_bytes: /);
  },
);

test('what cannot be is said in one line', { skip }, async (t) => {
  const server = await NatsServer.start(t);
  const manager = await jetstreamManager(await server.client(t));
  await manager.streams.add({ name: 'other', subjects: ['flows.>'] });
  await manager.streams.add({ name: 'mine', subjects: ['mine.x'] });
  const secret = join(temporaryFolder(t), 'secret');
  writeFileSync(secret, 'canary', { mode: 0o600 });
  const at = `-transport.nats.servers=${server.url}`;
  const cases: [args: string[], code: number, text: RegExp][] = [
    [
      ['init', '-transport.nats.servers=nats://127.0.0.1:1'],
      1,
      /no NATS server can be reached: 127\.0\.0\.1:1: .*ECONNREFUSED/,
    ],
    [['init', at, '-transport.nats.subject=flows.x'], 1, /another stream has these subjects already/],
    [
      ['init', at, '-transport.nats.stream=mine', '-transport.nats.subject=y'],
      1,
      /has the subjects mine\.x, and flows go to y/,
    ],
    [['init', at, '-transport.nats.stream.replicas=3'], 1, /replicas=3/],
    [['init', at, '-transport.nats.stream=a.b'], 1, /-transport\.nats\.stream: /],
    [['init', at, '-transport.nats.nkey_file', secret], 1, /nkey_file: it holds no credentials/],
    [['init', at, '-transport.nats.domain=nowhere'], 1, /JetStream is not enabled|does not tell/],
    [['init', '-transport.nats.stream.storage=tape'], 1, /storage: "tape" does not exist/],
    [['init', '-transport.nats.stream.mode=none'], 2, /flag provided but not defined/],
    [[], 2, /nats takes init, not nothing/],
    [['destroy'], 2, /nats takes init, not "destroy"/],
  ];
  await Promise.all(
    cases.map(async ([args, code, text]) => {
      const result = await run(t, 'nats', ...args);
      assert.match(result.stderr, text, args.join(' '));
      assert.equal(result.code, code, args.join(' '));
      assert.doesNotMatch(result.stderr, /\bat .*\.js:\d+|canary/);
    }),
  );
  const help = await run(t, 'nats', 'init', '-h');
  assert.equal(help.code, 0);
  assert.match(help.stderr, /^Usage of goflow2plus nats init:\n(.*\n)*  -clickhouse\n/);
});

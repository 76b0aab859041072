import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { KV } from '@nats-io/kv';
import { ChildProgram } from '../support/child-program.ts';
import { NatsServer, natsServerMissing as skip } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));
const BUCKET = 'ctx';

async function context(t: TestContext, ...args: string[]) {
  const child = new ChildProgram(t, [process.execPath, program, 'context', ...args]);
  const { code } = await child.ended;
  return { code, stdout: child.stdout, stderr: child.stderr };
}

async function valuesOf(kv: KV): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for await (const key of await kv.keys()) values[key] = (await kv.get(key))!.json();
  return values;
}

const file = `networks:
  - { name: web, cidr: 10.1.0.0/24, context: { version: 1.10, tier: '2', owner: null } }
  - { name: web, cidrs: [10.2.0.0/24, 10.3.0.1], inherit: false }
  - { name: 'a.b..Büro/1.', cidr: 2001:db8::/32 }
exporters:
  - name: edge
    address: 192.0.2.1
    sampling: { default: 1000 }
    interfaces: [{ index: 10, name: uplink, context: { speed: 1e3 } }]
applications:
  - { name: ssh, proto: tcp, port: 22, network: web }
  - { name: any, proto: 6 }
`;

test(
  'context push sets a key for each object, context pull prints them as a file that says the same',
  { skip },
  async (t) => {
    const server = await NatsServer.start(t);
    const flags = ['-context.nats.bucket', BUCKET, '-transport.nats.servers', server.url];
    const folder = temporaryFolder(t);
    const path = join(folder, 'context.yaml');
    writeFileSync(path, file);
    assert.deepEqual(await context(t, 'push', path, ...flags), {
      code: 0,
      stdout: `${path}: 6 keys set, 0 deleted, 0 as they were\n`,
      stderr: '',
    });
    const kv = await new Kvm(jetstream(await server.client(t))).open(BUCKET);
    const pushed = await valuesOf(kv);
    assert.deepEqual(pushed, {
      'network.web': { name: 'web', cidr: '10.1.0.0/24', context: { version: '1.10', tier: '2', owner: null } },
      'network.web/2': { name: 'web', cidrs: ['10.2.0.0/24', '10.3.0.1'], inherit: false },
      'network.a.b=2E.B=C3=BCro=2F1=2E': { name: 'a.b..Büro/1.', cidr: '2001:db8::/32' },
      'exporter.edge': {
        name: 'edge',
        address: '192.0.2.1',
        sampling: { default: 1000 },
        interfaces: [{ index: 10, name: 'uplink', context: { speed: '1e3' } }],
      },
      'application.ssh': { name: 'ssh', proto: 'tcp', port: 22, network: 'web', order: 0 },
      'application.any': { name: 'any', proto: 6, order: 1 },
    });

    const pulled = await context(t, ...flags, 'pull');
    assert.deepEqual([pulled.code, pulled.stderr], [0, '']);
    assert.match(pulled.stdout, /applications:\n {2}- name: ssh\n[^]*- name: any\n/);
    const again = join(folder, 'again.yaml');
    writeFileSync(again, pulled.stdout);
    const same = await context(t, 'push', again, '-prune', ...flags);
    assert.match(same.stdout, /: 0 keys set, 0 deleted, 6 as they were\n$/);

    writeFileSync(
      path,
      'networks: [{ name: only, cidr: 10.9.0.0/16 }]\napplications: [{ name: x, port: 1, network: far }]\n',
    );
    const pruned = await context(t, 'push', '-prune', path, ...flags);
    assert.equal(pruned.stdout, `${path}: 2 keys set, 6 deleted, 0 as they were\n`);
    assert.match(pruned.stderr, /context\.yaml:2:16: there is no network named "far" now/);
    assert.deepEqual(Object.keys(await valuesOf(kv)).sort(), ['application.x', 'network.only']);

    await kv.put('network.bad', '{"name":"bad"}');
    const partial = await context(t, 'pull', ...flags);
    assert.equal(partial.code, 1);
    assert.equal(partial.stderr, 'network.bad: has no prefix: cidr, cidrs or range is expected\n');
    assert.match(partial.stdout, /- name: only\n/);
  },
);

test('context push and pull say what is in the way', { skip }, async (t) => {
  const server = await NatsServer.start(t, { config: 'authorization { user: ncg, password: secret }' });
  const flags = ['-context.nats.bucket', BUCKET, '-transport.nats.servers', server.url];
  const folder = temporaryFolder(t);
  const path = join(folder, 'context.yaml');
  const password = join(folder, 'password');
  writeFileSync(path, 'networks: [{ name: web, cidr: 10.1.0.0/99 }]\n');
  writeFileSync(password, 'secret\n');
  const auth = ['-transport.nats.user', 'ncg', '-transport.nats.password_file', password];
  const cases: [args: string[], code: number, stderr: RegExp][] = [
    [['push', path, ...flags], 1, /context\.yaml:1:31: networks\.0\.cidr: /],
    [['pull', ...flags], 1, /bucket ctx: .*Authorization Violation \(GF_NATS_BUCKET\)/],
    [['pull', ...flags, ...auth], 1, /bucket ctx: there is no bucket of this name/],
    [['pull', ...flags.slice(2)], 1, /-context\.nats\.bucket: is needed/],
    [['push', ...flags], 2, /push FILE/],
  ];
  for (const [args, code, stderr] of cases) {
    const result = await context(t, ...args);
    assert.match(result.stderr, stderr, args.join(' '));
    assert.equal(result.code, code, args.join(' '));
    assert.equal(result.stdout, '');
  }
  writeFileSync(path, 'networks_from: [{ file: more.csv }]\n');
  writeFileSync(join(folder, 'more.csv'), 'cidr,name\n10.0.0.0/8,x\n');
  assert.match(
    (await context(t, 'push', path, ...flags, ...auth)).stderr,
    /1:16: networks_from: bulk files are not pushed/,
  );
  writeFileSync(path, 'networks: [{ name: web, cidr: 10.1.0.0/16 }]\n');
  assert.equal((await context(t, 'push', path, ...flags, ...auth)).code, 0);
  assert.match((await context(t, 'pull', ...flags, ...auth)).stdout, /name: web/);
});

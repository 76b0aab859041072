import { test } from 'node:test';
import assert from 'node:assert/strict';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { aboutRoutes } from '#src/http/routes.js';
import { CollectorProcess } from '../support/collector-process.ts';
import { ContextCollector } from '../support/context-collector.ts';
import { eventually } from '../support/eventually.ts';
import { NatsServer, natsServerMissing as skip } from '../support/nats-server.ts';

const file = `networks:
  - { name: corp, cidr: 10.0.0.0/8, context: { site: fra1 } }
  - { name: web, cidr: 10.1.0.0/24, context: { tier: frontend } }
exporters:
  - { name: edge, address: 192.0.2.1, interfaces: [{ index: 10, name: uplink }], vrfs: [{ id: 7, name: red }] }
applications:
  - { name: ssh, proto: tcp, port: 22 }
`;

interface Page {
  readonly generation: number;
  readonly problems: string[];
  readonly sources: Record<string, unknown>[];
  readonly [name: string]: unknown;
}

/** Asks the HTTP server of a collector. */
async function ask(process: CollectorProcess, path: string): Promise<{ status: number; text: string }> {
  const line = () => process.log.find(({ msg }) => msg === 'starting HTTP server');
  await process.until(() => line() !== undefined);
  const response = await fetch(`http://127.0.0.1:${String(line()!['port'])}${path}`);
  return { status: response.status, text: await response.text() };
}

async function page(process: CollectorProcess, path: string): Promise<Page> {
  const { status, text } = await ask(process, path);
  assert.equal(status, 200, text);
  return JSON.parse(text) as Page;
}

test(
  'GET /context and /context/lookup: files and a bucket, their ages and sizes, mistakes, and why an address has what it has',
  { skip },
  async (t) => {
    const server = await NatsServer.start(t);
    const bucket = await new Kvm(jetstream(await server.client(t))).create('ctx');
    const value = JSON.stringify({ name: 'kv', cidr: '10.1.0.0/28', context: { tier: 'kv' } });
    await bucket.put('network.kv', value);
    const lost = JSON.stringify({ name: 'lost', port: 1, network: 'nowhere' });
    await bucket.put('application.lost', lost);
    const flags = ['-addr=127.0.0.1:0', '-context.nats.bucket=ctx', '-transport.nats.servers', server.url];
    const collector = new ContextCollector(t, file, flags);
    assert.deepEqual(await collector.contextOf('10.1.0.1'), {
      source_group: 'kv',
      source_site: 'fra1',
      source_tier: 'kv',
    });
    const context = await page(collector.process, '/context');
    const { networks, exporters, applications, lookups, hits, loads, errors } = context;
    assert.deepEqual(
      { networks, exporters, applications, lookups, hits, loads, errors },
      { networks: 3, exporters: 1, applications: 1, lookups: 2, hits: 1, loads: 1, errors: 0 },
    );
    assert.equal(context.generation, 1);
    assert.ok(Number(context['memory_bytes']) > 1000 && Number(context['age_seconds']) < 600);
    assert.deepEqual(context.problems, ['application.lost: there is no network named "nowhere"']);
    assert.deepEqual(
      context.sources.map(({ modified, age_seconds: age, ...source }) => {
        assert.ok(Math.abs(Date.parse(String(modified)) - Date.now()) < 600_000 && Number(age) < 600);
        return source;
      }),
      [
        { kind: 'file', name: collector.path, bytes: file.length },
        { kind: 'kv', name: 'ctx', bytes: `network.kv${value}application.lost${lost}`.length, objects: 2 },
      ],
    );

    const found = await page(
      collector.process,
      '/context/lookup?addr=10.1.0.1&exporter=192.0.2.1&ifindex=10&vrf=7&proto=tcp&port=22',
    );
    const {
      network,
      exporter,
      interface: port,
      vrf,
      application,
    } = found as unknown as Record<string, Record<string, unknown>>;
    assert.deepEqual([network!['name'], network!['attributes']], ['kv', { site: 'fra1', tier: 'kv' }]);
    assert.deepEqual(
      (network!['candidates'] as Record<string, unknown>[]).map(({ match, place, named, lostTo }) => [
        match,
        place,
        named,
        lostTo,
      ]),
      [
        ['10.0.0.0/8', { kind: 'file', source: collector.path, line: 2, column: 25 }, false, 'kv (10.1.0.0/28)'],
        ['10.1.0.0/24', { kind: 'file', source: collector.path, line: 3, column: 24 }, false, 'kv (10.1.0.0/28)'],
        ['10.1.0.0/28', { kind: 'kv', source: 'network.kv', line: 0, column: 0 }, true, undefined],
      ],
    );
    assert.deepEqual(
      [exporter, port, vrf, application].map((part) => part!['name']),
      ['edge', 'uplink', 'red', 'ssh'],
    );
    assert.equal((await page(collector.process, '/context/lookup?ip=2001:db8::1'))['exporter'], undefined);

    collector.write('networks: 1\n');
    await eventually(async () => (await page(collector.process, '/context')).problems.length === 2);
    const refused = await page(collector.process, '/context');
    assert.match(refused.problems[0]!, /context\.yaml:1:11: networks: a list is expected/);
    assert.deepEqual([refused.generation, refused['errors']], [1, 1]);
    await server.stop('SIGKILL');
    const source = async () => (await page(collector.process, '/context')).sources.at(-1)!;
    await eventually(async () => (await source())['trouble'] !== undefined);
    assert.equal((await source())['objects'], 2);
  },
);

test('GET /context/lookup says what is wrong with a question; without a context there is nothing to ask', async (t) => {
  const collector = new ContextCollector(t, file, ['-addr=127.0.0.1:0']);
  const cases: [query: string, answer: RegExp][] = [
    ['', /^\?addr=ADDRESS is expected/],
    ['?addr=', /^addr cannot be ""/],
    ['?addr=10.1.0', /^addr cannot be "10\.1\.0"/],
    ['?addr=10.1.0.1&exporter=x', /^exporter cannot be "x"/],
    ['?addr=10.1.0.1&ifindex=1', /^ifindex and vrf need an exporter/],
    ['?addr=10.1.0.1&exporter=192.0.2.1&ifindex=-1', /^ifindex cannot be "-1"/],
    ['?addr=10.1.0.1&proto=nothing', /^proto cannot be "nothing"/],
    ['?addr=10.1.0.1&port=1', /^port needs a proto/],
    ['?addr=10.1.0.1&proto=tcp&port=65536', /^port cannot be "65536"/],
    ['?addr=10.1.0.1&constructor=1', /^constructor is not known/],
  ];
  for (const [query, answer] of cases) {
    const { status, text } = await ask(collector.process, `/context/lookup${query}`);
    assert.equal(status, 400, query);
    assert.match(text, answer);
  }
  const many = Array.from({ length: 10 }, () => page(collector.process, '/context/lookup?addr=10.1.0.1'));
  for (const answer of await Promise.all(many)) assert.equal((answer['network'] as { name: string }).name, 'web');
  const without = new CollectorProcess(t, ['-listen=netflow://127.0.0.1:0', '-addr=127.0.0.1:0']);
  for (const path of ['/context', '/context/lookup?addr=10.1.0.1'])
    assert.equal((await ask(without, path)).status, 404);
});

test('D-12 what the context says is shown to this machine alone', () => {
  const details = new Map(aboutRoutes('').map(([path, about]) => [path, about.details]));
  assert.deepEqual([details.get('/context'), details.get('/context/lookup')], [true, true]);
});

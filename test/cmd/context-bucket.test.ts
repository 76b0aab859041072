import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { ContextCollector } from '../support/context-collector.ts';
import { NatsServer, natsServerMissing as skip } from '../support/nats-server.ts';

const BUCKET = 'goflow2-context';
const web = (cidr: string, application = 'web') => JSON.stringify({ name: 'web', cidr, context: { application } });

test(
  'a context by NATS KV: from the first flow on, put, update, refused, deleted, over a restart of the server; files are over it',
  { skip },
  async (t) => {
    const server = await NatsServer.start(t);
    const made = await new Kvm(jetstream(await server.client(t))).create(BUCKET);
    await made.put('network.web', web('10.1.0.0/24'));
    const collector = new ContextCollector(t, 'networks: [{ name: file, cidr: 10.9.0.0/24 }]\n', [
      '-context.nats.bucket',
      BUCKET,
      '-transport.nats.servers',
      server.url,
    ]);
    const groupOf = async (source: string) =>
      ((await collector.contextOf(source)) as Record<string, string>)?.['source_group'];
    const applicationOf = async (source: string, sourcePort: number) => {
      const [message] = await collector.messagesOf([{ source, destination: '203.0.113.1', sourcePort }]);
      return (message!['context'] as Record<string, string>)['application'];
    };
    /** What a put or a deletion has led to; within ten seconds on a machine that has other things to do. */
    const becomes = async (source: string, group: string | undefined) => {
      const deadline = performance.now() + 10_000;
      let now;
      while ((now = await groupOf(source)) !== group && performance.now() < deadline);
      assert.equal(now, group);
    };
    assert.equal(await groupOf('10.1.0.1'), 'web', 'there is a context before the first flow');
    assert.equal(await groupOf('10.9.0.1'), 'file');

    await made.put('network.db', JSON.stringify({ name: 'db', cidr: '10.2.0.0/24' }));
    await becomes('10.2.0.1', 'db');
    await made.put('network.web', web('10.3.0.0/24'));
    await becomes('10.3.0.1', 'web');
    assert.equal(await groupOf('10.1.0.1'), undefined);
    await made.put('network.own', JSON.stringify({ name: 'kv', cidr: '10.9.0.0/24' }));
    await made.put('network.web', '{"name":"web","cidr":"10.3.0.0/99"}');
    await made.put('nonsense', '{}');
    await made.put('network.late', JSON.stringify({ name: 'late', cidr: '10.4.0.0/24' }));
    await becomes('10.4.0.1', 'late');
    assert.equal(await groupOf('10.9.0.1'), 'file', 'a file is over the bucket');
    assert.equal(await groupOf('10.3.0.1'), 'web', 'what is refused leaves what was there before');

    // a rule that names a network which is not there is refused alone, until it is there
    await made.put('application.ssh', JSON.stringify({ name: 'ssh', proto: 'tcp', port: 22, network: 'bastion' }));
    await made.put('network.next', JSON.stringify({ name: 'next', cidr: '10.5.0.0/24' }));
    await becomes('10.5.0.1', 'next');
    assert.equal(await applicationOf('10.7.0.1', 22), undefined);
    await made.put('network.bastion', JSON.stringify({ name: 'bastion', cidr: '10.7.0.0/24' }));
    await becomes('10.7.0.1', 'bastion');
    assert.equal(await applicationOf('10.7.0.1', 22), 'ssh');
    await made.delete('network.bastion');
    await becomes('10.7.0.1', undefined);

    await server.stop('SIGKILL');
    assert.equal(await groupOf('10.4.0.1'), 'late');
    await server.run();
    const again = await new Kvm(jetstream(await server.client(t))).open(BUCKET);
    await again.delete('network.late');
    await becomes('10.4.0.1', undefined);
    assert.equal(await groupOf('10.2.0.1'), 'db');

    const { code } = await collector.process.stop();
    assert.equal(code, 0);
    const refused = collector.process.log.filter(({ msg }) => msg.startsWith('a value of the context cannot be used'));
    assert.deepEqual(new Set(refused.map(({ key }) => key)), new Set(['network.web', 'nonsense', 'application.ssh']));
  },
);

test(
  'a start with values in the bucket that go with nothing, and a file that names a network of it',
  { skip },
  async (t) => {
    const server = await NatsServer.start(t);
    const bucket = await new Kvm(jetstream(await server.client(t))).create(BUCKET);
    await bucket.put('application.x', JSON.stringify({ name: 'x', port: 1, network: 'nowhere' }));
    await bucket.put('network.web', web('10.1.0.0/24'));
    const collector = new ContextCollector(t, 'applications: [{ name: db, port: 5432, network: databases }]\n', [
      '-context.nats.bucket',
      BUCKET,
      '-transport.nats.servers',
      server.url,
    ]);
    assert.deepEqual(await collector.contextOf('10.1.0.1'), { source_group: 'web', source_application: 'web' });
    const problem = 'application.x: there is no network named "nowhere"';
    assert.equal(
      (await collector.logged('a value of the context cannot be used, going on with the one before'))['problem'],
      problem,
    );
    await collector.logged('parts of the context have no effect for now');
    assert.equal((await collector.process.stop()).code, 0);
    assert.equal(collector.process.books['kv_refused'], 1);
  },
);

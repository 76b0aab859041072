import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { KV } from '@nats-io/kv';
import { CollectorProcess } from '../support/collector-process.ts';
import { eventually } from '../support/eventually.ts';
import { data, ipfix, v9 } from '../support/exporter.ts';
import { NatsServer, natsServerMissing as skip } from '../support/nats-server.ts';

const BUCKET = 'goflow2-templates';

/** A collector that shares by a bucket, and the port that it listens to. */
async function collect(t: TestContext, url: string, more: readonly string[] = []) {
  const listen = ['-listen', 'netflow://127.0.0.1:0'];
  const collector = new CollectorProcess(t, [
    ...listen,
    ...more,
    '-templates.nats.bucket',
    BUCKET,
    '-transport.nats.servers',
    url,
  ]);
  const [port] = await collector.ports();
  return { collector, port: port! };
}

/** An exporter that keeps its port, wherever it sends to. */
function exporterFrom(t: TestContext) {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  return async (to: number, ...datagrams: Uint8Array[]): Promise<void> => {
    for (const datagram of datagrams) {
      await new Promise<void>((resolve) => socket.send(datagram, to, '127.0.0.1', () => resolve()));
    }
  };
}

async function keysOf(kv: KV): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of await kv.keys()) keys.push(key);
  return keys.sort();
}

async function openBucket(t: TestContext, server: NatsServer): Promise<KV> {
  return new Kvm(jetstream(await server.client(t))).open(BUCKET);
}

const templates = ipfix.message([ipfix.template(256, '1/4'), ipfix.optionsTemplate(300, ['149/4'], ['34/4'])]);
const rate = ipfix.message([data(300, '00000009 000003e8')]);
const flow = ipfix.message([data(256, '00000001')]);

test(
  'an exporter that moves is decoded by each collector, a fresh one decodes from its first datagram',
  { skip },
  async (t) => {
    const { url, nats } = await started(t);
    const [first, second] = await Promise.all([collect(t, url), collect(t, url)]);
    const send = exporterFrom(t);
    await send(first.port, templates, rate, flow);
    await first.collector.until(() => first.collector.flowCount === 1);
    for (let i = 0; i < 40; i++) await send(i % 2 === 0 ? second.port : first.port, flow);
    await second.collector.until(() => second.collector.flowCount === 20);
    const kv = await openBucket(t, nats);
    await eventually(async () => (await keysOf(kv)).length === 3);

    const third = await collect(t, url);
    await send(third.port, flow);
    await third.collector.until(() => third.collector.flowCount === 1);
    assert.equal(third.collector.flows[0]!['sampling_rate'], 1000);
    await third.collector.stop();
    assert.equal(third.collector.books['pending_in'] ?? 0, 0, 'nothing had to wait for its template');

    // a definition that changes is the one of all
    const changed = ipfix.message([ipfix.template(256, '2/4', '1/4')], { exportSeconds: 1_704_067_300 });
    await send(second.port, changed);
    const read = ipfix.message([data(256, '00000005 00000006')]);
    await eventually(async () => {
      await send(first.port, read);
      return first.collector.flows.at(-1)!['packets'] === 5;
    });
    // an older one that somebody writes later is not: it is corrected
    const key = 'template.7f000001.10.9.256';
    const older = (await kv.get(key))!.string().replace('1704067300', '1704067200').replace('"type":2,', '"type":85,');
    await kv.put(key, older.replace(/"by":"[^"]*"/, '"by":"other"'));
    await eventually(async () => (await kv.get(key))!.string().includes('"type":2,'));
    for (const { collector } of [first, second]) {
      await collector.stop();
      assert.equal(collector.books['sets_skipped:no_template_expired'] ?? 0, 0);
    }
  },
);

test(
  'D-9 forged sources write no key, and what an exporter that began anew had sent is deleted',
  { skip },
  async (t) => {
    const { url, nats } = await started(t);
    const { collector, port } = await collect(t, url);
    const kv = await openBucket(t, nats);
    const send = exporterFrom(t);
    await send(port, ...Array.from({ length: 50 }, (_, i) => ipfix.message([ipfix.template(256 + i, '1/4')])));
    await send(port, v9.message([v9.template(256, '1/4')], { domain: 5 }));
    // long enough for a key, were there to be one
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(await keysOf(kv), []);

    await send(port, v9.message([data(256, '00000001')], { domain: 5 }));
    await eventually(async () => (await keysOf(kv)).length === 51);
    assert.ok((await keysOf(kv)).includes('template.7f000001.9.5.256'));
    const again = { domain: 5, sysUptimeMs: 1_000, exportSeconds: 1_704_067_260 };
    await send(port, v9.message([data(256, '00000001')], again));
    await eventually(async () => !(await keysOf(kv)).includes('template.7f000001.9.5.256'));
    await collector.stop();
  },
);

test(
  'learned names are shared: a fresh collector has them on its first flow, and the latest one holds everywhere',
  { skip },
  async (t) => {
    const { url, nats } = await started(t);
    const learning = ['-context.learned', 'on'];
    const [first, second] = await Promise.all([collect(t, url, learning), collect(t, url, learning)]);
    const send = exporterFrom(t);
    const kv = await openBucket(t, nats);
    const named = (text: string) => ipfix.message([data(301, `00000003 ${Buffer.from(text).toString('hex')}`)]);
    const seen = ipfix.message([data(257, '00000003')]);
    const nameTemplates = [ipfix.template(257, '10/4'), ipfix.optionsTemplate(301, ['10/4'], ['82/4'])];
    // a template and its data in one datagram prove nothing (D-9)
    await send(first.port, ipfix.message([...nameTemplates, data(301, '00000003 6161 6161')]));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.deepEqual(await keysOf(kv), []);

    const key = 'names.7f000001.10.9.interface.0';
    await send(first.port, named('Gi03'), seen);
    await eventually(async () => (await kv.get(key))?.string().includes('"Gi03"') === true);
    const third = await collect(t, url, learning);
    await send(third.port, seen);
    await third.collector.until(() => third.collector.flowCount === 1);
    assert.deepEqual(third.collector.flows[0]!['context'], { in_if: 'Gi03' });

    await send(second.port, named('Te03'));
    await eventually(async () => (await kv.get(key))?.string().includes('"Te03"') === true);
    const isNewest = async ({ collector, port }: typeof first) => {
      const before = collector.flowCount;
      await send(port, seen);
      await collector.until(() => collector.flowCount > before);
      return JSON.stringify(collector.flows.at(-1)!['context']).includes('Te03');
    };
    await eventually(() => isNewest(first));
    await eventually(() => isNewest(third));
    // a value that lacks what is known is completed; what is no names is refused
    const other = (await kv.get(key))!.string().replace(/"by":"[^"]*"/, '"by":"other"');
    await kv.put(key, other.replace('"id":"3"', '"id":"4"').replace('Te03', 'Te04'));
    await eventually(async () => /"Te03".*"Te04"/.test((await kv.get(key))!.string()));
    await kv.put('names.7f000001.10.9.interface.1', other);
    await first.collector.until(() => first.collector.log.some(({ msg }) => msg.includes('cannot be used')));
    for (const { collector } of [first, second, third]) await collector.stop();
  },
);

test('without the server each collector goes on alone, and catches up', { skip }, async (t) => {
  const { url, nats } = await started(t);
  const [first, second] = await Promise.all([collect(t, url), collect(t, url)]);
  const send = exporterFrom(t);
  await nats.stop('SIGKILL');
  await send(first.port, templates, rate, flow);
  await first.collector.until(() => first.collector.flowCount === 1);
  await nats.run();
  const kv = await openBucket(t, nats);
  const sampled = () => second.collector.flows.some((row) => row['sampling_rate'] === 1000);
  let sent = 0;
  for (; !sampled() && sent < 200; sent++) {
    await send(second.port, flow);
    await second.collector.until(() => second.collector.flowCount > sent);
  }
  assert.ok(sampled());

  // what nobody understands changes nothing
  await kv.put('template.7f000001.10.9.256', '{"definitions":[{"ports":[1],"export_seconds":1,"template":7}]}');
  await kv.put('template.zz', 'no JSON');
  await second.collector.until(() => second.collector.log.some(({ msg }) => msg.includes('cannot be used')));
  await send(second.port, flow);
  await second.collector.until(() => second.collector.flowCount === sent + 1);
  await second.collector.stop();
  assert.equal(second.collector.books['kv_refused'], 2);
  await first.collector.stop();
});

test('a collector starts without the server, and says so', async (t) => {
  const { collector } = await collect(t, 'nats://127.0.0.1:9');
  assert.ok(
    collector.log.some(({ msg }) => msg.includes('starting without')),
    collector.stderr,
  );
  assert.equal((await collector.stop()).code, 0);
});

async function started(t: TestContext): Promise<{ nats: NatsServer; url: string }> {
  const nats = await NatsServer.start(t);
  return { nats, url: nats.url };
}

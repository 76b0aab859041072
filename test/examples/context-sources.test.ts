import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { networksOf, parseLeases } from '../../examples/context-sources/src/dhcp.ts';
import { networkOf } from '../../examples/context-sources/src/kubernetes.ts';
import type { Pod } from '../../examples/context-sources/src/kubernetes.ts';
import { ChildProgram } from '../support/child-program.ts';
import { ContextCollector } from '../support/context-collector.ts';
import { NatsServer, natsServerMissing as skip } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const main = fileURLToPath(new URL('../../examples/context-sources/src/main.js', import.meta.url));

function program(t: TestContext, server: NatsServer, ...args: string[]): ChildProgram {
  return new ChildProgram(t, ['/usr/bin/env', `NATS_URL=${server.url}`, process.execPath, main, ...args]);
}

function pod(name: string, ip: string | undefined, version: number, more: Partial<Pod> = {}): Pod {
  return {
    metadata: { namespace: 'shop', name, labels: { app: 'checkout' }, resourceVersion: String(version) },
    spec: { nodeName: 'node-1' },
    status: { phase: 'Running', ...(ip === undefined ? {} : { podIPs: [{ ip }] }) },
    ...more,
  };
}

/** An API server with pods: lists them, and tells those who watch what changes. */
class PodApi {
  readonly #watches = new Set<ServerResponse>();
  readonly queries: string[] = [];
  pods: Pod[] = [];
  url = '';

  static async start(t: TestContext, pods: Pod[]): Promise<PodApi> {
    const api = new PodApi();
    api.pods = pods;
    const server = createServer((request, response) => {
      const url = new URL(request.url!, 'http://localhost');
      api.queries.push(url.search);
      if (url.searchParams.get('watch') === null) {
        response.end(JSON.stringify({ metadata: { resourceVersion: '10' }, items: api.pods }));
        return;
      }
      response.flushHeaders();
      api.#watches.add(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/pods`;
    return api;
  }

  get watches(): number {
    return this.#watches.size;
  }

  tell(type: string, object: unknown): void {
    for (const watch of this.#watches) watch.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** Ends all watches, as a server does now and then. */
  end(): void {
    for (const watch of this.#watches) watch.end();
    this.#watches.clear();
  }
}

test('pods of Kubernetes and hosts of DHCP are in the context of flows, as they come and go', { skip }, async (t) => {
  const server = await NatsServer.start(t);
  const bucket = await new Kvm(jetstream(await server.client(t))).create('goflow2-context');
  await bucket.put('network.pod.shop.gone', JSON.stringify({ name: 'gone', cidr: '10.1.0.9' }));
  const leases = join(temporaryFolder(t), 'dnsmasq.leases');
  writeFileSync(leases, '0 52:54:00:12:34:56 10.9.0.3 printer-3 *\n1 52:54:00:00:00:01 10.9.0.4 old *\n');
  const api = await PodApi.start(t, [pod('checkout-1', '10.1.0.1', 1)]);
  const kubernetes = program(t, server, 'kubernetes', api.url);
  const dhcp = program(t, server, 'dhcp', leases);
  const flags = ['-context.nats.bucket=goflow2-context', `-transport.nats.servers=${server.url}`];
  const collector = new ContextCollector(t, 'networks: []\n', flags);

  /** Sends flows until they have this context; half a minute on a machine that has other things to do. */
  const becomes = async (source: string, destination: string, context: Record<string, string>) => {
    const deadline = performance.now() + 30_000;
    let now: unknown;
    do now = await collector.contextOf(source, destination);
    while (JSON.stringify(now) !== JSON.stringify(context) && performance.now() < deadline);
    assert.deepEqual(now, context, `${kubernetes.stderr}${dhcp.stderr}`);
  };
  const checkout = (name: string) => ({
    source_group: 'shop/checkout',
    source_application: 'checkout',
    source_namespace: 'shop',
    source_node: 'node-1',
    source_pod: name,
  });
  await becomes('10.1.0.1', '10.9.0.3', {
    source_group: 'shop/checkout',
    destination_group: 'printer-3',
    source_application: 'checkout',
    source_namespace: 'shop',
    source_node: 'node-1',
    source_pod: 'checkout-1',
    destination_host: 'printer-3',
    destination_mac: '52:54:00:12:34:56',
  });
  await becomes('10.1.0.9', '10.9.0.4', {}); // what is not there any more

  await kubernetes.until(() => api.watches === 1);
  api.tell('ADDED', pod('checkout-2', undefined, 11));
  api.tell('MODIFIED', pod('checkout-2', '10.1.0.2', 12));
  api.tell('DELETED', pod('checkout-1', '10.1.0.1', 13));
  api.tell('BOOKMARK', { metadata: { resourceVersion: '20' } });
  await becomes('10.1.0.2', '10.9.9.9', checkout('checkout-2'));
  await becomes('10.1.0.1', '10.9.9.9', {});
  api.end();
  await kubernetes.until(() => api.watches === 1, 30_000);
  assert.match(api.queries.at(-1)!, /resourceVersion=20$/);
  api.pods = [pod('checkout-3', '10.1.0.3', 30)];
  api.tell('ERROR', { code: 410 });
  await becomes('10.1.0.3', '10.9.9.9', checkout('checkout-3'));
  await becomes('10.1.0.2', '10.9.9.9', {});

  writeFileSync(leases, '0 52:54:00:12:34:57 10.9.0.5 * *\n');
  await becomes('10.9.0.5', '10.9.0.3', { source_group: '52:54:00:12:34:57', source_mac: '52:54:00:12:34:57' });
  for (const each of [kubernetes, dhcp]) assert.deepEqual(await each.stop(), { code: 0, signal: null });
});

test('a watch from a file ends with it', { skip }, async (t) => {
  const server = await NatsServer.start(t);
  const path = join(temporaryFolder(t), 'watch.json');
  const events = [
    { type: 'ADDED', object: pod('a', '10.1.0.1', 1) },
    { type: 'ADDED', object: pod('b', '10.1.0.2', 2) },
    { type: 'DELETED', object: pod('a', '10.1.0.1', 3) },
  ];
  writeFileSync(path, events.map((event) => JSON.stringify(event)).join('\n'));
  const child = program(t, server, 'kubernetes', path, 'ctx');
  assert.deepEqual(await child.ended, { code: 0, signal: null }, child.stderr);
  const bucket = await new Kvm(jetstream(await server.client(t))).open('ctx');
  const keys: string[] = [];
  for await (const key of await bucket.keys()) keys.push(key);
  assert.deepEqual(keys, ['network.pod.shop.b']);
  assert.equal((await program(t, server, 'nonsense').ended).code, 2);
});

test('which pods have a network of their own', () => {
  assert.equal(networkOf(pod('a', undefined, 1)), undefined);
  assert.equal(networkOf(pod('a', '10.0.0.1', 1, { spec: { hostNetwork: true } })), undefined);
  assert.equal(
    networkOf(pod('a', '10.0.0.1', 1, { status: { phase: 'Failed', podIPs: [{ ip: '10.0.0.1' }] } })),
    undefined,
  );
  const owned = { metadata: { namespace: 'x', name: 'a-1', ownerReferences: [{ kind: 'ReplicaSet', name: 'a' }] } };
  assert.deepEqual(networkOf({ ...owned, status: { podIPs: [{ ip: '10.0.0.1' }, { ip: '2001:db8::1' }] } }), {
    name: 'x/a',
    cidrs: ['10.0.0.1', '2001:db8::1'],
    context: { namespace: 'x', pod: 'a-1' },
  });
});

test('leases of dnsmasq and of ISC dhcpd', () => {
  const dnsmasq = '1700000000 52:54:00:12:34:56 10.9.0.3 printer *\nduid 00:01\n0 1234 2001:db8::7 nas 00:01\n';
  assert.deepEqual(Object.keys(Object.fromEntries(networksOf(parseLeases(dnsmasq), 1_700_000_000))), ['2001-db8--7']);
  const isc = `# comment
lease 10.9.0.5 {
  starts 2 2023/11/14 22:00:00;
  ends 2 2023/11/14 22:13:20;
  binding state active;
  hardware ethernet 52:54:00:00:00:05;
  client-hostname "five";
}
lease 10.9.0.6 {
  ends never;
  binding state active;
  hardware ethernet 52:54:00:00:00:06;
}
lease 10.9.0.7 {
  ends 2 2033/11/14 22:13:20;
  binding state free;
}
lease 10.9.0.8 {
  ends epoch 1700000001; # Tue Nov 14
  binding state active;
}
`;
  assert.deepEqual(
    [...networksOf(parseLeases(isc), 1_699_999_999).values()],
    [
      { name: 'five', cidrs: ['10.9.0.5'], context: { host: 'five', mac: '52:54:00:00:00:05' } },
      { name: '52:54:00:00:00:06', cidrs: ['10.9.0.6'], context: { mac: '52:54:00:00:00:06' } },
      { name: '10.9.0.8', cidrs: ['10.9.0.8'], context: {} },
    ],
  );
  assert.deepEqual([...networksOf(parseLeases(isc), 1_700_000_000).keys()], ['10.9.0.6', '10.9.0.8']);
});

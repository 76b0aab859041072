import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { NatsServer } from './nats-server.ts';

/** Three NATS servers of a test's own that form a cluster. */
export class NatsCluster {
  readonly servers: readonly NatsServer[];

  private constructor(servers: readonly NatsServer[]) {
    this.servers = servers;
  }

  /** Resolves when streams with three copies can be made. */
  static async start(t: Pick<TestContext, 'after'>): Promise<NatsCluster> {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const routes = ports.map((port) => `nats-route://127.0.0.1:${port}`).join(', ');
    const servers = await Promise.all(
      ports.map((port, i) =>
        NatsServer.start(t, {
          config: [
            `server_name: s${i}`,
            `cluster { name: c, listen: "127.0.0.1:${port}", routes: [${routes}] }`,
            'lame_duck_duration: "30s"',
            'lame_duck_grace_period: "5s"',
          ].join('\n'),
        }),
      ),
    );
    const manager = await jetstreamManager(await servers[0]!.client(t), { checkAPI: false });
    const probe = { name: 'probe', subjects: ['probe'], num_replicas: 3 };
    for (let tries = 0; ; tries++) {
      try {
        await manager.streams.add(probe);
        await manager.streams.delete('probe');
        return new NatsCluster(servers);
      } catch (error) {
        if (tries === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import type { TestContext } from 'node:test';

/** Stands between a client and a server on this machine, and can lose what one of them says. */
export class TcpRelay {
  port = 0;
  /** What the server says reaches nobody. */
  muted = false;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  /** With `tls` it speaks TLS with the client from the first octet on, and not with the server. */
  static async start(t: Pick<TestContext, 'after'>, target: number, tls?: TlsOptions): Promise<TcpRelay> {
    const relay = new TcpRelay();
    const accept = (client: Socket): void => relay.#accept(client, target);
    const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
    server.on('tlsClientError', () => {});
    relay.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    relay.port = (server.address() as AddressInfo).port;
    t.after(() => relay.stop());
    return relay;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.cut();
    this.#server?.close();
  }

  #accept(client: Socket, target: number): void {
    const server = connect(target, '127.0.0.1');
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (data) => server.write(data));
    server.on('data', (data) => {
      if (!this.muted) client.write(data);
    });
  }
}

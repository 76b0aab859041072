import { NatsConnectionImpl, PermissionViolationError } from '@nats-io/transport-node';
import type { Authenticator, NatsConnection } from '@nats-io/transport-node';
import { wordsOf } from './dial-failure.ts';
import type { NatsServer } from './server-list.ts';
import { discoveredServer } from './server-list.ts';
import { useOurSockets } from './socket.ts';
import type { DialOptions, NatsSocket } from './socket.ts';
import type { TlsPolicy } from './tls.ts';

/** A server that does not even say who it is within this time is not there. */
const DIAL_MS = 5_000;
/** A connection without a sign of life is given up after three of these. */
const PING_MS = 10_000;

/** What a session is made with. */
export interface SessionParts {
  readonly server: NatsServer;
  readonly tls: TlsPolicy;
  readonly authenticator: Authenticator | undefined;
  readonly name: string;
  readonly inboxPrefix: string;
}

/** One connection to one server, from its beginning to its end. It is never repaired: its owner makes another one. */
export class Session {
  readonly nc: NatsConnection;
  readonly socket: NatsSocket;
  readonly server: NatsServer;
  /** Settles with the reason when the connection is over. */
  readonly closed: Promise<string>;
  /** Told when the server refuses something for want of a permission. */
  onPermissionDenied: ((operation: string, subject: string, detail: string) => void) | undefined;
  /** Told when the server is about to stop. */
  onLameDuck: (() => void) | undefined;
  /** Told when the list of {@link otherServers} has changed. */
  onServers: (() => void) | undefined;
  #lastError: string | undefined;

  private constructor(nc: NatsConnection, socket: NatsSocket, server: NatsServer) {
    this.nc = nc;
    this.socket = socket;
    this.server = server;
    this.closed = nc.closed().then((error) => this.#lastError ?? (error ? wordsOf(error) : 'connection closed'));
    void this.#watch();
  }

  /** Connects; rejects with what was in the way. */
  static async open({ server, tls, authenticator, name, inboxPrefix }: SessionParts): Promise<Session> {
    const options: DialOptions = {
      // Where to is known to the socket alone.
      servers: ['localhost'],
      dial: { server, tls, socket: undefined },
      name,
      reconnect: false,
      resolve: false,
      timeout: DIAL_MS,
      pingInterval: PING_MS,
      maxPingOut: 2,
      inboxPrefix,
      noAsyncTraces: true,
      // Called right before the library asks for a socket.
      reconnectToServer: () => {
        useOurSockets();
        return null;
      },
      ...(authenticator === undefined ? {} : { authenticator }),
    };
    const nc = await NatsConnectionImpl.connect(options);
    const { socket } = options.dial;
    if (socket !== undefined) return new Session(nc, socket, server);
    await nc.close();
    throw new Error('another NATS client of this process was in the way');
  }

  /** Most octets of headers and payload in a message. */
  get maxPayload(): number {
    return this.nc.info?.max_payload ?? 0;
  }

  /** Other servers of its cluster, as it has told of them. */
  get otherServers(): NatsServer[] {
    const texts = this.nc.info?.connect_urls ?? [];
    return texts.flatMap((text) => discoveredServer(text, this.server) ?? []);
  }

  async close(reason?: string): Promise<void> {
    this.#lastError ??= reason;
    await this.nc.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (status.type === 'ldm') this.onLameDuck?.();
      if (status.type === 'update') this.onServers?.();
      if (status.type === 'staleConnection') this.#lastError = 'the server did not answer pings';
      if (status.type !== 'error') continue;
      const { error } = status;
      if (error instanceof PermissionViolationError) {
        this.onPermissionDenied?.(error.operation, error.subject, error.message);
      } else {
        this.#lastError = wordsOf(error);
      }
    }
  }
}

import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { setTransportFactory } from '@nats-io/transport-node';
import type { ConnectionOptions, Server, ServerInfo, Transport } from '@nats-io/transport-node';
import { version } from '../../config/version.ts';
import type { NatsServer } from './server-list.ts';
import { tlsFor } from './tls.ts';
import type { TlsPolicy } from './tls.ts';

/** Longest first line of a server. */
const LONGEST_INFO = 64 * 1024;

/** The server and the client do not agree about TLS. */
export class TlsDisagreement extends Error {
  override name = 'TlsDisagreement';
}

/** What a socket connects to, handed through the library with its own options. */
export interface DialOptions extends ConnectionOptions {
  readonly dial: {
    readonly server: NatsServer;
    readonly tls: TlsPolicy;
    /** Comes back: the socket of this connection. */
    socket: NatsSocket | undefined;
  };
}

/** Where a connection of somebody else in this process goes, which the library has given one of our sockets. */
function foreignDial(server: Server, { tls }: ConnectionOptions): DialOptions['dial'] {
  const options = typeof tls === 'object' && tls !== null ? (tls as TlsPolicy['options']) : {};
  const name = server.tlsName === '' ? server.hostname : server.tlsName;
  return {
    server: { host: server.hostname, port: server.port, tls: false, certificateName: name },
    tls: { required: tls !== undefined && tls !== null, first: tls?.handshakeFirst === true, options },
    socket: undefined,
  };
}

/**
 * The socket below a connection of the client library, which asks for one by its interface `Transport`. It is our own
 * because of what the one of the library lacks here: a certificate for an IP address is verified against that address,
 * a socket that never answers is closed with its attempt, and octets can be written past the library, with word of when
 * the kernel has taken them.
 */
export class NatsSocket implements Transport {
  readonly lang = 'goflow2plus';
  readonly version = version;
  closeError?: Error;
  readonly #closed: Promise<Error | void>;
  #settleClosed!: (error: Error | void) => void;
  #socket: Socket | undefined;
  #over = false;
  #received: Uint8Array[] = [];
  #wake: (() => void) | undefined;

  constructor() {
    this.#closed = new Promise((resolve) => (this.#settleClosed = resolve));
  }

  get isClosed(): boolean {
    return this.#over;
  }

  /** Octets that were written and that the kernel has not taken yet. */
  get queued(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /** Connects, reads the first line of the server and changes to TLS where that is called for. */
  async connect(asked: Server, options: ConnectionOptions): Promise<void> {
    const dial = (options as Partial<DialOptions>).dial ?? foreignDial(asked, options);
    dial.socket = this;
    const { host, port } = dial.server;
    const { required, first } = dial.tls;
    const tls = tlsFor(dial.server, dial.tls.options);
    if (first) {
      await this.#open(connectTls({ ...tls, host, port }), 'secureConnect');
    } else {
      await this.#open(connectTcp({ host, port }), 'connect');
    }
    const { info, line, rest } = await this.#readInfo();
    if (!first && (required || info.tls_required === true)) {
      if (info.tls_required !== true && info.tls_available !== true) {
        throw new TlsDisagreement('the server does not speak TLS');
      }
      // Whatever came in the clear behind the first line may be from anybody: it is left out.
      await this.#open(connectTls({ ...tls, socket: this.#socket! }), 'secureConnect');
      this.#received.push(line);
    } else {
      this.#received.push(line, rest);
    }
    // A close while this was under way has nothing to do with the caller any more.
    if (this.#over) throw new Error('closed while connecting');
    this.#socket!.on('data', (data) => {
      this.#received.push(data);
      this.#wake?.();
    });
    this.#socket!.on('error', (error) => (this.closeError = error));
    this.#socket!.on('close', () => this.#end(this.closeError));
    // The server has ended its side: nothing that we still send would be answered.
    this.#socket!.on('end', () => this.#socket!.destroy());
    this.#socket!.resume();
  }

  isEncrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** Whether the certificate of the server was verified. */
  get authorized(): boolean {
    return this.#socket instanceof TLSSocket && this.#socket.authorized;
  }

  send(frame: Uint8Array): void {
    if (!this.#over) this.#socket?.write(frame);
  }

  /** Writes octets that the caller may overwrite once `done` was called, which happens in every case. */
  write(octets: Uint8Array, done: () => void): void {
    if (this.#over || this.#socket === undefined) queueMicrotask(done);
    else this.#socket.write(octets, () => done());
  }

  close(error?: Error): Promise<void> {
    this.#end(error);
    return Promise.resolve();
  }

  disconnect(): void {
    this.#end(undefined);
  }

  discard(): void {
    this.#end(undefined);
  }

  closed(): Promise<Error | void> {
    return this.#closed;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      while (!this.#over || this.#received.length > 0) {
        const received = this.#received;
        this.#received = [];
        for (const octets of received) yield octets;
        if (this.#received.length === 0 && !this.#over) {
          await new Promise<void>((resolve) => (this.#wake = resolve)); // eslint-disable-line no-await-in-loop
          this.#wake = undefined;
        }
      }
    } finally {
      // The reader has given up, over octets that are no NATS protocol: without it the connection is useless.
      this.#end(this.closeError ?? new Error('the server does not speak the NATS protocol'));
    }
  }

  #end(error: Error | undefined): void {
    if (this.#over) return;
    this.#over = true;
    if (error !== undefined) this.closeError = error;
    this.#socket?.destroy();
    this.#wake?.();
    this.#settleClosed(error);
  }

  /** Waits until a new socket is open, and makes it the one of this connection. */
  #open(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
    const below = this.#socket;
    this.#socket = socket;
    socket.setNoDelay(true);
    return new Promise((resolve, reject) => {
      const failed = (error?: Error): void => {
        below?.destroy();
        socket.destroy();
        socket.on('error', ignore);
        reject(error ?? new Error('the server has closed the connection'));
      };
      const closed = (): void => failed();
      socket.once('error', failed);
      socket.once('close', closed);
      socket.once(event, () => {
        socket.off('error', failed);
        socket.off('close', closed);
        resolve();
      });
      if (this.#over) failed();
    });
  }

  /** The first line, which the library will want to read too. */
  #readInfo(): Promise<{ info: ServerInfo; line: Uint8Array; rest: Uint8Array }> {
    const socket = this.#socket!;
    let octets = Buffer.alloc(0);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        socket.off('data', onData);
        socket.off('error', failed);
        socket.off('close', closed);
        socket.pause();
      };
      const failed = (error: Error): void => {
        stop();
        socket.destroy();
        socket.on('error', ignore);
        reject(error);
      };
      const closed = (): void => failed(new Error('the server has closed the connection'));
      const onData = (data: Buffer): void => {
        octets = Buffer.concat([octets, data]);
        const end = octets.indexOf('\r\n');
        const text = octets.subarray(0, end < 0 ? octets.length : end).toString('utf8');
        if (!'INFO '.startsWith(text.slice(0, 5)) || octets.length > LONGEST_INFO) {
          failed(new Error('it does not speak the NATS protocol'));
        } else if (end >= 0) {
          stop();
          try {
            const info = JSON.parse(text.slice(5)) as ServerInfo;
            resolve({ info, line: octets.subarray(0, end + 2), rest: octets.subarray(end + 2) });
          } catch (error) {
            failed(error as Error);
          }
        }
      };
      socket.on('data', onData);
      socket.once('error', failed);
      socket.once('close', closed);
    });
  }
}

function ignore(): void {}

/** Has the library take our sockets from now on. Others in this process may do the same for theirs. */
export function useOurSockets(): void {
  setTransportFactory({ factory: () => new NatsSocket() });
}

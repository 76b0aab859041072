import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { eventually } from './eventually.ts';

const program = ['/usr/sbin/nats-server', '/usr/bin/nats-server'].find((path) => existsSync(path));

/** For `test(..., { skip })`: what is missing, or false. */
export const natsServerMissing: string | false =
  program === undefined ? 'nats-server is not installed (Debian: nats-server)' : false;

export interface NatsServerOptions {
  /** Lines of the configuration file, besides where it listens and stores. */
  readonly config?: string;
  /** `false`: without JetStream. */
  readonly jetstream?: boolean;
  /** Most octets of all streams together, as the server writes it. */
  readonly maxFileStore?: string;
}

/** A NATS server of a test's own on 127.0.0.1: a free port, its store in a temporary folder, gone with the test. */
export class NatsServer {
  port = 0;
  readonly folder: string;
  readonly #options: NatsServerOptions;
  #config: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, options: NatsServerOptions) {
    this.folder = folder;
    this.#options = options;
    this.#config = options.config ?? '';
  }

  static async start(t: Pick<TestContext, 'after'>, options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = NatsServer.prepare(t, options);
    await server.run();
    return server;
  }

  /** A server that is not running yet: {@link run} starts it, on a port that is free then. */
  static prepare(t: Pick<TestContext, 'after'>, options: NatsServerOptions = {}): NatsServer {
    const folder = mkdtempSync(join(tmpdir(), 'goflow2plus-nats-'));
    const server = new NatsServer(folder, options);
    t.after(async () => {
      await server.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    });
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#process!.pid!;
  }

  /** Starts it, on the port that it had when it ran before; resolves when it takes connections. */
  async run(): Promise<void> {
    const ports = join(this.folder, 'ports');
    rmSync(ports, { recursive: true, force: true });
    mkdirSync(ports);
    this.#writeConfig(this.port === 0 ? -1 : this.port);
    const child = spawn(program!, ['-c', join(this.folder, 'server.conf'), '--ports_file_dir', ports], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    let log = '';
    child.stderr.on('data', (chunk) => (log += String(chunk)));
    await eventually(
      () => {
        if (child.exitCode !== null) throw new Error(`nats-server ended: ${log}`);
        const file = readdirSync(ports).find((name) => name.endsWith('.ports'));
        if (file === undefined) return false;
        const text = readFileSync(join(ports, file), 'utf8');
        if (!text.trimEnd().endsWith('}')) return false;
        const { nats } = JSON.parse(text) as { nats: string[] };
        this.port = Number(/:(\d+)$/.exec(nats[0]!)![1]);
        return true;
      },
      () => `nats-server did not start: ${log}`,
    );
  }

  /** Ends it; resolves when it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGCONT');
    child.kill(signal);
    await ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process!.kill(signal);
  }

  /** Uses another configuration, without a restart. */
  reconfigure(config: string): void {
    this.#config = config;
    this.#writeConfig(this.port);
    this.signal('SIGHUP');
  }

  /** A connection with the official client, closed with the test. */
  async client(t: Pick<TestContext, 'after'>, options: NodeConnectionOptions = {}): Promise<NatsConnection> {
    const nc = await connect({ servers: this.url, maxReconnectAttempts: -1, reconnectTimeWait: 100, ...options });
    t.after(() => nc.close());
    return nc;
  }

  #writeConfig(port: number): void {
    const { maxFileStore = '20GB' } = this.#options;
    const store = JSON.stringify(join(this.folder, 'store'));
    const jetstream = `jetstream { store_dir: ${store}, max_file_store: ${maxFileStore} }`;
    const lines = [
      `listen: "127.0.0.1:${port}"`,
      ...(this.#options.jetstream === false ? [] : [jetstream]),
      this.#config,
    ];
    writeFileSync(join(this.folder, 'server.conf'), `${lines.join('\n')}\n`);
  }
}

/** A message of a stream, as the official client gives it. */
export interface StreamMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly count: number;
  readonly id: string;
}

/** Reads all messages of a stream, by an ordered consumer of the official client. */
export async function readStream(nc: NatsConnection, stream: string): Promise<StreamMessage[]> {
  const manager: JetStreamManager = await jetstreamManager(nc);
  const { state } = await manager.streams.info(stream);
  const messages: StreamMessage[] = [];
  if (state.messages === 0) return messages;
  const consumer = await jetstream(nc).consumers.get(stream);
  const iterator = await consumer.consume();
  for await (const message of iterator) {
    const { subject, data, headers, seq } = message;
    messages.push({
      subject,
      data: data.slice(),
      count: Number(headers?.get('Goflow2-Count') ?? 1) || 1,
      id: headers?.get('Nats-Msg-Id') ?? '',
    });
    if (seq >= state.last_seq) break;
  }
  return messages;
}

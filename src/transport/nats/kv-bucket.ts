import { DeliverPolicy, DiscardPolicy, JetStreamApiError, StorageType, jetstream } from '@nats-io/jetstream';
import type { JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import { NoRespondersError, RequestError, TimeoutError, headers } from '@nats-io/transport-node';
import { ConfigError } from '../../config/errors.ts';
import type { Logger } from '../../log/logger.ts';
import type { Counters } from '../../metrics/counters.ts';
import { Connection } from './connection.ts';
import { wordsOf } from './dial-failure.ts';
import type { Session } from './session.ts';
import type { NatsConnectionSettings, NatsStreamSettings } from './settings.ts';

/** Number of JetStream's list of errors: there is no such stream, and so no bucket. */
const NO_STREAM = 10_059;

/** Header of a message that ends a key: DEL or PURGE. */
const OPERATION = 'KV-Operation';

/** Where a bucket is, and what it is made with when it is missing. */
export interface KvSettings {
  readonly bucket: string;
  readonly connection: NatsConnectionSettings;
  readonly stream: Pick<NatsStreamSettings, 'domain' | 'apiPrefix' | 'replicas' | 'storage'>;
  /** false: a bucket that is missing stays so, and is an error. */
  readonly create?: boolean;
}

/** The value of a key as it is now; undefined when it was deleted. */
export interface KvChange {
  readonly key: string;
  readonly value: Uint8Array | undefined;
  /** When it was set, by the clock of the server, Unix milliseconds. */
  readonly atMs: number;
}

export interface KvEvents {
  /** The values that follow are those of all keys, until {@link caughtUp}: what was known before may be gone. */
  opened(): void;
  changed(change: KvChange): void;
  caughtUp(): void;
  /** What keeps it from being used; without this the log tells it once. */
  trouble?(detail: string): void;
}

/** @throws ConfigError for what no bucket can be called */
export function checkBucket(option: string, bucket: string): void {
  if (/^[-\w]+$/.test(bucket)) return;
  const why = `${JSON.stringify(bucket)}: a name of a bucket has letters, digits, - and _`;
  throw new ConfigError('GF_OPTION_VALUE', { option }, why);
}

/**
 * A bucket of NATS KV, as long as the program lives: all of its keys are told, then every change. Whatever happens to
 * the connection, another one is made and all keys are told again.
 */
export class KvBucket {
  readonly #settings: KvSettings;
  readonly #events: KvEvents;
  readonly #counters: Counters;
  readonly #log: Logger;
  readonly #connection: Connection;
  /** A bucket is a stream with a message for each key. */
  readonly #stream: string;
  #session: Session | undefined;
  /** While all keys have been told. */
  #client: JetStreamClient | undefined;
  #trouble: string | undefined;
  #wait: { promise: Promise<void>; done: () => void };

  constructor(settings: KvSettings, events: KvEvents, parts: { counters: Counters; log: Logger }) {
    this.#settings = settings;
    this.#stream = `KV_${settings.bucket}`;
    this.#events = events;
    this.#counters = parts.counters;
    this.#log = parts.log;
    this.#wait = latch();
    const use = (session: Session) => this.#use(session);
    const trouble = ({ detail }: { detail: string }) => this.#report(detail);
    this.#connection = new Connection(settings.connection, { use, trouble }, parts.log);
  }

  /** Connects; resolves when all keys have been told, or after `waitMs`: whether they were. */
  async start(waitMs: number): Promise<boolean> {
    this.#connection.start();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), waitMs)));
    const inTime = await Promise.race([this.#wait.promise.then(() => true), late]);
    clearTimeout(timer);
    return inTime;
  }

  async stop(): Promise<void> {
    await this.#connection.stop();
  }

  /** Reads credentials again. */
  async reload(): Promise<void> {
    await this.#connection.reload();
  }

  /** Whether all keys have been told and it can be written to. */
  get open(): boolean {
    return this.#client !== undefined;
  }

  /** What keeps it from being read and written. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Sets a key; `refused` when the server will not have the value, `failed` when it may be tried again. */
  put(key: string, value: string): Promise<'done' | 'refused' | 'failed'> {
    return this.#change('kv_puts', (client) => client.publish(this.#subject(key), value));
  }

  delete(key: string): Promise<'done' | 'refused' | 'failed'> {
    const about = headers();
    about.set(OPERATION, 'DEL');
    return this.#change('kv_deletes', (client) => client.publish(this.#subject(key), '', { headers: about }));
  }

  async #change(
    counter: 'kv_puts' | 'kv_deletes',
    change: (client: JetStreamClient) => Promise<unknown>,
  ): Promise<'done' | 'refused' | 'failed'> {
    const [client, session] = [this.#client, this.#session];
    if (client === undefined) return 'failed';
    try {
      await change(client);
      this.#counters.add(counter);
      return 'done';
    } catch (error) {
      this.#counters.add('kv_failures');
      this.#report(wordsOf(error));
      const isAway =
        error instanceof TimeoutError || error instanceof RequestError || error instanceof NoRespondersError;
      // a bucket that nobody answers for is opened anew
      if (isAway || session !== this.#session) {
        void session?.close('the bucket does not answer');
        return 'failed';
      }
      return 'refused';
    }
  }

  async #use(session: Session): Promise<void> {
    this.#session = session;
    const { domain, apiPrefix } = this.#settings.stream;
    const client = jetstream(session.nc, {
      ...(domain === '' ? {} : { domain }),
      ...(apiPrefix === '' ? {} : { apiPrefix }),
    });
    try {
      const manager = await client.jetstreamManager();
      await this.#find(manager);
      this.#events.opened();
      const consumer = await client.consumers.getPushConsumer(this.#stream, {
        deliver_policy: DeliverPolicy.LastPerSubject,
        filter_subjects: this.#subject('>'),
      });
      const messages = await consumer.consume();
      void session.closed.then(() => messages.stop());
      const { state } = await manager.streams.info(this.#stream);
      if (state.messages === 0) this.#caughtUp(client);
      for await (const message of messages) {
        this.#events.changed(this.#changeOf(message));
        if (this.#client === undefined && message.info.pending === 0) this.#caughtUp(client);
      }
      await session.close('the bucket is not watched any more');
    } catch (error) {
      this.#report(wordsOf(error));
      await session.close(wordsOf(error));
    } finally {
      this.#client = undefined;
      this.#session = undefined;
    }
  }

  #caughtUp(client: JetStreamClient): void {
    const { bucket } = this.#settings;
    this.#client = client;
    this.#counters.add('kv_snapshots');
    if (this.#trouble !== undefined) this.#log.warn('the NATS bucket can be used again', { bucket });
    this.#trouble = undefined;
    this.#events.caughtUp();
    this.#wait.done();
  }

  /** Makes the stream behind the bucket where it is missing, as clients of NATS KV do. */
  async #find(manager: JetStreamManager): Promise<void> {
    const { bucket, stream } = this.#settings;
    try {
      await manager.streams.info(this.#stream);
      return;
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== NO_STREAM) throw error;
    }
    if (this.#settings.create === false) throw new Error('there is no bucket of this name');
    await manager.streams.add({
      name: this.#stream,
      subjects: [this.#subject('>')],
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.New,
      storage: stream.storage === 'memory' ? StorageType.Memory : StorageType.File,
      num_replicas: stream.replicas,
      allow_rollup_hdrs: true,
      allow_direct: true,
      deny_delete: true,
    });
    this.#log.info('NATS bucket created', { bucket });
  }

  #subject(key: string): string {
    return `$KV.${this.#settings.bucket}.${key}`;
  }

  #changeOf({ subject, data, headers: about, info }: JsMsg): KvChange {
    const operation = about?.get(OPERATION) ?? '';
    return {
      key: subject.slice(this.#subject('').length),
      value: operation === '' ? data : undefined,
      atMs: info.timestampNanos / 1e6,
    };
  }

  #report(detail: string): void {
    if (this.#events.trouble !== undefined) {
      this.#events.trouble(detail);
    } else if (this.#trouble === undefined) {
      this.#log.warn('the NATS bucket cannot be used, going on without it', { bucket: this.#settings.bucket, detail });
    }
    this.#trouble = detail;
  }
}

function latch(): { promise: Promise<void>; done: () => void } {
  let done!: () => void;
  const promise = new Promise<void>((resolve) => (done = resolve));
  return { promise, done };
}

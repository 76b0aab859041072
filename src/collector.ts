import { GoFlowError } from './config/errors.ts';
import type { ListenTarget } from './listen/listen-target.ts';
import type { ListenerInfo } from './listen/listener.ts';
import type { Logger, LogLine } from './log/logger.ts';
import { balance } from './metrics/accounting.ts';
import type { Balance } from './metrics/accounting.ts';
import { Counters } from './metrics/counters.ts';
import type { FromWorker, TemplateNews } from './pipeline/messages.ts';
import { connectPeers, nameOf, poolBytesOf, threadsOf } from './pipeline/listener-group.ts';
import { buildTransport } from './pipeline/transports.ts';
import type { TransportOptions } from './pipeline/transports.ts';
import { WorkerHandle } from './pipeline/worker-handle.ts';
import type { Transport } from './transport/transport.ts';

/** Reading what the kernel holds at a stop, the workers' way to their end, and all of it (R-11). */
const DRAIN_MS = 500;
const WORKERS_STOP_MS = 4_000;
const STOP_MS = 9_000;

/** What a collector is made of. */
export interface CollectorOptions {
  readonly listen: readonly ListenTarget[];
  /** `sample`. */
  readonly produce: string;
  /** `json`, `text` or `bin`. */
  readonly format: string;
  readonly transport: TransportOptions;
  /** Lines about one class of problems in `errIntervalMs` before it is muted; 0: never muted. */
  readonly errCount: number;
  readonly errIntervalMs: number;
  readonly log: { readonly logger: Logger; write(line: LogLine): void };
}

/** Why a collector has ended. */
export interface Ended {
  readonly exitCode: 0 | 1;
  readonly reason: string;
}

/**
 * The library's front door: listeners, worker threads and the output, from `start()` to `stop()`.
 *
 *     const collector = new Collector(options);
 *     await collector.start();
 *     const { reason } = await collector.done;
 */
export class Collector {
  /** Settles when everything has ended, by `stop()` or by itself. */
  readonly done: Promise<Ended>;
  readonly #options: CollectorOptions;
  readonly #log: Logger;
  /** The main thread's counters: what became of flows that were handed over. */
  readonly #counters = new Counters();
  readonly #workers: WorkerHandle[] = [];
  /** Workers whose `started`, and later `stopped`, has not come. */
  readonly #awaited = new Map<WorkerHandle, { resolve: () => void; reject: (error: Error) => void }>();
  /** Workers whose listener has not come to its end. */
  readonly #listening = new Set<WorkerHandle>();
  readonly #transport: Transport;
  #end!: (ended: Ended) => void;
  #stopping: Promise<Ended> | undefined;
  #ended = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#log = options.log.logger;
    this.done = new Promise((resolve) => (this.#end = resolve));
    this.#transport = buildTransport(options.transport, {
      counters: this.#counters,
      log: options.log.logger,
      onGone: () => void this.stop({ exitCode: 0, reason: 'nobody reads the output any more' }),
    });
  }

  /** Opens the output, then the listeners; rejects, with everything released, when one of them fails. */
  async start(): Promise<void> {
    await this.#transport.start();
    try {
      await Promise.all(this.#options.listen.map((listen) => this.#startListener(listen)));
    } catch (error) {
      await Promise.all(this.#workers.map((worker) => worker.terminate()));
      await this.#transport.stop(0);
      throw error;
    }
  }

  /** Reopens the output (SIGHUP). */
  async reload(): Promise<void> {
    await this.#transport.reopen();
  }

  /** Ends receiving, delivers what was received, and tells the books. Further calls wait for the first. */
  stop(ended: Ended = { exitCode: 0, reason: 'stopped' }): Promise<Ended> {
    this.#stopping ??= this.#stop(ended);
    return this.#stopping;
  }

  /** The counters of all threads, added up. */
  counters(): Counters {
    const sum = new Counters();
    sum.merge(this.#counters);
    for (const worker of this.#workers) sum.merge(worker.counters);
    return sum;
  }

  /** The books as they are now. */
  books(): Balance[] {
    const counters = this.counters();
    const get = counters.get.bind(counters);
    const expired = get('sets_skipped:no_template_expired') + get('sets_skipped:no_template_evicted');
    const inFlight = get('flows_produced') - get('flows_delivered') - counters.total('flows_dropped');
    return balance(counters, {
      pendingSets: get('pending_in') - get('pending_replayed') - expired,
      flowsInFlight: this.#ended ? 0 : inFlight,
    });
  }

  async #startListener(listen: ListenTarget): Promise<void> {
    const threads = threadsOf(listen);
    const peers = connectPeers(threads);
    const { produce, format, errCount, errIntervalMs } = this.#options;
    const started: Promise<void>[] = [];
    for (let index = 0; index < threads; index++) {
      const worker = new WorkerHandle(
        {
          listen,
          index,
          produce,
          format,
          errCount,
          errIntervalMs,
          separator: this.#transport.framing.separator,
          poolBytes: poolBytesOf(listen),
          peers: peers[index]!,
        },
        { message: this.#onMessage, crashed: this.#onCrash },
      );
      this.#workers.push(worker);
      this.#listening.add(worker);
      started.push(this.#wait(worker));
      worker.post({ kind: 'start' });
    }
    await Promise.all(started);
  }

  #wait(worker: WorkerHandle): Promise<void> {
    return new Promise((resolve, reject) => this.#awaited.set(worker, { resolve, reject }));
  }

  readonly #onMessage = (message: FromWorker, worker: WorkerHandle): void => {
    switch (message.kind) {
      case 'started':
        if (worker.settings.index === 0) this.#logStarted(worker.settings.listen, message.info);
        this.#awaited.get(worker)?.resolve();
        break;
      case 'failed':
        this.#awaited.get(worker)?.reject(new GoFlowError(message.code, message.message));
        break;
      case 'batch':
        this.#counters.add('flows_sent', message.count);
        this.#transport.send(message, () => worker.post({ kind: 'buffer', buffer: message.buffer }, [message.buffer]));
        break;
      case 'template':
        this.#share(message.news, worker);
        break;
      case 'log':
        this.#options.log.write(message.line);
        break;
      case 'ended':
        this.#onEnded(worker, message.error);
        break;
      case 'stopped':
        this.#awaited.get(worker)?.resolve();
        break;
    }
  };

  /** Whatever one worker learns the others may need, where an exporter's datagrams reach several of them. */
  #share(news: TemplateNews, from: WorkerHandle): void {
    for (const worker of this.#workers) {
      if (worker !== from && !worker.ended) worker.post({ kind: 'template', news });
    }
  }

  #onEnded(worker: WorkerHandle, error: string | undefined): void {
    this.#listening.delete(worker);
    if (this.#stopping !== undefined) return;
    if (error !== undefined) this.#log.error('listener ended', { listen: nameOf(worker.settings.listen), error });
    if (this.#listening.size > 0) return;
    const reason = error ?? 'every listener has come to its end';
    void this.stop({ exitCode: error === undefined ? 0 : 1, reason });
  }

  readonly #onCrash = (reason: string, worker: WorkerHandle): void => {
    this.#log.error('worker ended unexpectedly', { listen: nameOf(worker.settings.listen), reason });
    this.#counters.add('flows_dropped:worker_crash', worker.flowsNotReceived);
    this.#listening.delete(worker);
    const waiting = this.#awaited.get(worker);
    this.#awaited.delete(worker);
    waiting?.reject(new GoFlowError('GF_WORKER_START', reason));
    void this.stop({ exitCode: 1, reason: 'a worker ended unexpectedly' });
  };

  #logStarted(listen: ListenTarget, info: ListenerInfo | undefined): void {
    if (listen.scheme === 'file') {
      this.#log.info('starting collection', { scheme: 'file', path: listen.path });
      return;
    }
    const { scheme, host, count, workers, threads, blocking, queueSize, notes } = listen;
    this.#log.info('starting collection', {
      scheme,
      hostname: host,
      port: info?.port ?? listen.port,
      count,
      workers,
      blocking,
      queue_size: queueSize,
      threads,
      receive: info?.receive ?? 'dgram',
      rcvbuf: info?.bufferGranted ?? 0,
    });
    for (const warning of [...notes, ...(info?.warnings ?? [])]) this.#log.warn(warning, { listen: nameOf(listen) });
  }

  async #stop(ended: Ended): Promise<Ended> {
    const deadline = performance.now() + STOP_MS;
    this.#log.info('stopping', { reason: ended.reason });
    const workers = this.#workers.filter((worker) => !worker.ended);
    const stopped = workers.map((worker) => this.#wait(worker).catch(() => undefined));
    for (const worker of workers) worker.post({ kind: 'stop', drainMs: DRAIN_MS });
    await within(Promise.all(stopped), WORKERS_STOP_MS);
    for (const worker of workers) {
      if (!worker.ended) await worker.terminate();
      this.#counters.add('flows_dropped:shutdown_timeout', worker.flowsNotReceived);
    }
    await this.#transport.stop(Math.max(0, deadline - performance.now()));
    this.#ended = true;
    this.#logBooks();
    this.#end(ended);
    return ended;
  }

  #logBooks(): void {
    this.#log.info('books', this.counters().snapshot());
    for (const { identity, says, left, right, imbalance } of this.books()) {
      if (imbalance !== 0) this.#log.error('the books do not balance', { identity, says, left, right, imbalance });
    }
  }
}

/** Waits for a promise, but not longer than that. */
async function within(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
  clearTimeout(timer);
}

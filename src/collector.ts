import { defaultTemplateSettings } from './decode/templates/build-store.ts';
import { readElements } from './decode/elements/registry.ts';
import type { AdmissionRules } from './listen/admission.ts';
import type { ListenTarget } from './listen/listen-target.ts';
import { LiveContext } from './enrich/live/live-context.ts';
import { LiveDatabases } from './enrich/live/live-databases.ts';
import { HttpServer } from './http/http-server.ts';
import type { CollectorView } from './http/view.ts';
import { routesOf } from './http/routes.ts';
import type { Logger } from './log/logger.ts';
import { balance } from './metrics/accounting.ts';
import type { Balance } from './metrics/accounting.ts';
import { Counters } from './metrics/counters.ts';
import type { FromWorker, ToWorker } from './pipeline/messages.ts';
import { loadParts, workerParts } from './pipeline/custom-parts.ts';
import { ListenerGroup, within } from './pipeline/listener-group.ts';
import { logStarted, warnIfOpen, warnIfRaw } from './pipeline/log-started.ts';
import { reloadAll, reloadable } from './pipeline/reload.ts';
import type { Reloadable } from './pipeline/reload.ts';
import { MappingInUse } from './pipeline/mapping-in-use.ts';
import { checkProduction, checkSubject } from './pipeline/check-production.ts';
import type { SubjectSettings } from './pipeline/flow-subjects.ts';
import type { ContextBucket } from './pipeline/context-bucket.ts';
import { SharedState } from './pipeline/state/shared-state.ts';
import type { StateBucket } from './pipeline/state/state-bucket.ts';
import { StateFiles } from './pipeline/state/state-files.ts';
import { SubjectLimit } from './pipeline/subject-limit.ts';
import { CollectorStatus } from './pipeline/status.ts';
import { buildTransport, neededParts } from './pipeline/transports.ts';
import type { WorkerHandle } from './pipeline/worker-handle.ts';
import type { Transport } from './transport/transport.ts';
import type { CollectorOptions, Ended } from './pipeline/collector-options.ts';

/** Reading what the kernel holds at a stop, the workers' way to their end, and all of it (R-11). */
const DRAIN_MS = 500;
const WORKERS_STOP_MS = 4_000;
const STOP_MS = 9_000;

/** How long a stop waits for a start that has not come to its end: a large context takes its time. */
const START_MS = 3_000;

const SECOND_MS = 1_000;

export type { CollectorOptions, Ended, HttpOptions } from './pipeline/collector-options.ts';

type BatchMessage = Extract<FromWorker, { kind: 'batch' }>;

const openToAll: AdmissionRules = { allow: [], deny: [], ratePerSecond: 0 };

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
  readonly #groups: ListenerGroup[];
  /** What exporters have told of themselves, for workers that have not seen it and for the next start. */
  readonly #state: SharedState;
  readonly #files: StateFiles | undefined;
  readonly #bucket: StateBucket | undefined;
  #clock: NodeJS.Timeout | undefined;
  /** Listeners that have not come to their end. */
  #listening: number;
  readonly #transport: Transport;
  readonly #subjects: SubjectSettings | undefined;
  readonly #contextBucket: ContextBucket | undefined;
  readonly #context: LiveContext | undefined;
  readonly #databases: LiveDatabases | undefined;
  /** Who may send, as last read. */
  #admission: AdmissionRules;
  readonly #mapped: MappingInUse;
  /** What {@link reload} reads again. */
  readonly #reloadables: readonly Reloadable[];
  readonly #status: CollectorStatus;
  #http: HttpServer | undefined;
  #end!: (ended: Ended) => void;
  #starting: Promise<void> | undefined;
  #stopping: Promise<Ended> | undefined;
  #ended = false;

  constructor(options: CollectorOptions) {
    if (options.parts?.format === undefined) checkProduction(options.produce, options.format);
    if (options.elements) readElements(options.elements); // a mistake in it ends the start, and not a worker
    this.#options = options;
    this.#log = options.log.logger;
    this.done = new Promise((resolve) => (this.#end = resolve));
    const build =
      options.parts?.transport ??
      ((context) => buildTransport(options.transport, options.format, context, options.natsParts));
    this.#transport = build({
      counters: this.#counters,
      log: options.log.logger,
      onGone: () => void this.stop({ exitCode: 0, reason: 'nobody reads the output any more' }),
    });
    this.#state = new SharedState(options.templates ?? defaultTemplateSettings);
    this.#state.subscribe((news, from) => {
      for (const { workers } of this.#groups) {
        for (const worker of workers) if (worker !== from && !worker.ended) worker.post({ kind: 'news', news });
      }
    });
    const { stateFile, stateBucket } = options;
    const { logger: log } = options.log;
    if (stateFile !== undefined) {
      this.#files = new StateFiles({ ...stateFile, state: this.#state, counters: this.#counters, log });
    }
    if (stateBucket !== undefined) {
      const { ttlMs } = options.templates ?? defaultTemplateSettings;
      this.#bucket = new (neededParts(options.natsParts).StateBucket)({
        ...stateBucket,
        state: this.#state,
        ttlMs,
        counters: this.#counters,
        log,
      });
    }
    const { subjects } = this.#transport.framing;
    if (subjects !== undefined) checkSubject(subjects.pattern, options);
    this.#subjects = subjects && { ...subjects, key: options.key ?? [], memory: SubjectLimit.memory(subjects.max) };
    this.#admission = (options.admission ?? (() => openToAll))();
    if (options.contextBucket !== undefined) {
      this.#contextBucket = new (neededParts(options.natsParts).ContextBucket)(options.contextBucket, {
        counters: this.#counters,
        log,
        onChange: async () => this.#context?.follow(),
      });
    }
    this.#context = this.#buildContext();
    this.#databases = LiveDatabases.of(options.geoip?.paths, {
      counters: this.#counters,
      log: this.#log,
      onTables: (tables) => this.#postToAll({ kind: 'databases', tables }),
    });
    this.#mapped = new MappingInUse(options, this.#context !== undefined, this.#log);
    this.#reloadables = this.#listReloadables();
    this.#groups = options.listen.map((listen) => this.#group(listen));
    this.#listening = this.#groups.length;
    this.#status = new CollectorStatus({
      groups: this.#groups,
      transport: this.#transport,
      accounting: () => {
        const counters = this.counters();
        return { counters, books: this.books(counters) };
      },
      state: this.#state,
      context: this.#context,
    });
  }

  #group(listen: ListenTarget): ListenerGroup {
    const {
      produce,
      format,
      codegen = true,
      rawNames = false,
      elements = '',
      scale = false,
      tunnels = 'off',
      learned,
    } = this.#options;
    const { templates = defaultTemplateSettings, errCount, errIntervalMs, fault } = this.#options;
    return new ListenerGroup(listen, {
      settings: () => ({
        produce,
        format,
        codegen,
        rawNames,
        elements,
        scale,
        mapping: this.#mapped.mapping,
        tunnels,
        context: this.#context?.generation,
        learned: learned === 'off' ? undefined : { keys: this.#options.context?.keys ?? [] },
        filter: this.#mapped.filter,
        geoip: this.#databases && { tables: this.#databases.tables, overwrite: this.#options.geoip!.overwrite },
        templates,
        admission: this.#admission,
        errCount,
        errIntervalMs,
        parts: workerParts(this.#options.parts),
        separator: this.#transport.framing.separator,
        subjects: this.#subjects,
      }),
      log: this.#log,
      onMessage: this.#onMessage,
      onEnded: (error) => this.#onEnded(error),
      state: () => this.#state.all(),
      fault,
    });
  }

  #listReloadables(): Reloadable[] {
    const [context, databases] = [this.#context, this.#databases];
    const { admission } = this.#options;
    const parts: Reloadable[] = [];
    if (admission !== undefined) {
      const use = (rules: AdmissionRules): void => {
        this.#admission = rules;
        this.#postToAll({ kind: 'admission', rules });
      };
      parts.push(reloadable('lists of exporters', admission, use));
    }
    parts.push(...this.#mapped.reloadable((mapping, filter) => this.#postToAll({ kind: 'mapping', mapping, filter })));
    if (context !== undefined) parts.push({ name: 'context', prepare: () => context.prepare() });
    if (databases !== undefined) parts.push({ name: 'databases', prepare: () => databases.prepare() });
    return parts;
  }

  #buildContext(): LiveContext | undefined {
    const { context = { files: [], keys: [] }, learned, format, produce } = this.#options;
    const isRead = context.files.length > 0 || context.url !== undefined || this.#contextBucket !== undefined;
    if (!isRead && learned !== 'on') return undefined;
    if (produce === 'raw') this.#log.warn('raw messages have no context: it is read and changes nothing');
    return new LiveContext(
      { ...context, format },
      {
        counters: this.#counters,
        log: this.#log,
        objects: this.#contextBucket,
        learns: learned !== 'off',
        onGeneration: (generation) => this.#postToAll({ kind: 'context', context: generation }),
        oldestInUse: () => Math.min(...this.#workers.map(({ contextBuild }) => contextBuild)),
      },
    );
  }

  /** Opens the output, then the listeners; rejects, with everything released, when one of them fails. */
  start(): Promise<void> {
    return (this.#starting = this.#start());
  }

  async #start(): Promise<void> {
    await loadParts(this.#options.parts); // a mistake in one ends the start, and not a worker
    await this.#startHttp();
    try {
      await this.#files?.start();
      await this.#bucket?.start();
      await this.#contextBucket?.start();
      await this.#context?.start();
      this.#contextBucket?.follow();
      await this.#databases?.start();
      if (this.#stopping === undefined) await this.#transport.start();
    } catch (error) {
      await this.#stopEnrichment();
      await this.#stopState();
      await this.#http?.stop(0);
      throw error;
    }
    if (this.#stopping !== undefined) return;
    this.#clock = setInterval(() => this.#state.tick(performance.now()), SECOND_MS).unref();
    try {
      const starting = this.#groups.map(async (group) => logStarted(this.#log, group.listen, await group.start()));
      await Promise.all(starting);
      warnIfOpen(this.#log, this.#options.listen, this.#admission);
      warnIfRaw(this.#log, this.#options);
      if (this.#status.state === 'starting') this.#status.state = 'collecting';
    } catch (error) {
      await Promise.all(this.#groups.map((group) => group.abandon()));
      await this.#stopEnrichment();
      await this.#transport.stop(0);
      clearInterval(this.#clock);
      await this.#stopState();
      await this.#http?.stop(0);
      throw error;
    }
  }

  /** First of all, so that it can say that the collector is starting. */
  async #startHttp(): Promise<void> {
    const { http } = this.#options;
    if (http === undefined) return;
    const { address, templatesPath, detailsToAny } = http;
    const routes = routesOf(this.#status, templatesPath);
    this.#http = new HttpServer({ address, routes, detailsToAny, log: this.#log });
    const bound = await this.#http.start();
    this.#log.info('starting HTTP server', { address: bound.address, port: bound.port });
  }

  /** What the HTTP server shows, for a program that shows it otherwise. */
  get status(): CollectorView {
    return this.#status;
  }

  /** Reopens the output and reads again what can be read again (SIGHUP); see `pipeline/reload.ts`. */
  async reload(): Promise<void> {
    await Promise.all([
      reloadAll(this.#reloadables, this.#counters, this.#log),
      this.#transport.reopen(),
      this.#bucket?.reload(),
      this.#contextBucket?.reload(),
    ]);
  }

  /** Those that have not ended. */
  get #workers(): WorkerHandle[] {
    return this.#groups.flatMap(({ workers }) => workers.filter(({ ended }) => !ended));
  }

  readonly #postToAll = (message: ToWorker): void => this.#workers.forEach((worker) => worker.post(message));

  /** Ends receiving, delivers what was received, and tells the books. Further calls wait for the first. */
  stop(ended: Ended = { exitCode: 0, reason: 'stopped' }): Promise<Ended> {
    this.#stopping ??= this.#stop(ended);
    return this.#stopping;
  }

  /** The counters of all threads, added up. */
  counters(): Counters {
    const sum = new Counters();
    sum.merge(this.#counters);
    for (const group of this.#groups) group.addTo(sum);
    return sum;
  }

  /** The books as they are now, or as these counters have them. */
  books(counters = this.counters()): Balance[] {
    const get = counters.get.bind(counters);
    const expired = get('sets_skipped:no_template_expired') + get('sets_skipped:no_template_evicted');
    const inFlight = get('flows_produced') - get('flows_delivered') - counters.total('flows_dropped');
    return balance(counters, {
      pendingSets: get('pending_in') - get('pending_replayed') - expired,
      flowsInFlight: this.#ended ? 0 : inFlight,
    });
  }

  readonly #onMessage = (message: FromWorker, worker: WorkerHandle): void => {
    switch (message.kind) {
      case 'batch':
        this.#send(message, worker);
        break;
      case 'news':
        this.#state.take(message.news, worker);
        break;
      case 'described':
        this.#status.answered(message.question, message.exporters);
        break;
      case 'log':
        this.#options.log.write(message.line);
        break;
    }
  };

  #send({ batch, atMs, waits }: BatchMessage, { batches }: WorkerHandle): void {
    const { length, count, runs } = batch;
    this.#counters.add('flows_sent', count);
    this.#transport.send({ buffer: batches.bufferOf(batch), length, count, runs, waits }, () => {
      this.#status.delivered(atMs, count);
      batches.release(batch);
    });
  }

  #onEnded(error: string | undefined): void {
    if (--this.#listening > 0 || this.#stopping !== undefined) return;
    const reason = error ?? 'every listener has come to its end';
    void this.stop({ exitCode: error === undefined ? 0 : 1, reason });
  }

  async #stop(ended: Ended): Promise<Ended> {
    const deadline = performance.now() + STOP_MS;
    this.#log.info('stopping', { reason: ended.reason });
    this.#status.state = 'stopping';
    await within(Promise.allSettled([this.#starting]), START_MS); // what is half open cannot be closed
    await this.#stopEnrichment();
    await Promise.all(this.#groups.map((group) => group.stop(DRAIN_MS, WORKERS_STOP_MS)));
    clearInterval(this.#clock);
    await Promise.all([this.#transport.stop(Math.max(0, deadline - performance.now())), this.#stopState()]);
    this.#ended = true;
    this.#logBooks();
    if (this.#http !== undefined) {
      await this.#http.stop(Math.max(0, deadline - performance.now()));
      this.#log.info('closed HTTP server');
    }
    this.#end(ended);
    return ended;
  }

  async #stopState(): Promise<void> {
    await Promise.all([this.#files?.stop(), this.#bucket?.stop()]);
  }

  async #stopEnrichment(): Promise<void> {
    await this.#contextBucket?.stop();
    await Promise.all([this.#context?.stop(), this.#databases?.stop()]);
  }

  #logBooks(): void {
    this.#log.info('books', this.counters().snapshot());
    for (const { identity, says, left, right, imbalance } of this.books()) {
      if (imbalance !== 0) this.#log.error('the books do not balance', { identity, says, left, right, imbalance });
    }
  }
}

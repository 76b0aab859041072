/**
 * A worker thread: one listener and the chain from its datagrams to finished batches.
 *
 *     main ── start, buffer, news, stop ──▶ worker         receive a burst of datagrams
 *          ◀── batch, news, log, stopped ──                 each one to its end (pipeline.ts)
 *
 * It never writes to a file or a connection, so nothing outside can make it stand still.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { GoFlowError } from '../config/errors.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { DatagramSink, Listener } from '../listen/listener.ts';
import { Spread } from '../listen/spread.ts';
import type { LogSink } from '../log/logger.ts';
import { MutedLog, MuteStates, monotonicMs } from '../log/mute.ts';
import { Counters } from '../metrics/counters.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { DatagramDrop } from '../metrics/reasons.ts';
import { Levels } from '../metrics/levels.ts';
import { Timing } from '../metrics/timing.ts';
import { BatchMemory } from './batch-memory.ts';
import { BatchPool } from './batch-pool.ts';
import { Chain } from './chain.ts';
import { loadParts } from './custom-parts.ts';
import type { LoadedParts } from './custom-parts.ts';
import { applyFault } from './fault.ts';
import { FlowSubjects } from './flow-subjects.ts';
import { buildListener } from './listeners.ts';
import type { FromWorker, ToWorker, WorkerSource, WorkerStart } from './messages.ts';
import { Problems, problemClasses } from './problems.ts';

/** Longest time that a message waits for others to share its batch. */
const LINGER_MS = 20;

/** Longest sleep while the output has all the buffers. */
const FULL_WAIT_MS = 50;

const SECOND_MS = 1000;

/** Words of `WorkerStart.signal`. */
const POSTED = 0;
const ALIVE = 1;
const CONTEXT_BUILD = 2;

const READ = counterIndex('datagrams_read');
const KERNEL_DROPS = counterIndex('kernel_drops');

class WorkerThread implements DatagramSink {
  readonly #start: WorkerStart;
  readonly #signal: Int32Array;
  readonly #memory: BatchMemory;
  readonly #batches: BatchPool;
  readonly #counters: Counters;
  readonly #muted: MutedLog;
  readonly #chain: Chain;
  /** Whether it waits for the output rather than lose something. */
  #waits: boolean;
  readonly #timing: Timing;
  readonly #levels: Levels;
  /** Datagrams since the last {@link endOfBatch}, and when the first of them came. */
  #batchDatagrams = 0;
  #batchAt = 0;
  /** The clock as it was read last: between two receive calls nobody needs it more exactly. */
  #nowMs = performance.now();
  #seen = 0;
  #datagrams = 0;
  /** When the drops of the kernel were counted last. */
  #dropsAt = performance.now();
  #building: Promise<Listener> | undefined;
  #listener: Listener | undefined;
  /** Whether the listener has started: on a busy machine that may take longer than a second. */
  #isReceiving = false;
  #spread: Spread | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(start: WorkerStart, parts: LoadedParts) {
    this.#start = start;
    this.#waits = start.blocking;
    this.#signal = new Int32Array(start.signal);
    this.#counters = new Counters(start.counters);
    const subjects =
      start.subjects === undefined ? undefined : new FlowSubjects(start.subjects, this.#counters, start.mapping);
    this.#memory = new BatchMemory(start.batches);
    this.#batches = new BatchPool(
      this.#memory,
      (batch, firstAt) =>
        this.#post({ kind: 'batch', batch, atMs: performance.timeOrigin + firstAt, waits: this.#waits }),
      subjects && ((number) => subjects.text(number)),
    );
    this.#timing = new Timing(start.timing);
    this.#levels = new Levels(start.levels);
    const rule = { count: start.errCount, intervalMs: start.errIntervalMs };
    const states = new MuteStates(problemClasses, start.muteStates);
    const sink: LogSink = (line) => this.#post({ kind: 'log', line });
    this.#muted = new MutedLog('receiver messages', rule, sink, states, () => monotonicMs(this.#nowMs));
    this.#chain = new Chain(start, {
      batches: this.#batches,
      subjects,
      counters: this.#counters,
      problems: new Problems(this.#muted),
      waitForRoom: start.blocking ? this.#waitForRoom : undefined,
      parts,
      onNews: (news) => this.#post({ kind: 'news', news }),
    });
  }

  run(): void {
    this.#start.port.on('message', (message: ToWorker) => this.#handle(message));
    setInterval(this.#everySecond, SECOND_MS).unref();
    this.#post({ kind: 'ready' });
  }

  poll(): 'go' | 'wait' {
    this.#showLife();
    this.#readPort();
    const nowMs = (this.#nowMs = performance.now());
    if (this.#batches.age(nowMs) > LINGER_MS) this.#batches.flush();
    // Whoever waits for room, here or for others, does not come to the event loop.
    if (nowMs - this.#dropsAt >= SECOND_MS) this.#countKernelDrops();
    return this.#batches.hasRoom() ? 'go' : 'wait';
  }

  ready(): boolean {
    return this.#batches.hasRoom();
  }

  batch(count: number): void {
    this.#counters.values[READ]! += count;
  }

  datagram(datagram: Datagram): void {
    if (this.#batchDatagrams++ === 0) this.#batchAt = this.#nowMs = performance.now();
    const { fault } = this.#start;
    if (fault !== undefined && ++this.#datagrams === fault.atDatagram) applyFault(fault);
    this.#chain.pipeline.datagram(datagram);
  }

  dropped(datagram: Datagram, reason: DatagramDrop): void {
    this.#chain.pipeline.dropped(datagram, reason);
  }

  /** A message waits a little for company: whatever the output does with a batch costs as much for one as for hundreds. */
  endOfBatch(): void {
    if (this.#batchDatagrams > 0) {
      this.#timing.add(performance.now() - this.#batchAt, this.#batchDatagrams);
      this.#batchDatagrams = 0;
    }
    this.#linger ??= setTimeout(this.#lingered, LINGER_MS);
  }

  warning(text: string): void {
    const problem = this.#muted.class('listener');
    if (problem.open()) problem.log.warn(text);
  }

  readonly #lingered = (): void => {
    this.#linger = undefined;
    this.#batches.flush();
  };

  readonly #everySecond = (): void => {
    this.#showLife();
    this.#countKernelDrops();
    const nowMs = (this.#nowMs = performance.now());
    this.#chain.tick(nowMs);
    this.#timing.tick(nowMs);
    this.#levels.set('pool_bytes', this.#batches.inUse);
    this.#levels.set('pool_limit_bytes', this.#batches.limit);
    this.#levels.set('pool_away', this.#batches.away);
    this.#muted.settle();
  };

  #countKernelDrops(): void {
    this.#dropsAt = performance.now();
    const drops = (this.#isReceiving ? this.#listener!.kernelDrops() : undefined) ?? 0;
    const { values } = this.#counters;
    const more = drops - values[KERNEL_DROPS]!;
    if (more <= 0) return;
    values[KERNEL_DROPS] = drops;
    const problem = this.#muted.class('kernel_drops');
    if (problem.open()) problem.log.warn('the kernel dropped datagrams: the receive buffer was full', { more, drops });
  }

  #showLife(): void {
    this.#signal[ALIVE]! += 1;
  }

  /** Reads what was posted, without going back to the event loop. */
  #readPort(): void {
    const posted = Atomics.load(this.#signal, POSTED);
    if (posted === this.#seen) return;
    this.#seen = posted;
    for (let next; (next = receiveMessageOnPort(this.#start.port)) !== undefined;) {
      this.#handle(next.message as ToWorker);
    }
  }

  /** Holds the whole thread, and so the socket, until the output gives a buffer back (`blocking=true`). */
  readonly #waitForRoom = (): void => {
    this.#batches.flush();
    for (let seen = this.#memory.changes; !this.#batches.hasRoom(); seen = this.#memory.changes) {
      this.#memory.wait(seen, FULL_WAIT_MS);
      this.#showLife();
      this.#readPort();
      if (performance.now() - this.#dropsAt >= SECOND_MS) this.#countKernelDrops();
    }
  };

  #handle(message: ToWorker): void {
    switch (message.kind) {
      case 'start':
        void this.#listen(message.source);
        break;
      case 'news':
        this.#chain.learn(message.news);
        this.endOfBatch();
        break;
      case 'admission':
        this.#chain.admit(message.rules);
        break;
      case 'context':
        this.#chain.useContext(message.context);
        Atomics.store(this.#signal, CONTEXT_BUILD, message.context.build);
        break;
      case 'databases':
        this.#chain.useDatabases(message.tables);
        break;
      case 'mapping':
        this.#chain.useMapping(message.mapping, message.filter);
        break;
      case 'peer':
        this.#spread?.replace(message.index, message.port);
        break;
      case 'describe':
        this.#post({ kind: 'described', question: message.question, exporters: this.#chain.describe() });
        break;
      case 'stop':
        void this.#stop(message.drainMs);
        break;
    }
  }

  async #listen(source: WorkerSource): Promise<void> {
    if (source.kind === 'replay') this.#waits = true;
    try {
      this.#building = buildListener(source);
      this.#listener = await this.#building;
      if (source.kind === 'spread') {
        this.#spread = new Spread(this, source.ports, source.queueBytes, this.#start.blocking);
      }
      const info = await this.#listener.start(this.#spread ?? this);
      this.#isReceiving = true;
      this.#post({ kind: 'started', info });
    } catch (error) {
      const code = error instanceof GoFlowError ? error.code : 'GF_INTERNAL';
      this.#post({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
      return;
    }
    const ended = await this.#listener.done.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    this.#batches.flush();
    this.#post({ kind: 'ended', error: ended });
  }

  async #stop(drainMs: number): Promise<void> {
    const listener = await this.#building?.catch(() => undefined); // a failure of it was told
    await listener?.stop(drainMs);
    this.#countKernelDrops();
    this.#spread?.end();
    clearTimeout(this.#linger);
    this.#chain.stop();
    this.#batches.flush();
    this.#muted.flush();
    this.#post({ kind: 'stopped' });
    this.#start.port.close();
  }

  #post(message: FromWorker): void {
    this.#start.port.postMessage(message);
  }
}

/** What the first thread does not have from its beginning comes as its first message. */
function given(): Promise<WorkerStart> {
  if (workerData !== undefined && workerData !== null) return Promise.resolve(workerData as WorkerStart);
  return new Promise((resolve) => parentPort!.once('message', resolve));
}

void given().then(async (start) => new WorkerThread(start, await loadParts(start.parts)).run());

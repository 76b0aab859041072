import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort, Worker } from 'node:worker_threads';
import { Counters } from '../metrics/counters.ts';
import type { PlaceBooks, PlaceMemory } from '../metrics/place-books.ts';
import { BatchMemory } from './batch-memory.ts';
import type { FromWorker, ToWorker, WorkerStart } from './messages.ts';
import { workerThread } from './worker-thread.ts';

/** What the main thread decides about a worker; the rest of {@link WorkerStart} is made here. */
export type WorkerSettings = Omit<WorkerStart, 'counters' | keyof PlaceMemory | 'batches' | 'signal' | 'port'> & {
  /** Most octets of its batches, but for a datagram that was begun. */
  readonly poolBytes: number;
};

/** How often workers are looked after, and how many looks without a sign of life it takes: two and a half seconds. */
export const WATCH_MS = 250;
const HANGS_AFTER = 10;

/** Takes what a worker says, and how it ended when it ended without being asked. */
export interface WorkerEvents {
  message(message: FromWorker, worker: WorkerHandle): void;
  crashed(reason: string, worker: WorkerHandle): void;
}

/** The main thread's side of one worker. */
export class WorkerHandle {
  readonly counters = new Counters();
  readonly batches: BatchMemory;
  /** Flow messages that came from it. */
  flowsReceived = 0;
  readonly #signal = new Int32Array(new SharedArrayBuffer(12));
  readonly #port: MessagePort;
  readonly #thread: Worker;
  #ended = false;
  #lastSign = 0;
  #silent = 0;

  constructor(name: string, settings: WorkerSettings, books: PlaceBooks, events: WorkerEvents) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.batches = BatchMemory.of(settings.poolBytes);
    this.#signal[2] = settings.context?.build ?? 0;
    const start: WorkerStart = {
      ...settings,
      counters: this.counters.memory,
      ...books.memory,
      batches: this.batches.shared,
      signal: this.#signal.buffer,
      port: port2,
    };
    this.#thread = workerThread(start, [port2], name);
    const take = (message: FromWorker): void => {
      if (message.kind === 'batch') this.flowsReceived += message.batch.count;
      if (message.kind === 'stopped') this.#ended = true;
      events.message(message, this);
    };
    port1.on('message', take);
    let reason = 'the thread ended';
    this.#thread.on('error', (error: unknown) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.#thread.on('exit', () => {
      setImmediate(() => {
        // Batches that it posted before its end may still be on their way to us.
        for (let left; (left = receiveMessageOnPort(port1)) !== undefined;) take(left.message as FromWorker);
        if (this.#ended) return;
        this.#ended = true;
        events.crashed(reason, this);
      });
    });
  }

  /** Whether it has handed everything over, or is no more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The build of the context that it looks flows up in: those before it are nothing to it. */
  get contextBuild(): number {
    return Atomics.load(this.#signal, 2);
  }

  /** Flow messages that it produced and did not hand over: lost with it when it has ended. */
  get flowsNotReceived(): number {
    return this.counters.get('flows_produced') - this.flowsReceived;
  }

  /**
   * Asked every {@link WATCH_MS}: whether it has shown no sign of life for too long. Looks are counted, not time, so that
   * nobody hangs because the whole process stood still.
   */
  hangs(): boolean {
    const sign = this.#signal[1]!;
    this.#silent = sign === this.#lastSign ? this.#silent + 1 : 0;
    this.#lastSign = sign;
    return !this.#ended && this.#silent >= HANGS_AFTER;
  }

  post(message: ToWorker, transfer: MessagePort[] = []): void {
    this.#port.postMessage(message, transfer);
    Atomics.add(this.#signal, 0, 1);
    this.batches.wake();
  }

  /** Ends the thread at once, whatever it is doing. */
  async terminate(): Promise<void> {
    this.#ended = true;
    await this.#thread.terminate();
    this.#port.close();
  }
}

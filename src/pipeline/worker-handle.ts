import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { Counters } from '../metrics/counters.ts';
import type { FromWorker, ToWorker, WorkerStart } from './messages.ts';

/** What the main thread decides about a worker; the rest of {@link WorkerStart} is made here. */
export type WorkerSettings = Omit<WorkerStart, 'counters' | 'signal' | 'port'>;

/** Takes what a worker says, and how it ended when it ended without being asked. */
export interface WorkerEvents {
  message(message: FromWorker, worker: WorkerHandle): void;
  crashed(reason: string, worker: WorkerHandle): void;
}

/** The main thread's side of one worker. */
export class WorkerHandle {
  readonly settings: WorkerSettings;
  readonly counters = new Counters();
  /** Flow messages that came from it. */
  flowsReceived = 0;
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #port: MessagePort;
  readonly #thread: Worker;
  #ending = false;

  constructor(settings: WorkerSettings, events: WorkerEvents) {
    this.settings = settings;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const start: WorkerStart = {
      ...settings,
      counters: this.counters.memory,
      signal: this.#signal.buffer as SharedArrayBuffer,
      port: port2,
    };
    this.#thread = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: start,
      transferList: [port2, ...settings.peers],
      name: `${settings.listen.scheme} ${settings.index}`,
    });
    port1.on('message', (message: FromWorker) => {
      if (message.kind === 'batch') this.flowsReceived += message.count;
      if (message.kind === 'stopped') this.#ending = true;
      events.message(message, this);
    });
    let reason = 'the thread ended';
    this.#thread.on('error', (error: unknown) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.#thread.on('exit', () => {
      if (this.#ending) return;
      this.#ending = true;
      events.crashed(reason, this);
    });
  }

  /** Whether it has handed everything over, or is no more. */
  get ended(): boolean {
    return this.#ending;
  }

  /** Flow messages that it produced and did not hand over: lost with it when it has ended. */
  get flowsNotReceived(): number {
    return this.counters.get('flows_produced') - this.flowsReceived;
  }

  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
    Atomics.add(this.#signal, 0, 1);
    Atomics.notify(this.#signal, 0);
  }

  /** Ends the thread at once, whatever it is doing. */
  async terminate(): Promise<void> {
    this.#ending = true;
    await this.#thread.terminate();
    this.#port.close();
  }
}

import type { Worker } from 'node:worker_threads';
import { GoFlowError } from '../../config/errors.ts';
import { startThread } from '../../config/program-files.ts';

/** How long the thread stays without work: what it has read takes memory until it ends. */
const IDLE_MS = 10_000;

/**
 * Octets of results after which the thread ends at once: it keeps earlier ones in memory, of which its garbage collector
 * knows nothing because they are shared.
 */
const KEPT_OCTETS = 128 * 1024 * 1024;

type ThreadName = 'model' | 'database' | 'explain';

/**
 * The main thread's side of a thread that reads what the sources have: it begins with the first request and ends when
 * none follows.
 */
export class Model<Request, Result> {
  readonly #name: ThreadName;
  #thread: Worker | undefined;
  readonly #octetsOf: (result: Result) => number;
  readonly #stays: boolean;
  #idle: NodeJS.Timeout | undefined;
  /** Octets of the results of the thread at work. */
  #made = 0;
  #answer: { resolve: (result: Result) => void; reject: (error: Error) => void } | undefined;

  /**
   * @param name of the thread, and of its program
   * @param octetsOf shared memory of a result
   * @param stays whether the thread goes on without work, so that it has begun and is quick when there is some
   */
  constructor(name: ThreadName, octetsOf: (result: Result) => number = () => 0, stays = false) {
    this.#stays = stays;
    this.#name = name;
    this.#octetsOf = octetsOf;
  }

  /** Whether there is a thread. */
  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  /**
   * One at a time.
   *
   * @throws GoFlowError when the thread ends over it
   */
  build(request: Request): Promise<Result> {
    clearTimeout(this.#idle);
    const thread = (this.#thread ??= this.#begin());
    thread.ref();
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      thread.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }

  #begin(): Worker {
    const thread = startThread(`enrich/live/${this.#name}-thread`, { name: this.#name });
    this.#made = 0;
    let reason = `the ${this.#name} thread ended`;
    thread.on('message', (result: Result) => {
      thread.unref();
      this.#made += this.#octetsOf(result);
      if (this.#made > KEPT_OCTETS) void this.stop();
      else if (!this.#stays) this.#idle = setTimeout(() => void this.stop(), IDLE_MS).unref();
      this.#settle()?.resolve(result);
    });
    thread.on('error', (error: unknown) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
      this.#settle()?.reject(new GoFlowError('GF_INTERNAL', reason));
    });
    return thread;
  }

  #settle() {
    const answer = this.#answer;
    this.#answer = undefined;
    return answer;
  }
}

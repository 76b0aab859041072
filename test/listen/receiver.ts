// A UDP listener in a thread of its own, as the pipeline runs it, and what it handed over.
import { once } from 'node:events';
import { Worker, type MessagePort } from 'node:worker_threads';
import type { ListenerInfo } from '#src/listen/listener.js';
import { eventually } from '../support/eventually.js';
import { closeUdpSocket, openUdpSockets, type UdpSocket } from '#src/listen/udp-socket.js';
import type { UdpOptions } from '#src/listen/udp-address.js';

export interface Received {
  readonly source: string;
  readonly port: number;
  readonly bytes: Uint8Array;
  /** Receive time, Unix nanoseconds. */
  readonly received: bigint;
  /** When the sink was called, Unix milliseconds. */
  readonly at: number;
}

export const defaults: UdpOptions = {
  uri: 'flow://127.0.0.1:0',
  host: '127.0.0.1',
  port: 0,
  receiveBuffer: 32 << 20,
};

export type Implementation = 'dgram' | 'mmsg';

export interface Task {
  readonly options: UdpOptions;
  /** What the main thread opened for batch receive. */
  readonly socket?: UdpSocket;
  /** Whether the socket outlives the receiver. */
  readonly keepSocket?: boolean;
  /** Where datagrams come from in place of a socket. */
  readonly feed?: MessagePort;
  /** Threads to hand the datagrams on to. */
  readonly peers?: readonly MessagePort[];
  readonly queueOctets?: number;
  /** Whether a full queue waits. */
  readonly waits?: boolean;
  /**
   * Int32: 0 the command, 1 datagrams, 2 batches, 4 datagrams dropped, 5 datagrams that were in its hands, 6 stall after so
   * many. */
  readonly shared: SharedArrayBuffer;
  /** Whether the datagrams themselves are wanted. */
  readonly record: boolean;
  /** Milliseconds that the sink spends on each datagram. */
  readonly slowMs: number;
}

export type Request =
  | { readonly kind: 'stop'; readonly drainMs: number }
  | { readonly kind: 'drops' }
  | { readonly kind: 'peer'; readonly index: number; readonly port: MessagePort };

export type Answer =
  | { readonly kind: 'started'; readonly info: ListenerInfo }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string }
  | { readonly kind: 'batch'; readonly batch: Received[] }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'drops'; readonly drops: number | undefined }
  | { readonly kind: 'stopped'; readonly drops: number | undefined };

export const GO = 0;
export const WAIT = 1;
export const STOP = 2;

export class Receiver {
  static readonly #running = new Set<Receiver>();
  readonly received: Received[] = [];
  readonly warnings: string[] = [];
  readonly #worker: Worker;
  readonly #shared: Int32Array;
  readonly #answers = new Map<Answer['kind'], ((answer: Answer) => void)[]>();
  readonly #socket: UdpSocket | undefined;
  readonly #record: boolean;
  readonly #stopped: Promise<Answer>;
  /** Asked for early: the last message and the exit can come in one turn. */
  readonly #exit: Promise<unknown>;
  info!: ListenerInfo;

  private constructor(task: Task) {
    const transferList = [...(task.peers ?? []), ...(task.feed === undefined ? [] : [task.feed])];
    this.#shared = new Int32Array(task.shared);
    this.#socket = task.keepSocket === true ? undefined : task.socket;
    this.#record = task.record;
    this.#worker = new Worker(new URL('./receiver-worker.js', import.meta.url), {
      workerData: task,
      transferList,
    });
    this.#stopped = this.#next('stopped');
    this.#exit = once(this.#worker, 'exit');
    Receiver.#running.add(this);
    this.#worker.on('message', (answer: Answer) => {
      if (answer.kind === 'batch') this.received.push(...answer.batch);
      else if (answer.kind === 'warning') this.warnings.push(answer.text);
      else this.#answers.get(answer.kind)?.shift()?.(answer);
    });
  }

  /** Rejects with the error of the listener when it does not start. */
  static async start(
    implementation: Implementation,
    options: Partial<UdpOptions> = {},
    extra: Partial<Task> = {},
  ): Promise<Receiver> {
    const full: UdpOptions = { ...defaults, ...options };
    const [socket] = implementation === 'mmsg' && extra.socket === undefined ? await openUdpSockets(full, 1) : [];
    const shared = new SharedArrayBuffer(32);
    const task: Task = { options: full, shared, record: true, slowMs: 0, ...(socket && { socket }), ...extra };
    const receiver = new Receiver(task);
    const answer = await Promise.race([receiver.#next('started'), receiver.#next('failed')]);
    if (answer.kind === 'failed') {
      await receiver.#end();
      throw Object.assign(new Error(answer.message), { code: answer.code });
    }
    if (answer.kind === 'started') receiver.info = answer.info;
    return receiver;
  }

  get port(): number {
    return this.info.port;
  }

  get datagrams(): number {
    return Atomics.load(this.#shared, 1);
  }

  get batches(): number {
    return Atomics.load(this.#shared, 2);
  }

  /** Datagrams that were read and dropped. */
  get dropped(): number {
    return Atomics.load(this.#shared, 4);
  }

  /** Datagrams that the thread took and did not hand on. */
  get taken(): number {
    return Atomics.load(this.#shared, 5);
  }

  /** Stalls after the `count`th datagram. */
  stallAfter(count: number): void {
    Atomics.store(this.#shared, 6, count);
  }

  command(command: number): void {
    Atomics.store(this.#shared, 0, command);
    Atomics.notify(this.#shared, 0);
  }

  /** Waits until so many datagrams were handed over, at most 5 s; then for their copies. */
  async until(count: number): Promise<void> {
    await eventually(
      () => this.datagrams >= count && (!this.#record || this.received.length >= count),
      () => `${this.datagrams} of ${count} datagrams came`,
    );
  }

  async drops(): Promise<number | undefined> {
    this.#tell({ kind: 'drops' });
    const answer = await this.#next('drops');
    return answer.kind === 'drops' ? answer.drops : undefined;
  }

  /** Kernel drops as the listener knows them after it was stopped. */
  async stop(drainMs = 200): Promise<number | undefined> {
    this.#tell({ kind: 'stop', drainMs });
    return this.ended();
  }

  /** Waits until the listener is done. */
  async ended(): Promise<number | undefined> {
    const answer = await this.#stopped;
    await this.#end();
    return answer.kind === 'stopped' ? answer.drops : undefined;
  }

  /** Has the datagrams that went to one thread go to another. */
  replacePeer(index: number, port: MessagePort): void {
    this.#tell({ kind: 'peer', index, port }, [port]);
  }

  /** Ends the thread, whatever it does. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
    await this.#end();
  }

  /** Ends the threads that are left, of tests that failed. */
  static async terminateAll(): Promise<void> {
    await Promise.all([...Receiver.#running].map((receiver) => receiver.terminate()));
  }

  #tell(message: Request, transfer: MessagePort[] = []): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(message, transfer);
  }

  async #end(): Promise<void> {
    Receiver.#running.delete(this);
    await this.#exit;
    if (this.#socket !== undefined) await closeUdpSocket(this.#socket);
  }

  #next(kind: Answer['kind']): Promise<Answer> {
    return new Promise((resolve) => this.#answers.set(kind, [...(this.#answers.get(kind) ?? []), resolve]));
  }
}

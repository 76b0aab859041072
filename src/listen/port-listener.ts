import type { MessagePort } from 'node:worker_threads';
import { Datagram } from './datagram.ts';
import type { DatagramSink, Listener, ListenerInfo } from './listener.ts';
import { markTaken, unpack, type Pack } from './packed-datagrams.ts';
import { Sources } from './sources.ts';
import type { ToPeer } from './spread.ts';

/** Before a sink that does not take datagrams is asked again. */
const WAIT_MS = 1;

/** More than the thread with the socket may drain for, so that what it sends last is still taken. */
const GRACE_MS = 250;

/**
 * Receives what the thread with the socket hands on (`Spread`). On `wait` the packs stay here: their buffers are not
 * free again, and the other thread counts what it has no buffer for.
 */
export class PortListener implements Listener {
  readonly done: Promise<void>;
  readonly #port: MessagePort;
  readonly #datagram = new Datagram();
  readonly #sources = new Sources();
  /** Packs that the sink was not ready for; their number is bounded by the sender. */
  readonly #held: Pack[] = [];
  #sink: DatagramSink | undefined;
  #retry: NodeJS.Timeout | undefined;
  #sawEnd = false;
  #settle: () => void = () => {};

  constructor(port: MessagePort) {
    this.#port = port;
    this.done = new Promise((resolve) => (this.#settle = resolve));
  }

  start(sink: DatagramSink): Promise<ListenerInfo> {
    if (this.#sink !== undefined) return Promise.reject(new Error('this listener was started before'));
    this.#sink = sink;
    this.#port.on('message', (message: ToPeer) => this.#take(message));
    const nothing = { address: '', port: 0, bufferAsked: 0, bufferGranted: 0 };
    return Promise.resolve({ ...nothing, receive: 'handed-on' });
  }

  /** Waits for the other thread to say that nothing follows, a little longer than that one may drain. */
  async stop(drainMs: number): Promise<void> {
    if (this.#sink === undefined) this.#settle();
    const timeout = setTimeout(() => this.#giveUp(), drainMs + GRACE_MS);
    await this.done;
    clearTimeout(timeout);
  }

  /** The thread with the socket knows. */
  kernelDrops(): undefined {}

  #take(message: ToPeer): void {
    if (message.kind === 'pack') this.#held.push(message.pack);
    else this.#sawEnd = true;
    if (this.#retry === undefined) this.#work();
  }

  readonly #work = (): void => {
    this.#retry = undefined;
    const sink = this.#sink!;
    while (this.#held.length > 0) {
      const answer = sink.poll();
      if (answer === 'stop') return this.#giveUp();
      if (answer === 'wait') {
        this.#retry = setTimeout(this.#work, WAIT_MS);
        return;
      }
      const pack = this.#held.shift()!;
      this.#taken(pack);
      unpack(pack, this.#datagram, this.#sources, this.#deliver);
      sink.endOfBatch();
      this.#port.postMessage(null); // its buffer is free again
    }
    if (this.#sawEnd) this.#end();
  };

  readonly #deliver = (datagram: Datagram): void => this.#sink!.datagram(datagram);

  readonly #drop = (datagram: Datagram): void => this.#sink!.dropped?.(datagram, 'shutdown');

  #taken(pack: Pack): void {
    markTaken(pack);
    this.#sink!.batch?.(pack.count);
  }

  /** What is held here and was not decoded in time is dropped, and counted. */
  #giveUp(): void {
    for (const pack of this.#held.splice(0)) {
      this.#taken(pack);
      unpack(pack, this.#datagram, this.#sources, this.#drop);
    }
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#retry);
    this.#port.close();
    this.#settle();
  }
}

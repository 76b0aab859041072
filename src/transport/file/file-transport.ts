import type { FlowDrop } from '../../metrics/reasons.ts';
import { messageEnd, messageIndex } from '../transport.ts';
import type { Batch, Framing, Transport, TransportContext, TransportStatus } from '../transport.ts';
import { openOutlet } from './open-outlet.ts';
import type { Outlet } from './outlet.ts';

export interface FileTransportOptions {
  /** Where to write; empty: standard output. */
  readonly path: string;
  /** Written after every message. */
  readonly separator: string;
}

interface Waiting {
  readonly batch: Batch;
  readonly done: () => void;
}

/**
 * Writes messages to a file, a pipe or standard output: in order, whole batches at a time, and never part of a
 * message in front of the next one. When the device is full the messages that do not fit are dropped and counted,
 * and writing goes on when there is room.
 */
export class FileTransport implements Transport {
  readonly framing: Framing;
  readonly #options: FileTransportOptions;
  readonly #context: TransportContext;
  readonly #queue: Waiting[] = [];
  #outlet: Outlet | undefined;
  /** The rest of a message whose beginning is out and could not be taken back. */
  #rest: Uint8Array | undefined;
  #current: Batch | undefined;
  #running: Promise<void> | undefined;
  #reopen: (() => void) | undefined;
  #lastError: string | undefined;
  #stopped = false;

  constructor(options: FileTransportOptions, context: TransportContext) {
    this.#options = options;
    this.#context = context;
    this.framing = { separator: new TextEncoder().encode(options.separator) };
  }

  start(): Promise<void> {
    this.#outlet = openOutlet(this.#options.path);
    return Promise.resolve();
  }

  send(batch: Batch, done: () => void): void {
    if (this.#stopped) {
      this.#drop(batch.count, 'shutdown_timeout');
      done();
      return;
    }
    this.#queue.push({ batch, done });
    this.#run();
  }

  reopen(): Promise<void> {
    if (this.#options.path === '') return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#reopen;
      this.#reopen = () => {
        before?.();
        resolve();
      };
      this.#run();
    });
  }

  status(): TransportStatus {
    return {
      ready: this.#lastError === undefined,
      reason: this.#lastError === undefined ? undefined : `output cannot be written: ${this.#lastError}`,
      gauges: { output_batches_waiting: this.#queue.length },
    };
  }

  async stop(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.#running ?? Promise.resolve(), timeout]);
    clearTimeout(timer);
    this.#stopped = true;
    if (this.#current !== undefined) {
      const confirmed = wholeMessages(this.#current, this.#outlet!.confirmed());
      this.#deliver(this.#current, confirmed);
      this.#drop(this.#current.count - confirmed, 'shutdown_timeout');
    }
    for (const { batch } of this.#queue) this.#drop(batch.count, 'shutdown_timeout');
    this.#queue.length = 0;
    if (this.#rest !== undefined) this.#drop(1, 'shutdown_timeout');
    if (this.#current === undefined) await this.#outlet?.close();
  }

  #run(): void {
    this.#running ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      if (this.#reopen !== undefined) await this.#openAgain();
      const next = this.#queue.shift();
      if (next === undefined) {
        this.#running = undefined;
        return;
      }
      this.#current = next.batch;
      await this.#writeBatch(next.batch);
      if (this.#stopped) return; // stop() has accounted for everything
      this.#current = undefined;
      next.done();
    }
  }

  async #writeBatch(batch: Batch): Promise<void> {
    const outlet = this.#outlet!;
    if (this.#rest !== undefined) {
      const { octets, error } = await outlet.write(this.#rest);
      if (this.#stopped) return;
      this.#rest = error === undefined ? undefined : this.#rest.subarray(octets);
      if (error !== undefined) return this.#failed(batch.count, error);
      this.#context.counters.add('flows_delivered');
    }
    const { octets, error } = await outlet.write(batch.buffer.subarray(0, batch.length));
    if (this.#stopped) return;
    if (error === undefined) {
      this.#deliver(batch, batch.count);
      this.#recovered();
      return;
    }
    const whole = wholeMessages(batch, octets);
    let lost = batch.count - whole;
    const index = messageIndex(batch);
    const cut = octets - messageEnd(index, whole - 1);
    if (cut > 0 && !(await outlet.takeBack(cut))) {
      // Its beginning is out: the rest goes first next time, and the message counts when that is out as well.
      this.#rest = batch.buffer.slice(octets, messageEnd(index, whole));
      lost--;
    }
    this.#deliver(batch, whole);
    this.#failed(lost, error);
  }

  #deliver(batch: Batch, messages: number): void {
    this.#context.counters.add('flows_delivered', messages);
    const octets = messageEnd(messageIndex(batch), messages - 1);
    this.#context.counters.add('bytes_delivered', octets);
  }

  #drop(messages: number, reason: FlowDrop): void {
    this.#context.counters.add(`flows_dropped:${reason}`, messages);
  }

  #failed(lost: number, error: string): void {
    this.#drop(lost, error === 'ENOSPC' ? 'enospc' : error === 'EPIPE' ? 'epipe' : 'io_error');
    if (error === this.#lastError) return;
    this.#lastError = error;
    if (error === 'EPIPE') this.#context.onGone();
    else this.#context.log.error('output cannot be written, dropping', { path: this.#options.path, error });
  }

  #recovered(): void {
    if (this.#lastError === undefined) return;
    this.#lastError = undefined;
    this.#context.log.warn('output can be written again', { path: this.#options.path });
  }

  /** Opens the new file first: when that fails the old one stays. */
  async #openAgain(): Promise<void> {
    const done = this.#reopen!;
    this.#reopen = undefined;
    try {
      const old = this.#outlet!;
      const fresh = openOutlet(this.#options.path);
      if (this.#rest !== undefined) {
        const { error } = await old.write(this.#rest);
        if (error === undefined) this.#context.counters.add('flows_delivered');
        else this.#drop(1, 'io_error');
        this.#rest = undefined;
      }
      this.#outlet = fresh;
      await old.close();
      this.#context.log.info('reopened output', { path: this.#options.path });
    } catch (error) {
      this.#context.counters.add('output_reopen_failures');
      this.#context.log.error('output cannot be reopened, going on with the old file', { error: String(error) });
    }
    done();
  }
}

/** How many messages of a batch end within its first `octets`. */
function wholeMessages(batch: Batch, octets: number): number {
  const index = messageIndex(batch);
  let low = 0;
  let high = batch.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messageEnd(index, middle) <= octets) low = middle + 1;
    else high = middle;
  }
  return low;
}

import type { Batch, Framing, Transport, TransportContext, TransportStatus } from 'goflow2plus/transport';

/** Octets that may wait for the server; what comes then is dropped and counted. */
const MOST_WAITING = 64 * 1024 * 1024;

/** Each batch of messages is the body of a POST; what the server does not take is counted as dropped. */
export class HttpTransport implements Transport {
  readonly framing: Framing = { separator: new TextEncoder().encode('\n') };
  readonly #url: string;
  readonly #context: TransportContext;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #stopped = false;
  #problem: string | undefined;

  constructor(url: string, context: TransportContext) {
    this.#url = url;
    this.#context = context;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send({ buffer, length, count }: Batch, done: () => void): void {
    if (this.#stopped || this.#waiting + length > MOST_WAITING) {
      this.#context.counters.add(this.#stopped ? 'flows_dropped:shutdown_timeout' : 'flows_dropped:buffer_full', count);
      done();
      return;
    }
    const body = buffer.slice(0, length); // ours: the buffer goes back to its worker
    done();
    this.#waiting += length;
    this.#last = this.#last.then(() => this.#post(body, count));
  }

  reopen(): Promise<void> {
    return Promise.resolve();
  }

  status(): TransportStatus {
    return { ready: this.#problem === undefined, reason: this.#problem, gauges: { http_waiting_bytes: this.#waiting } };
  }

  async stop(timeoutMs: number): Promise<void> {
    this.#stopped = true;
    await Promise.race([this.#last, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
  }

  async #post(body: Uint8Array<ArrayBuffer>, count: number): Promise<void> {
    const { counters, log } = this.#context;
    try {
      const response = await fetch(this.#url, { method: 'POST', body, signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      counters.add('flows_delivered', count);
      counters.add('bytes_delivered', body.length);
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `HTTP: ${(error as Error).message}`;
      log.warn('a batch was not taken', { url: this.#url, error: this.#problem });
      counters.add('flows_dropped:io_error', count);
    } finally {
      this.#waiting -= body.length;
    }
  }
}

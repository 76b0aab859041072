import type { Socket } from 'node:dgram';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { bindUdp, closeUdp } from './udp-sockets.ts';
import type { Endpoint } from './udp-sockets.ts';

export interface SenderOptions {
  readonly target: Endpoint;
  /** Datagrams a second over all sources; without it, as fast as the kernel takes them. */
  readonly rate?: number;
  /**
   * Addresses and ports to send from, one socket each; on loopback every 127.x.y.z will do. One of the target's
   * family and any port by default.
   */
  readonly sources?: readonly Endpoint[];
}

/** A datagram and the source that it is sent from: an index into `SenderOptions.sources`, 0 by default. */
export interface OutgoingDatagram {
  readonly bytes: Uint8Array;
  readonly source?: number;
}

export interface SendReport {
  /** Handed to the kernel without an error. */
  readonly datagrams: number;
  readonly octets: number;
  /** Sends that failed, by error code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  /** How late the latest datagram was against its pace. */
  readonly behindMs: number;
}

/** Sends that may be under way at once. */
const MAX_UNDER_WAY = 256;

/**
 * Sends datagrams over UDP at an even pace by the monotonic clock. A sender that falls behind catches up, so that the
 * rate over the whole run is right; how far behind it was is in the report.
 */
export class PacedSender {
  readonly #options: SenderOptions;
  #sockets: Socket[] = [];

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Opens the sockets; tells what they are bound to. */
  async start(): Promise<Endpoint[]> {
    const any = this.#options.target.address.includes(':') ? '::' : '0.0.0.0';
    for (const source of this.#options.sources ?? [{ address: any, port: 0 }]) {
      this.#sockets.push(await bindUdp(source)); // eslint-disable-line no-await-in-loop
    }
    return this.#sockets.map((socket) => {
      const { address, port } = socket.address();
      return { address, port };
    });
  }

  /** Sends all of them. Settles when the kernel has taken or refused the last one. */
  async send(datagrams: Iterable<OutgoingDatagram | Uint8Array>): Promise<SendReport> {
    const run = new Run(this.#options, this.#sockets);
    for (const item of datagrams) {
      await run.turn(); // eslint-disable-line no-await-in-loop
      if (item instanceof Uint8Array) run.send(item, 0);
      else run.send(item.bytes, item.source ?? 0);
    }
    return run.finish();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sockets.splice(0).map(closeUdp));
  }
}

/** One call of {@link PacedSender.send}. */
class Run {
  readonly #target: Endpoint;
  readonly #sockets: readonly Socket[];
  readonly #msPerDatagram: number;
  readonly #start = performance.now();
  readonly #errors: Record<string, number> = {};
  #asked = 0;
  #underWay = 0;
  #datagrams = 0;
  #octets = 0;
  #behindMs = 0;

  constructor(options: SenderOptions, sockets: readonly Socket[]) {
    this.#target = options.target;
    this.#sockets = sockets;
    this.#msPerDatagram = options.rate === undefined ? 0 : 1_000 / options.rate;
  }

  /** Waits until the next datagram is due and there is room for it. */
  async turn(): Promise<void> {
    const due = this.#start + this.#asked * this.#msPerDatagram;
    for (let now = performance.now(); now < due; now = performance.now()) {
      if (due - now > 2)
        await setTimeout(Math.floor(due - now) - 1); // eslint-disable-line no-await-in-loop
      else await setImmediate(); // eslint-disable-line no-await-in-loop
    }
    while (this.#underWay >= MAX_UNDER_WAY) await setImmediate(); // eslint-disable-line no-await-in-loop
    if (this.#msPerDatagram > 0) this.#behindMs = Math.max(this.#behindMs, performance.now() - due);
  }

  send(bytes: Uint8Array, source: number): void {
    const socket = this.#sockets[source];
    if (socket === undefined) throw new RangeError(`there is no source ${source}, or the sender was not started`);
    this.#asked++;
    this.#underWay++;
    socket.send(bytes, this.#target.port, this.#target.address, (error) => {
      this.#underWay--;
      if (error === null) {
        this.#datagrams++;
        this.#octets += bytes.length;
      } else {
        const code = (error as NodeJS.ErrnoException).code ?? error.name;
        this.#errors[code] = (this.#errors[code] ?? 0) + 1;
      }
    });
  }

  async finish(): Promise<SendReport> {
    while (this.#underWay > 0) await setImmediate(); // eslint-disable-line no-await-in-loop
    return {
      datagrams: this.#datagrams,
      octets: this.#octets,
      errors: this.#errors,
      elapsedMs: performance.now() - this.#start,
      behindMs: this.#behindMs,
    };
  }
}

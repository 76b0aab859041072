import { parseAddress } from '#src/flow/address.js';
import type { SendingLibc } from './sending-libc.ts';
import { SourceRing } from './source-ring.ts';

/** A datagram that is sent over and over, with the place of its sequence number. */
export interface PreparedDatagram {
  readonly bytes: Uint8Array;
  /** Where its protocol has the 32-bit sequence number, and by how much the next datagram's is larger. */
  readonly sequence?: { readonly offset: number; readonly step: number };
  /** Other 32-bit numbers in it, and by how much each is larger in the next round of the circle. */
  readonly counts?: readonly (readonly [offset: number, step: number])[] | undefined;
}

export interface Place {
  readonly address: string;
  /** 0 for any, where it is a source. */
  readonly port: number;
}

/** One exporter: where it sends from, and what, in a circle. */
export interface LoadSource {
  readonly from: Place;
  readonly datagrams: readonly PreparedDatagram[];
}

export interface LoadOptions {
  readonly target: Place;
  readonly sources: readonly LoadSource[];
  /** Datagrams a second over all sources; without it, as fast as one core can. */
  readonly rate?: number;
  /** Datagrams of one source in a row, in one system call. */
  readonly burst?: number;
}

export interface LoadReport {
  /** Handed to the kernel without an error. */
  readonly datagrams: number;
  readonly octets: number;
  /** Datagrams that the kernel refused, by error. */
  readonly errors: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  /** How late the latest burst was against its pace. */
  readonly behindMs: number;
}

/** Below this it waits by looking at the clock: a sleep ends some 60 microseconds late. */
const SPIN_MS = 0.12;

/**
 * Sends prepared datagrams through `sendmmsg`, evenly by the monotonic clock, from as many sockets as there are
 * sources, each in its turn. It blocks its thread: run it in a process of its own, on another core than what is
 * measured. Whoever falls behind catches up, so the rate over the whole run is right.
 */
export class LoadSender {
  readonly #options: LoadOptions;
  readonly #libc: SendingLibc;
  readonly #rings: SourceRing[];
  #errors: Record<string, number> = {};
  #datagrams = 0;
  #octets = 0;

  /** Opens the sockets. Addresses are of one family; on loopback every 127.x.y.z will do as a source. */
  constructor(libc: SendingLibc, options: LoadOptions) {
    if (parseAddress(options.target.address) === undefined) throw new Error(`no address: ${options.target.address}`);
    this.#options = options;
    this.#libc = libc;
    this.#rings = options.sources.map((source) => new SourceRing(libc, source, options.target));
  }

  /** Sends until one of the limits is reached; the next run goes on in the circles where this one ended. */
  run(limits: { readonly seconds?: number; readonly datagrams?: number }): LoadReport {
    [this.#datagrams, this.#octets, this.#errors] = [0, 0, {}];
    const { rate = Infinity, burst = 16 } = this.#options;
    const most = limits.datagrams ?? Infinity;
    const start = performance.now();
    const end = start + (limits.seconds ?? Infinity) * 1000;
    let behindMs = 0;
    let asked = 0;
    for (let turn = 0; asked < most; turn++) {
      const due = start + (asked / rate) * 1000;
      if (due >= end) break;
      const late = this.#waitUntil(due);
      if (rate === Infinity && performance.now() >= end) break;
      if (rate !== Infinity && late > behindMs) behindMs = late;
      asked += this.#send(this.#rings[turn % this.#rings.length]!, Math.min(burst, most - asked));
    }
    const elapsedMs = performance.now() - start;
    return { datagrams: this.#datagrams, octets: this.#octets, errors: this.#errors, elapsedMs, behindMs };
  }

  close(): void {
    for (const ring of this.#rings) ring.close();
  }

  /** @returns milliseconds that it is late */
  #waitUntil(due: number): number {
    for (;;) {
      const left = due - performance.now();
      if (left <= 0) return -left;
      if (left > SPIN_MS) this.#libc.usleep(Math.floor((left - SPIN_MS) * 1000));
    }
  }

  /** @returns datagrams that were tried */
  #send(ring: SourceRing, count: number): number {
    const { sent, octets } = ring.send(count);
    this.#datagrams += sent;
    this.#octets += octets;
    if (sent > 0) return sent;
    const code = this.#libc.errno();
    this.#errors[code] = (this.#errors[code] ?? 0) + 1;
    ring.skip();
    return 1;
  }
}

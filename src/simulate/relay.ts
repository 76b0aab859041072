import type { RemoteInfo, Socket } from 'node:dgram';
import { Impairment } from './impairment.ts';
import type { ImpairmentAccount, ImpairmentOptions } from './impairment.ts';
import { bindUdp, closeUdp } from './udp-sockets.ts';
import type { Endpoint } from './udp-sockets.ts';

export interface RelayOptions extends ImpairmentOptions {
  readonly listen: Endpoint;
  readonly target: Endpoint;
  /** Milliseconds that a datagram waits here; none by default. */
  readonly delayOf?: (payload: Uint8Array) => number;
  /** Told of every datagram as it comes, before anything is done to it; the octets stay as they are. */
  readonly onDatagram?: (payload: Uint8Array) => void;
}

export interface RelayAccount extends ImpairmentAccount {
  /** Handed to the kernel without an error. */
  sent: number;
  /** Sends that failed. */
  errors: number;
  /** Datagrams that were waiting when the relay was stopped. */
  undelivered: number;
}

/** A datagram on its way. */
interface Relayed {
  readonly payload: Uint8Array;
  readonly source: string;
}

/** Asked for, so that bursts are not lost here; the kernel may grant less. */
const RECEIVE_BUFFER = 8 * 1024 * 1024;

/**
 * A path over UDP that loses, duplicates, reorders and delays, with exact counts of what it did. Each source gets a
 * socket of its own, bound to the same address, so that the target sees as many exporters as there are.
 */
export class UdpRelay {
  readonly #options: RelayOptions;
  readonly #impairment: Impairment<Relayed>;
  readonly #outlets = new Map<string, Promise<Socket>>();
  readonly #waiting = new Set<NodeJS.Timeout>();
  readonly #sends = new Set<Promise<void>>();
  #inlet: Socket | undefined;
  #sent = 0;
  #errors = 0;
  #undelivered = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#impairment = new Impairment(options);
  }

  get account(): RelayAccount {
    return { ...this.#impairment.account, sent: this.#sent, errors: this.#errors, undelivered: this.#undelivered };
  }

  /** Listens; tells where. */
  async start(): Promise<Endpoint> {
    const inlet = await bindUdp(this.#options.listen);
    inlet.setRecvBufferSize(RECEIVE_BUFFER);
    inlet.on('message', (payload, from) => this.#receive(payload, from));
    this.#inlet = inlet;
    const { address, port } = inlet.address();
    return { address, port };
  }

  /** Sends on what is held for reordering. */
  flush(): void {
    for (const relayed of this.#impairment.flush()) this.#forward(relayed);
  }

  /** Stops listening, sends on what is held, gives up what waits. Settles when the kernel has taken the rest. */
  async stop(): Promise<RelayAccount> {
    if (this.#inlet !== undefined) await closeUdp(this.#inlet);
    this.#inlet = undefined;
    this.flush();
    this.#undelivered += this.#waiting.size;
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
    await Promise.all(this.#sends);
    const outlets = await Promise.all(this.#outlets.values());
    await Promise.all(outlets.map(closeUdp));
    this.#outlets.clear();
    return this.account;
  }

  #receive(payload: Uint8Array, from: RemoteInfo): void {
    this.#options.onDatagram?.(payload);
    const source = `${from.address} ${from.port}`;
    if (!this.#outlets.has(source)) {
      this.#outlets.set(source, bindUdp({ address: from.address, port: 0 }));
    }
    for (const relayed of this.#impairment.pass({ payload, source }, source)) this.#forward(relayed);
  }

  #forward(relayed: Relayed): void {
    const delayMs = this.#options.delayOf?.(relayed.payload) ?? 0;
    if (delayMs <= 0) {
      this.#send(relayed);
      return;
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      this.#send(relayed);
    }, delayMs);
    this.#waiting.add(timer);
  }

  #send({ payload, source }: Relayed): void {
    const send = this.#outlets.get(source)!.then(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.send(payload, this.#options.target.port, this.#options.target.address, (error) => {
            if (error === null) this.#sent++;
            else this.#errors++;
            resolve();
          });
        }),
      () => void this.#errors++,
    );
    this.#sends.add(send);
    void send.finally(() => this.#sends.delete(send));
  }
}

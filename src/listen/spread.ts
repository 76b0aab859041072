import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Datagram } from './datagram.ts';
import { exporterWorker } from './exporter-hash.ts';
import type { DatagramSink } from './listener.ts';
import { isTaken, PACK_OCTETS, Packer, type Pack } from './packed-datagrams.ts';

/** From the thread with the socket to one that decodes; a word comes back for every pack. */
export type ToPeer = { readonly kind: 'pack'; readonly pack: Pack } | { readonly kind: 'end' };

/** Between two looks for a buffer that came back, while there is none. */
const LOOK_MS = 1;

/** A word that nobody changes, to sleep on. */
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * The sink of the one thread that reads a socket for several that decode. All datagrams of an exporter, whatever its
 * port, go to the same thread, in their order.
 *
 * An idle peer gets what a receive call brought at once. One that still has packs to do gets the next pack when it
 * gives a buffer back, or when the pack is full: the more there is to do, the larger the packs. Each peer has a
 * bounded number of buffers; when all of them are on their way, a datagram for it is dropped as `queue_full`, or the
 * thread, and with it the socket, waits.
 *
 * The buffers are shared, so what a thread did not take before it ended is still here: the next one gets it.
 */
export class Spread implements DatagramSink {
  readonly #control: DatagramSink;
  readonly #peers: Peer[];
  readonly #waits: boolean;

  /**
   * @param control answers {@link poll} and counts what was dropped
   * @param ports one to a `PortListener` in each thread that decodes
   * @param queueOctets of all buffers together; each peer has two at least
   * @param waits for a buffer, in place of dropping
   */
  constructor(control: DatagramSink, ports: readonly MessagePort[], queueOctets: number, waits: boolean) {
    const buffers = Math.max(2, Math.floor(queueOctets / PACK_OCTETS / ports.length));
    this.#control = control;
    this.#peers = ports.map((port) => new Peer(port, buffers, control));
    this.#waits = waits;
  }

  poll(): 'go' | 'wait' | 'stop' {
    return this.#control.poll();
  }

  batch(count: number): void {
    this.#control.batch?.(count);
  }

  datagram(datagram: Datagram): void {
    const { octets, length } = datagram.source;
    const peer = this.#peers[exporterWorker(octets, 0, length, this.#peers.length)]!;
    while (!peer.add(datagram)) {
      if (!this.#waits || this.#control.poll() === 'stop') {
        this.#control.dropped?.(datagram, 'queue_full');
        return;
      }
      Atomics.wait(never, 0, 0, LOOK_MS);
      peer.collect();
    }
  }

  endOfBatch(): void {
    for (const peer of this.#peers) peer.flushIfIdle();
    this.#control.endOfBatch();
  }

  warning(text: string): void {
    this.#control.warning?.(text);
  }

  dropped(...what: Parameters<NonNullable<DatagramSink['dropped']>>): void {
    this.#control.dropped?.(...what);
  }

  /** Gives the place of a peer that is no more to a new one, with the packs that the old one did not take. */
  replace(index: number, port: MessagePort): void {
    this.#peers[index]!.reconnect(port);
  }

  /** After the listener has ended: sends what is left, and that nothing follows. */
  end(): void {
    for (const peer of this.#peers) peer.end();
  }
}

/** One thread that decodes, seen from the one that receives. */
class Peer {
  readonly #buffers: number;
  readonly #control: DatagramSink;
  readonly #packer = new Packer();
  readonly #free: SharedArrayBuffer[] = [];
  /** Packs that were sent, oldest first: their buffers come back in order. */
  readonly #away: Pack[] = [];
  #port: MessagePort;
  #allocated = 0;

  constructor(port: MessagePort, buffers: number, control: DatagramSink) {
    this.#buffers = buffers;
    this.#control = control;
    this.#port = this.#connect(port);
  }

  /** @returns false when all buffers are full and on their way */
  add(datagram: Datagram): boolean {
    const packer = this.#packer;
    if (!packer.hasRoom(datagram.length)) {
      if (packer.count > 0) this.#flush();
      const buffer = this.#takeFree();
      if (buffer === undefined) return false;
      packer.begin(buffer);
    }
    packer.add(datagram);
    return true;
  }

  flushIfIdle(): void {
    if (this.#away.length === 0 && this.#packer.count > 0) this.#flush();
  }

  /** Reads the buffers that came back, without going to the event loop. */
  collect(): void {
    while (receiveMessageOnPort(this.#port) !== undefined) this.#release();
  }

  end(): void {
    if (this.#packer.count > 0) this.#flush();
    this.#post({ kind: 'end' });
  }

  reconnect(port: MessagePort): void {
    this.collect();
    this.#port.close();
    this.#port = this.#connect(port);
    const away = this.#away.splice(0);
    for (const pack of away) {
      if (isTaken(pack)) this.#free.push(pack.buffer);
      else this.#send(pack);
    }
  }

  #connect(port: MessagePort): MessagePort {
    port.on('message', () => this.#release());
    port.unref(); // the socket keeps the thread, not this
    return port;
  }

  /** From here on the datagrams are no longer this thread's. */
  #flush(): void {
    const pack = this.#packer.take();
    this.#control.batch?.(-pack.count);
    this.#send(pack);
  }

  #send(pack: Pack): void {
    this.#away.push(pack);
    this.#post({ kind: 'pack', pack });
  }

  #takeFree(): SharedArrayBuffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined || this.#allocated >= this.#buffers) return free;
    this.#allocated++;
    return new SharedArrayBuffer(PACK_OCTETS);
  }

  #release(): void {
    this.#free.push(this.#away.shift()!.buffer);
    this.flushIfIdle();
  }

  #post(message: ToPeer): void {
    this.#port.postMessage(message);
  }
}

import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Datagram } from './datagram.ts';
import { exporterWorker } from './exporter-hash.ts';
import type { DatagramSink } from './listener.ts';
import { PACK_OCTETS, Packer, type Pack } from './packed-datagrams.ts';

/** From the thread with the socket to one that decodes; an empty buffer comes back for every pack. */
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
    this.#peers = ports.map((port) => new Peer(port, buffers));
    this.#waits = waits;
  }

  poll(): 'go' | 'wait' | 'stop' {
    return this.#control.poll();
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

  /**
   * Gives the place of a peer that is no more to a new one. What was on its way is lost.
   *
   * @returns datagrams that were handed to the old one in packs whose buffers never came back
   */
  replace(index: number, port: MessagePort): number {
    const old = this.#peers[index]!;
    this.#peers[index] = new Peer(port, old.buffers);
    return old.close();
  }

  /** After the listener has ended: sends what is left, and that nothing follows. */
  end(): void {
    for (const peer of this.#peers) peer.end();
  }
}

/** One thread that decodes, seen from the one that receives. */
class Peer {
  readonly buffers: number;
  readonly #port: MessagePort;
  readonly #packer = new Packer();
  readonly #free: SharedArrayBuffer[] = [];
  /** Datagrams of each pack that is on its way, oldest first: they come back in order. */
  readonly #away: number[] = [];
  #allocated = 0;

  constructor(port: MessagePort, buffers: number) {
    this.buffers = buffers;
    this.#port = port;
    port.on('message', (buffer: SharedArrayBuffer) => this.#release(buffer));
    port.unref(); // the socket keeps the thread, not this
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
    for (let next; (next = receiveMessageOnPort(this.#port)) !== undefined;)
      this.#release(next.message as SharedArrayBuffer);
  }

  end(): void {
    if (this.#packer.count > 0) this.#flush();
    this.#post({ kind: 'end' });
  }

  close(): number {
    this.collect();
    this.#port.close();
    return this.#away.reduce((sum, count) => sum + count, this.#packer.count);
  }

  #flush(): void {
    const pack = this.#packer.take();
    this.#away.push(pack.count);
    this.#post({ kind: 'pack', pack });
  }

  #takeFree(): SharedArrayBuffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined || this.#allocated >= this.buffers) return free;
    this.#allocated++;
    return new SharedArrayBuffer(PACK_OCTETS);
  }

  #release(buffer: SharedArrayBuffer): void {
    this.#away.shift();
    this.#free.push(buffer);
    this.flushIfIdle();
  }

  #post(message: ToPeer): void {
    this.#port.postMessage(message);
  }
}

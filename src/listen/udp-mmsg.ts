import { loadLibc, type Libc } from './libc.ts';
import type { DatagramSink, Listener, ListenerInfo } from './listener.ts';
import { MessageBatch } from './message-batch.ts';
import { ReceiveClock } from './receive-clock.ts';
import { Sources } from './sources.ts';
import { socketBooks, type UdpSocket } from './udp-socket.ts';

/** Datagrams a call at most. */
const SLOTS = 64;
/** A batch below this many datagrams is followed by a sleep, so that the next one is larger. */
const FULL_ENOUGH = 32;
const NAP_US = 150;
/** Between two questions whether the sink takes datagrams again. */
const WAIT_US = 500;
/** After a failure of the socket. */
const FAILURE_US = 50_000;
/** The loop gives its thread's other work a turn so often. */
const SLICE_MS = 10;

/** `recvmmsg` flags: block for the first datagram only; do not block at all. */
const MSG_WAITFORONE = 0x10000;
const MSG_DONTWAIT = 0x40;

/**
 * Receives through `recvmmsg`, up to 64 datagrams a call, from a socket that another thread opened.
 *
 * The loop owns its thread. It asks `poll` before every call; every 10 ms, and every 20 ms on an idle socket, it
 * returns to the event loop for a turn, so that timers, promises and messages of the thread are served. After a small
 * batch it sleeps, because a call that brings one datagram costs as much as one that brings thirty. On `wait` nothing
 * is read: the kernel keeps what fits its buffer and counts the rest. The receive time of a batch is that of the
 * call's return: some hundred microseconds after the datagrams came while the thread keeps up, later by as much as
 * they waited when it does not.
 */
export class MmsgListener implements Listener {
  readonly done: Promise<void>;
  readonly #socket: UdpSocket;
  readonly #clock: ReceiveClock;
  #libc!: Libc;
  #batch!: MessageBatch;
  #sink: DatagramSink | undefined;
  /** When the drain is over, by the monotonic clock; not a number until a stop is asked for. */
  #drainUntil = NaN;
  #drops = 0;
  #lastDrops = 0;
  #settle: () => void = () => {};

  constructor(socket: UdpSocket, clock = new ReceiveClock()) {
    this.#socket = socket;
    this.#clock = clock;
    this.done = new Promise((resolve) => (this.#settle = resolve));
  }

  async start(sink: DatagramSink): Promise<ListenerInfo> {
    if (this.#sink !== undefined) throw new Error('this listener was started before');
    this.#sink = sink;
    this.#libc = await loadLibc();
    this.#batch = new MessageBatch(this.#libc, SLOTS, new Sources());
    setImmediate(this.#run);
    const { address, port, bufferAsked, bufferGranted, warnings } = this.#socket;
    return { address, port, bufferAsked, bufferGranted, receive: 'recvmmsg', warnings };
  }

  /** May be called from within `poll`. */
  stop(drainMs: number): Promise<void> {
    if (this.#sink === undefined) this.#settle();
    if (Number.isNaN(this.#drainUntil)) this.#drainUntil = performance.now() + drainMs;
    return this.done;
  }

  /** Since the socket was opened, whoever read it. */
  kernelDrops(): number {
    const { drops } = socketBooks(this.#libc, this.#socket.fd);
    this.#drops += (drops - this.#lastDrops) >>> 0; // the kernel's number wraps at 2^32
    this.#lastDrops = drops;
    return this.#drops;
  }

  readonly #run = (): void => {
    const sliceEnd = performance.now() + SLICE_MS;
    do {
      if (!this.#turn()) {
        this.#settle();
        return;
      }
    } while (performance.now() < sliceEnd);
    setImmediate(this.#run);
  };

  /** One receive at most. @returns false when it was the last */
  #turn(): boolean {
    const sink = this.#sink!;
    const answer = sink.poll();
    const draining = !Number.isNaN(this.#drainUntil);
    if (answer === 'stop' || (draining && performance.now() >= this.#drainUntil)) return false;
    if (answer === 'wait') {
      this.#libc.usleep(WAIT_US);
      return true;
    }
    const batch = this.#batch;
    const flags = draining ? MSG_DONTWAIT : MSG_WAITFORONE;
    const count = this.#libc.recvmmsg(this.#socket.fd, batch.address, batch.slots, flags, 0);
    if (count < 0) return this.#nothing(draining);
    this.#clock.stamp(batch.datagram.received);
    sink.batch?.(count);
    batch.deliver(count, sink);
    sink.endOfBatch();
    if (count < FULL_ENOUGH && !draining) this.#libc.usleep(NAP_US);
    return true;
  }

  /** @returns whether to go on */
  #nothing(draining: boolean): boolean {
    const code = this.#libc.errno();
    if (code === 'EAGAIN') return !draining;
    if (code === 'EINTR') return true;
    this.#sink!.warning?.(`receiving on port ${this.#socket.port}: ${code}`);
    if (code === 'EBADF' || code === 'ENOTSOCK') return false;
    this.#libc.usleep(FAILURE_US);
    return true;
  }
}

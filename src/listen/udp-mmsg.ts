import { loadLibc, type Libc } from './libc.ts';
import type { DatagramSink, Listener, ListenerInfo } from './listener.ts';
import { MessageRing } from './message-ring.ts';
import { ReceiveClock } from './receive-clock.ts';
import { Sources } from './sources.ts';
import { socketBooks, type UdpSocket } from './udp-socket.ts';

/** Datagrams a call at most. */
const BATCH = 128;
/** Datagrams that can wait in this thread. */
const SLOTS = 512;
/**
 * Datagrams that are handed over before the buffer is read again, for each octet that was granted: as many as fill a
 * third of that, where each counts as 2,304, as one of some 1,500 octets does. The kernel's buffer is twice as large as
 * what it says it grants. Of 900 kB or more, that is more than a call brings: such a buffer is not read ahead.
 */
const AHEAD_PER_OCTET = 1 / 3 / 2304;
/** When fewer datagrams than these came since the last nap, there is another one, so that the next batch is larger. */
const FULL_ENOUGH = 64;
/**
 * The longest nap, and how long it is for each octet of the receive buffer: a millisecond at 4 MiB. Whoever naps
 * may have to wait for the processor when it wakes up, and only the buffer bridges that.
 */
const MAX_NAP_US = 1000;
const NAP_US_PER_OCTET = 1 / 4096;

/** Between two questions whether the sink takes datagrams again. */
const WAIT_US = 500;
/** Longest time for counting what the kernel still holds after the drain. */
const GIVE_UP_MS = 250;
/** After a failure of the socket. */
const FAILURE_US = 50_000;
/** The loop gives its thread's other work a turn so often. */
const SLICE_MS = 10;

/** Datagrams of the warm-up: a millisecond or two. */
const WARM_SLOTS = 16;
const WARM_ROUNDS = 500;

/** `recvmmsg` flags: block for the first datagram only; do not block at all. */
const MSG_WAITFORONE = 0x10000;
const MSG_DONTWAIT = 0x40;

/**
 * Receives through `recvmmsg`, up to 128 datagrams a call, from a socket that another thread opened.
 *
 * The loop owns its thread. It asks `poll` before every call; every 10 ms, and every 20 ms on an idle socket, it
 * returns to the event loop for a turn, so that timers, promises and messages of the thread are served. After a small
 * batch it sleeps, because a call that brings one datagram costs as much as one that brings thirty. A small receive
 * buffer is emptied while datagrams of the last call are still to be handed over, so that it has its whole size for the
 * moments in which other threads have the processor. On `wait` nothing is read: the kernel keeps what fits its buffer
 * and counts the rest. The receive time is the kernel's, of the moment
 * when the datagram came, however long it waited to be read.
 */
export class MmsgListener implements Listener {
  readonly done: Promise<void>;
  readonly #socket: UdpSocket;
  readonly #clock: ReceiveClock;
  #libc!: Libc;
  #ring!: MessageRing;
  /** Datagrams since all of them were handed over. */
  #inARow = 0;
  #sink: DatagramSink | undefined;
  /** When the drain is over, by the monotonic clock; not a number until a stop is asked for. */
  #drainUntil = NaN;
  readonly #napUs: number;
  /** Datagrams that are handed over before the next are read. */
  readonly #atATime: number;
  #drops = 0;
  #lastDrops = 0;
  #settle: () => void = () => {};

  constructor(socket: UdpSocket, clock = new ReceiveClock()) {
    this.#socket = socket;
    this.#clock = clock;
    this.#napUs = Math.min(MAX_NAP_US, Math.floor(socket.bufferGranted * NAP_US_PER_OCTET));
    this.#atATime = Math.max(1, Math.floor(socket.bufferGranted * AHEAD_PER_OCTET));
    this.done = new Promise((resolve) => (this.#settle = resolve));
  }

  async start(sink: DatagramSink): Promise<ListenerInfo> {
    if (this.#sink !== undefined) throw new Error('this listener was started before');
    this.#sink = sink;
    this.#libc = await loadLibc();
    warmUp(this.#libc, this.#clock);
    this.#ring = new MessageRing(this.#libc, SLOTS, new Sources(), this.#clock);
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
    if (answer === 'stop' || (draining && performance.now() >= this.#drainUntil)) {
      this.#deliver(SLOTS, true);
      if (draining) this.#giveUp();
      return false;
    }
    if (answer === 'wait') {
      this.#libc.usleep(WAIT_US);
      return true;
    }
    const ring = this.#ring;
    if (ring.waiting === 0) this.#inARow = 0;
    const flags = draining || ring.waiting > 0 ? MSG_DONTWAIT : MSG_WAITFORONE;
    const count = ring.receive(this.#socket.fd, BATCH, flags);
    if (ring.waiting === 0) return this.#nothing(draining);
    if (count > 0) {
      this.#inARow += count;
      sink.batch?.(count);
    }
    this.#deliver(this.#atATime, false);
    if (ring.waiting === 0 && this.#inARow < FULL_ENOUGH && !draining) this.#libc.usleep(this.#napUs);
    return true;
  }

  /** Hands over what was received, as far as the sink is ready for it. */
  #deliver(most: number, all: boolean): void {
    if (this.#ring.waiting === 0) return;
    this.#ring.deliver(this.#sink!, most, all);
    this.#sink!.endOfBatch();
  }

  /** Reads what the drain has left, where the way out was full or more came all the time: it is counted as dropped. */
  #giveUp(): void {
    const sink = this.#sink!;
    const dropping: DatagramSink = {
      poll: () => 'go',
      datagram: (datagram) => sink.dropped?.(datagram, 'shutdown'),
      endOfBatch() {},
    };
    const end = performance.now() + GIVE_UP_MS;
    while (performance.now() < end) {
      const count = this.#ring.receive(this.#socket.fd, BATCH, MSG_DONTWAIT);
      if (count < 0) break;
      sink.batch?.(count);
      this.#ring.deliver(dropping, SLOTS, true);
    }
    sink.endOfBatch();
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

/** Has the engine compile what each datagram goes through, on empty ones of no socket, before the first real one. */
function warmUp(libc: Libc, clock: ReceiveClock): void {
  const ring = new MessageRing(libc, WARM_SLOTS, new Sources(), clock);
  for (let i = 0; i < WARM_ROUNDS; i++) {
    ring.pretend(WARM_SLOTS);
    ring.deliver(nowhere, WARM_SLOTS, true);
  }
}

const nowhere: DatagramSink = { poll: () => 'go', datagram() {}, endOfBatch() {} };

import { markAsUntransferable } from 'node:worker_threads';
import { MAX_DATAGRAM } from '../decode/limits.ts';
import { putSeconds } from '../flow/u64.ts';
import { Datagram } from './datagram.ts';
import type { Libc } from './libc.ts';
import type { DatagramSink } from './listener.ts';
import type { Sources } from './sources.ts';
import type { ReceiveClock } from './receive-clock.ts';
import { AF_INET6, SOCKET_ADDRESS_OCTETS } from './socket-address.ts';

/** `struct mmsghdr`, `struct iovec` and room for a `struct sockaddr_in6`, in octets, on 64-bit Linux. */
const HEADER = 64;
const VECTOR = 16;
const NAME = 32;
/** A control message: `struct cmsghdr` and the `struct timespec` of SO_TIMESTAMPNS. */
const CONTROL = 32;

/** Words of a header: the length of the control message, which the kernel writes too, and that of the payload. */
const CONTROL_LENGTH = 10;
const LENGTH = 14;

/**
 * From one slot to the next. Each takes the longest datagram whole (C-001), but its pages are real memory only once
 * a datagram was long enough to touch them. The odd 1,536 octets keep the beginnings of all slots from falling into
 * the same few sets of the processor's cache.
 */
const STRIDE = MAX_DATAGRAM + 1 + 1536;

/**
 * The memory that `recvmmsg` fills, a ring: headers, vectors, source addresses, arrival times and payloads of a number
 * of datagrams. Whenever all were handed over it begins with its first slot again, so that it is small, and stays in the
 * processor's cache, as long as datagrams are handed over as fast as they come.
 *
 * The kernel holds its address, so it is one ArrayBuffer, too large to be moved, that lives as long as this object,
 * and that nobody can transfer away to another thread.
 */
export class MessageRing {
  readonly #libc: Libc;
  readonly #slots: number;
  readonly #address: number;
  /** The first slot that was not handed over yet, and how many there are of them. */
  #next = 0;
  #waiting = 0;
  readonly #datagram = new Datagram();
  readonly #words: Uint32Array;
  readonly #times: Uint32Array;
  readonly #names: Uint8Array;
  readonly #sources: Sources;
  readonly #clock: ReceiveClock;

  constructor(libc: Libc, slots: number, sources: Sources, clock: ReceiveClock) {
    const memory = new ArrayBuffer(slots * (HEADER + VECTOR + NAME + CONTROL + STRIDE));
    markAsUntransferable(memory);
    const vectors = slots * HEADER;
    const names = vectors + slots * VECTOR;
    const times = names + slots * NAME;
    const payloads = times + slots * CONTROL;
    this.#libc = libc;
    this.#slots = slots;
    this.#address = libc.address(new Uint8Array(memory));
    this.#words = new Uint32Array(memory, 0, slots * (HEADER / 4));
    this.#times = new Uint32Array(memory, times, slots * (CONTROL / 4));
    this.#names = new Uint8Array(memory, names, slots * NAME);
    this.#sources = sources;
    this.#clock = clock;
    this.#datagram.setBytes(new Uint8Array(memory, payloads, slots * STRIDE));

    const view = new DataView(memory);
    const pointer = (at: number, offset: number) => view.setBigUint64(at, BigInt(this.#address + offset), true);
    for (let i = 0; i < slots; i++) {
      pointer(i * HEADER, names + i * NAME);
      view.setUint32(i * HEADER + 8, SOCKET_ADDRESS_OCTETS, true); // the kernel writes the length of its family, always the same
      pointer(i * HEADER + 16, vectors + i * VECTOR);
      view.setBigUint64(i * HEADER + 24, 1n, true); // vectors a message
      pointer(i * HEADER + 32, times + i * CONTROL);
      view.setUint32(i * HEADER + 40, CONTROL, true);
      pointer(vectors + i * VECTOR, payloads + i * STRIDE);
      view.setBigUint64(vectors + i * VECTOR + 8, BigInt(MAX_DATAGRAM + 1), true);
    }
  }

  /** Datagrams that were received and not handed over. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * One `recvmmsg`, of `most` datagrams or as many as there is room for without a break.
   *
   * @returns how many came; 0 without room; -1 for a failure, with its cause in `errno`
   */
  receive(fd: number, most: number, flags: number): number {
    const begin = this.#end;
    const room = Math.min(most, this.#slots - this.#waiting, this.#slots - begin);
    if (room === 0) return 0;
    const count = this.#libc.recvmmsg(fd, this.#address + begin * HEADER, room, flags, 0);
    if (count > 0) this.#waiting += count;
    return count;
  }

  /** Counts so many slots as received, whatever is in them: to get code warm. */
  pretend(count: number): void {
    this.#waiting += count;
  }

  /** Hands over `most` of those that wait, as long as the sink is ready, or whether it is or not when `all` is set. */
  deliver(sink: DatagramSink, most: number, all: boolean): void {
    const datagram = this.#datagram;
    const words = this.#words;
    const names = this.#names;
    const sources = this.#sources;
    const asks = !all && sink.ready !== undefined;
    for (let left = Math.min(most, this.#waiting); left > 0; left--) {
      if (asks && !sink.ready!()) return;
      const slot = this.#take();
      const name = slot * NAME;
      const header = slot * (HEADER / 4);
      datagram.source = names[name] === AF_INET6 ? sources.get(names, name + 8, 16) : sources.get(names, name + 4, 4);
      datagram.sourcePort = (names[name + 2]! << 8) | names[name + 3]!;
      datagram.offset = slot * STRIDE;
      datagram.length = words[header + LENGTH]!;
      if (words[header + CONTROL_LENGTH] === CONTROL) this.#readTime(slot, datagram.received);
      else this.#clock.stamp(datagram.received);
      words[header + CONTROL_LENGTH] = CONTROL;
      sink.datagram(datagram);
    }
  }

  /** The slot behind those that wait. */
  get #end(): number {
    const end = this.#next + this.#waiting;
    return end < this.#slots ? end : end - this.#slots;
  }

  /** The slot that has waited longest. It keeps its datagram until the next {@link receive}. */
  #take(): number {
    const slot = this.#next;
    this.#waiting--;
    this.#next = this.#waiting === 0 || slot + 1 === this.#slots ? 0 : slot + 1;
    return slot;
  }

  /** `struct timespec` with two 64-bit numbers, behind the 16 octets of a `struct cmsghdr`. */
  #readTime(slot: number, received: Uint32Array): void {
    const times = this.#times;
    const at = slot * (CONTROL / 4) + 4;
    putSeconds(received, 0, times[at]! + times[at + 1]! * 4294967296, times[at + 2]!);
  }
}

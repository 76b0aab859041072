import { AF_INET, AF_INET6, encodeSocketAddress } from '#src/listen/socket-address.js';
import type { LoadSource, Place } from './load-sender.ts';
import type { SendingLibc } from './sending-libc.ts';

/** `struct mmsghdr` and `struct iovec` of 64-bit Linux. */
const HEADER = 64;
const VECTOR = 16;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;

/**
 * One connected socket and the datagrams that it sends in a circle, with headers and vectors ready for `sendmmsg` in
 * one piece of memory. Sequence numbers go on from round to round, so that no collector sees a gap where none is.
 */
export class SourceRing {
  readonly #libc: SendingLibc;
  readonly #fd: number;
  readonly #memory: ArrayBuffer;
  readonly #view: DataView;
  readonly #address: number;
  readonly #lengths: number[];
  /** Where each datagram has its sequence number in the memory, -1 for none, and how far it counts on. */
  readonly #sequenceAt: number[];
  readonly #steps: number[];
  /** Where each datagram has its other numbers, and how far they count on from round to round. */
  readonly #counts: (readonly [at: number, step: number])[][];
  #sequence = 0;
  #next = 0;

  constructor(libc: SendingLibc, { from, datagrams }: LoadSource, target: Place) {
    this.#libc = libc;
    const vectors = datagrams.length * HEADER;
    const payloads = vectors + datagrams.length * VECTOR;
    this.#memory = new ArrayBuffer(payloads + datagrams.reduce((sum, { bytes }) => sum + bytes.length, 0));
    this.#view = new DataView(this.#memory);
    this.#address = libc.address(new Uint8Array(this.#memory));
    this.#lengths = datagrams.map(({ bytes }) => bytes.length);
    this.#sequenceAt = [];
    this.#counts = [];
    this.#steps = datagrams.map(({ sequence }) => sequence?.step ?? 0);
    let at = payloads;
    for (const [i, { bytes, sequence, counts = [] }] of datagrams.entries()) {
      new Uint8Array(this.#memory).set(bytes, at);
      this.#sequenceAt.push(sequence === undefined ? -1 : at + sequence.offset);
      const begin = at;
      this.#counts.push(counts.map(([offset, step]) => [begin + offset, step]));
      this.#pointer(i * HEADER + 16, vectors + i * VECTOR);
      this.#view.setBigUint64(i * HEADER + 24, 1n, true);
      this.#pointer(vectors + i * VECTOR, at);
      this.#view.setBigUint64(vectors + i * VECTOR + 8, BigInt(bytes.length), true);
      at += bytes.length;
    }
    this.#fd = this.#check(
      'socket',
      libc.socket(from.address.includes(':') ? AF_INET6 : AF_INET, SOCK_DGRAM_CLOEXEC, 0),
    );
    const own = encodeSocketAddress(from.address, from.port);
    this.#check(`bind to ${from.address}`, libc.bind(this.#fd, own, own.length));
    const peer = encodeSocketAddress(target.address, target.port);
    this.#check(`connect to ${target.address}`, libc.connect(this.#fd, peer, peer.length));
  }

  /** Sends up to `count`, fewer at the end of the circle. 0 when the kernel refused the next one: see errno. */
  send(count: number): { sent: number; octets: number } {
    const first = this.#next;
    const most = Math.min(count, this.#lengths.length - first);
    let sequence = this.#sequence;
    for (let i = first; i < first + most; i++) {
      if (this.#sequenceAt[i]! >= 0) this.#view.setUint32(this.#sequenceAt[i]!, sequence);
      sequence += this.#steps[i]!;
    }
    const sent = Math.max(0, this.#libc.sendmmsg(this.#fd, this.#address + first * HEADER, most, 0));
    let octets = 0;
    for (let i = 0; i < sent; i++) octets += this.#advance();
    return { sent, octets };
  }

  /** Leaves out the next datagram, as if it had been lost on the way. */
  skip(): void {
    this.#advance();
  }

  close(): void {
    this.#libc.close(this.#fd);
  }

  #advance(): number {
    const length = this.#lengths[this.#next]!;
    for (const [at, step] of this.#counts[this.#next]!) this.#view.setUint32(at, this.#view.getUint32(at) + step);
    this.#sequence = (this.#sequence + this.#steps[this.#next]!) >>> 0;
    this.#next = (this.#next + 1) % this.#lengths.length;
    return length;
  }

  #pointer(at: number, offset: number): void {
    this.#view.setBigUint64(at, BigInt(this.#address + offset), true);
  }

  #check(what: string, result: number): number {
    if (result < 0) throw new Error(`${what}: ${this.#libc.errno()}`);
    return result;
  }
}

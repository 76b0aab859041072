/**
 * Datagrams in one buffer that two threads share. The first word says how far the pack has come: 0 on its way, 1 taken
 * by the thread that decodes. Then one datagram after the other, each at a multiple of 4:
 *
 *     0   octets of the payload       4   source port; bit 16 is set for IPv6
 *     8   receive time, low word      12  high word
 *     16  source address, 16 octets in network order, the first 4 for IPv4
 *     32  payload, then up to 3 octets that mean nothing
 */
import { MAX_DATAGRAM } from '../decode/limits.ts';
import type { Datagram } from './datagram.ts';
import type { Sources } from './sources.ts';

const FIRST = 4;
const HEADER = 32;
const IS_V6 = 0x10000;

/** Octets of a buffer: some eighty datagrams of the usual size, and always one of the longest. */
export const PACK_OCTETS = 128 * 1024;

/** What goes from thread to thread. */
export interface Pack {
  readonly buffer: SharedArrayBuffer;
  /** Datagrams in the buffer. */
  readonly count: number;
}

/** Fills buffers of {@link PACK_OCTETS}. */
export class Packer {
  #octets: Uint8Array = new Uint8Array(0);
  #words: Uint32Array = new Uint32Array(0);
  #end = FIRST;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Whether a datagram of `length` octets fits behind the others. */
  hasRoom(length: number): boolean {
    return this.#octets.length - this.#end >= HEADER + length;
  }

  /** Begins an empty buffer; the one before was taken, or held nothing. */
  begin(buffer: SharedArrayBuffer): void {
    this.#octets = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#words[0] = 0;
    this.#end = FIRST;
    this.#count = 0;
  }

  /** There has to be room. */
  add({ bytes, offset, length, source, sourcePort, received }: Datagram): void {
    const octets = this.#octets;
    const words = this.#words;
    const at = this.#end;
    const word = at >>> 2;
    words[word] = length;
    words[word + 1] = sourcePort | (source.length === 16 ? IS_V6 : 0);
    words[word + 2] = received[0]!;
    words[word + 3] = received[1]!;
    octets.set(source.octets, at + 16);
    octets.set(bytes.subarray(offset, offset + length), at + HEADER);
    this.#end = (at + HEADER + length + 3) & ~3;
    this.#count++;
  }

  /** Gives the buffer away. A new one has to be begun before anything is added. */
  take(): Pack {
    const pack = { buffer: this.#octets.buffer as SharedArrayBuffer, count: this.#count };
    this.begin(new SharedArrayBuffer(0));
    return pack;
  }
}

/** Longest datagram with its header fits into an empty buffer. */
if (PACK_OCTETS < FIRST + HEADER + MAX_DATAGRAM) throw new Error('PACK_OCTETS is too small');

/** Says that the datagrams of a pack are now in the hands of this thread, and lost with it. */
export function markTaken({ buffer }: Pack): void {
  new Uint32Array(buffer)[0] = 1;
}

/** Asked when the thread that a pack was sent to is no more. */
export function isTaken({ buffer }: Pack): boolean {
  return new Uint32Array(buffer)[0] === 1;
}

/** Hands the datagrams of a pack on, in their order; `datagram` is reused for all of them. */
export function unpack(
  pack: Pack,
  datagram: Datagram,
  sources: Sources,
  onDatagram: (datagram: Datagram) => void,
): void {
  const octets = new Uint8Array(pack.buffer);
  const words = new Uint32Array(pack.buffer);
  datagram.setBytes(octets);
  let at = FIRST;
  for (let i = 0; i < pack.count; i++) {
    const word = at >>> 2;
    const port = words[word + 1]!;
    datagram.length = words[word]!;
    datagram.offset = at + HEADER;
    datagram.source = sources.get(octets, at + 16, port >= IS_V6 ? 16 : 4);
    datagram.sourcePort = port & 0xffff;
    datagram.received[0] = words[word + 2]!;
    datagram.received[1] = words[word + 3]!;
    onDatagram(datagram);
    at = (at + HEADER + datagram.length + 3) & ~3;
  }
}

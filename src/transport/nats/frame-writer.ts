import type { Link } from './link.ts';

/** Octets of a buffer for messages on the wire. */
const BUFFER_OCTETS = 64 * 1024;
/** Free buffers that are kept for later. */
const SPARE_BUFFERS = 64;

/** Messages in the form in which they go over the wire, kept until each one is acknowledged. */
export interface FrameBuffer {
  readonly bytes: Buffer;
  /** Messages that may have to be sent again, and writes that the kernel has not taken: then it must not change. */
  users: number;
}

/** Where a message is. */
export interface Frame {
  readonly buffer: FrameBuffer;
  readonly at: number;
  readonly length: number;
}

/**
 * Writes messages of the NATS protocol (`HPUB`) one behind the other into buffers, so that many of them are one write
 * to the socket, and a message that has to be sent again is still there, octet by octet.
 */
export class FrameWriter {
  readonly #spare: FrameBuffer[] = [];
  /** Where new messages are written, and the end of what is there. */
  #current: FrameBuffer = newBuffer(BUFFER_OCTETS);
  #end = 0;
  /** What was not handed to the link yet, from octet `#from` to before `#to`. */
  #pending: FrameBuffer | undefined;
  #from = 0;
  #to = 0;

  /**
   * Adds a message: its head, which is ASCII, then `payload` from octet `from` to before `to`, then the end of the
   * line. The link has it after the next {@link flush}.
   */
  add(link: Link, head: string, payload: Uint8Array, from: number, to: number): Frame {
    const length = head.length + (to - from) + 2;
    if (this.#current.bytes.length - this.#end < length) this.#replace(length);
    const buffer = this.#current;
    const at = this.#end;
    const { bytes } = buffer;
    let pos = at + bytes.write(head, at, 'latin1');
    bytes.set(payload.subarray(from, to), pos);
    pos += to - from;
    bytes[pos] = 0x0d;
    bytes[pos + 1] = 0x0a;
    this.#end = pos + 2;
    buffer.users++;
    const frame = { buffer, at, length };
    this.again(link, frame);
    return frame;
  }

  /** Sends a message once more. The link has it after the next {@link flush}. */
  again(link: Link, { buffer, at, length }: Frame): void {
    if (this.#pending !== buffer || this.#to !== at) {
      this.flush(link);
      buffer.users++;
      this.#pending = buffer;
      this.#from = at;
    }
    this.#to = at + length;
  }

  /** Hands everything to the link. */
  flush(link: Link): void {
    const buffer = this.#pending;
    if (buffer === undefined) return;
    this.#pending = undefined;
    link.write(buffer.bytes.subarray(this.#from, this.#to), () => this.#drop(buffer));
  }

  /** What was not flushed goes nowhere: the link that it was meant for is no more. */
  forget(): void {
    const buffer = this.#pending;
    this.#pending = undefined;
    if (buffer !== undefined) this.#drop(buffer);
  }

  /** The message is not needed any more. */
  release({ buffer }: Frame): void {
    this.#drop(buffer);
  }

  #drop(buffer: FrameBuffer): void {
    buffer.users--;
    if (buffer.users > 0) return;
    // Whatever was in the current one is out and acknowledged: it is written from its beginning again.
    if (buffer === this.#current) this.#end = 0;
    else if (buffer.bytes.length === BUFFER_OCTETS && this.#spare.length < SPARE_BUFFERS) this.#spare.push(buffer);
  }

  #replace(length: number): void {
    const fits = length <= BUFFER_OCTETS;
    this.#current = (fits ? this.#spare.pop() : undefined) ?? newBuffer(Math.max(length, BUFFER_OCTETS));
    this.#end = 0;
  }
}

function newBuffer(octets: number): FrameBuffer {
  return { bytes: Buffer.allocUnsafeSlow(octets), users: 0 };
}

import { Cursor } from '../decode/cursor.ts';
import type { ByteSource } from './byte-source.ts';
import { CAPTURE_WINDOW } from './limits.ts';

/**
 * The part of a capture that is in memory: fixed in size, moved over the file from its beginning to its end.
 *
 * Integers are read in the byte order of the capture. A structure that is not whole in the window is claimed again
 * after {@link fill}.
 */
export class ByteWindow {
  readonly cursor = new Cursor();
  /** Whether integers have their least significant octet first. */
  littleEndian = false;
  readonly #source: ByteSource;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Position in the file of the first octet of the window. */
  #base = 0;
  /** Octets to pass over that are behind the window. */
  #beyond = 0;
  /** The window reaches to the end of the file. */
  #ended = false;

  constructor(source: ByteSource, size = CAPTURE_WINDOW) {
    this.#source = source;
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
    this.cursor.reset(this.#bytes, this.#view, 0, 0);
  }

  /** Position in the file of the next octet that was not claimed yet. */
  get position(): number {
    return this.#base + this.cursor.pos + this.#beyond;
  }

  /** Octets in the window that were not claimed yet. */
  get left(): number {
    return this.cursor.left;
  }

  /** Claims the next `length` octets; false, with nothing changed, when the window does not hold them. */
  take(length: number): boolean {
    return this.cursor.take(length);
  }

  /** Gives back what was claimed from `position` on, which must still be in the window. */
  back(position: number): void {
    const { cursor } = this;
    cursor.reset(this.#bytes, this.#view, position - this.#base, cursor.end);
  }

  /** Passes over octets, in the window or not. Those behind the end of the file show at the next {@link fill}. */
  skip(length: number): void {
    const inside = Math.min(length, this.cursor.left);
    this.cursor.take(inside);
    this.#beyond += length - inside;
  }

  u8(offset: number): number {
    return this.cursor.u8(offset);
  }

  u16(offset: number): number {
    const value = this.cursor.u16(offset);
    return this.littleEndian ? ((value & 0xff) << 8) | (value >>> 8) : value;
  }

  u32(offset: number): number {
    const value = this.cursor.u32(offset);
    if (!this.littleEndian) return value;
    return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
  }

  /** Reads on; false at the end of the file. What was not claimed stays, maybe at another place of the memory. */
  async fill(): Promise<boolean> {
    if (this.#ended) return false;
    if (this.cursor.end === this.#bytes.length || this.#beyond > 0) this.#move();
    const { end } = this.cursor;
    const read = await this.#source.read(this.#bytes, end, this.#bytes.length - end, this.#base + end);
    this.cursor.reset(this.#bytes, this.#view, this.cursor.pos, end + read);
    this.#ended = read === 0;
    return read > 0;
  }

  /** Goes back to the beginning of the file, which is read again only when it did not fit into the window. */
  rewind(): void {
    const isWhole = this.#ended && this.#base === 0;
    this.cursor.reset(this.#bytes, this.#view, 0, isWhole ? this.cursor.end : 0);
    this.#ended = isWhole;
    this.#base = 0;
    this.#beyond = 0;
  }

  /** Makes room by moving what was not claimed to the beginning of the window. */
  #move(): void {
    const { left, pos, end } = this.cursor;
    this.#base += pos + this.#beyond;
    this.#beyond = 0;
    this.#bytes.copyWithin(0, pos, end);
    this.cursor.reset(this.#bytes, this.#view, 0, left);
  }
}

/**
 * The only way to bytes that came from the network.
 *
 * A structure is claimed whole with {@link take}, which moves on by its length or refuses; its members are then read
 * relative to the claim. A member outside of the claim is a fault of ours, not of the sender: it throws.
 * Integers are big-endian (network byte order).
 */
export class Cursor {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Next octet that was not claimed yet. */
  pos = 0;
  /** One past the last octet that may be claimed. */
  end = 0;
  /** First octet of the structure claimed last. */
  at = 0;

  /** Looks at `bytes` from `start` to before `end`; `view` must span the same memory with the same origin. */
  reset(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (start < 0 || end < start || end > bytes.length) throw new RangeError('cursor outside of its buffer');
    this.bytes = bytes;
    this.view = view;
    this.pos = this.at = start;
    this.end = end;
  }

  /** Octets that are left. */
  get left(): number {
    return this.end - this.pos;
  }

  /** Claims the next `length` octets; false, with nothing changed, when fewer are left. */
  take(length: number): boolean {
    if (length < 0 || length > this.end - this.pos) return false;
    this.at = this.pos;
    this.pos += length;
    return true;
  }

  /** The octet at `offset` of the claim. */
  u8(offset: number): number {
    return this.bytes[this.#inside(offset, 1)]!;
  }

  /** 16 bits at `offset` of the claim. */
  u16(offset: number): number {
    return this.view.getUint16(this.#inside(offset, 2));
  }

  /** 24 bits at `offset` of the claim. */
  u24(offset: number): number {
    const at = this.#inside(offset, 3);
    return (this.view.getUint16(at) << 8) | this.bytes[at + 2]!;
  }

  /** 32 bits at `offset` of the claim. */
  u32(offset: number): number {
    return this.view.getUint32(this.#inside(offset, 4));
  }

  /** An IEEE 754 number of 32 bits at `offset` of the claim. */
  f32(offset: number): number {
    return this.view.getFloat32(this.#inside(offset, 4));
  }

  /** An IEEE 754 number of 64 bits at `offset` of the claim. */
  f64(offset: number): number {
    return this.view.getFloat64(this.#inside(offset, 8));
  }

  #inside(offset: number, length: number): number {
    const at = this.at + offset;
    if (offset < 0 || at + length > this.pos) throw new RangeError('read outside of the claimed structure');
    return at;
  }
}

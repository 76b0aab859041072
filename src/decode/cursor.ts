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

  /** Octets of the structure claimed last. */
  get claimed(): number {
    return this.pos - this.at;
  }

  /** Claims the next `length` octets; false, with nothing changed, when fewer are left. */
  take(length: number): boolean {
    if (length < 0 || length > this.end - this.pos) return false;
    this.at = this.pos;
    this.pos += length;
    return true;
  }

  /** Claims the next `length` octets too, as a part of the same structure; false, with nothing changed, as above. */
  extend(length: number): boolean {
    if (length < 0 || length > this.end - this.pos) return false;
    this.pos += length;
    return true;
  }

  /** The octet at `offset` of the claim. */
  u8(offset: number): number {
    const at = this.at + offset;
    if (offset < 0 || at + 1 > this.pos) throw outside();
    return this.bytes[at]!;
  }

  /** 16 bits at `offset` of the claim. */
  u16(offset: number): number {
    const at = this.at + offset;
    if (offset < 0 || at + 2 > this.pos) throw outside();
    return this.view.getUint16(at);
  }

  /** 24 bits at `offset` of the claim. */
  u24(offset: number): number {
    return (this.u16(offset) << 8) | this.u8(offset + 2);
  }

  /** 32 bits at `offset` of the claim. */
  u32(offset: number): number {
    const at = this.at + offset;
    if (offset < 0 || at + 4 > this.pos) throw outside();
    return this.view.getUint32(at);
  }

  /** An IEEE 754 number of 32 bits at `offset` of the claim. */
  f32(offset: number): number {
    const at = this.at + offset;
    if (offset < 0 || at + 4 > this.pos) throw outside();
    return this.view.getFloat32(at);
  }

  /** An IEEE 754 number of 64 bits at `offset` of the claim. */
  f64(offset: number): number {
    const at = this.at + offset;
    if (offset < 0 || at + 8 > this.pos) throw outside();
    return this.view.getFloat64(at);
  }
}

/** Made elsewhere, so that the checks above are small enough to be inlined wherever something is read. */
function outside(): RangeError {
  return new RangeError('read outside of the claimed structure');
}

/** A number for the wire; `bigint` where 53 bits are not enough. */
export type WireNumber = number | bigint;

/**
 * A growing buffer in network byte order, for encoders. Every value is taken modulo the width that it is written in:
 * wrapping counters need no care, and a test can ask for a value that does not fit.
 */
export class WireWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Octets written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#claim(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.#claim(2);
    this.#view.setUint16(at, value);
    return this;
  }

  u24(value: number): this {
    return this.u8(value >>> 16).u16(value);
  }

  u32(value: number): this {
    const at = this.#claim(4);
    this.#view.setUint32(at, value);
    return this;
  }

  u64(value: WireNumber): this {
    const at = this.#claim(8);
    this.#view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  float32(value: number): this {
    const at = this.#claim(4);
    this.#view.setFloat32(at, value);
    return this;
  }

  float64(value: number): this {
    const at = this.#claim(8);
    this.#view.setFloat64(at, value);
    return this;
  }

  /** An integer in `octets` octets, of any width; negative values in two's complement. */
  integer(value: WireNumber, octets: number): this {
    const start = this.#claim(octets);
    putInteger(this.#bytes.subarray(start, start + octets), value);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#claim(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  zeros(count: number): this {
    this.#claim(count);
    return this;
  }

  /** Zeros up to the next multiple of `boundary`, counted from the first octet. */
  align(boundary: number): this {
    return this.zeros((boundary - (this.#length % boundary)) % boundary);
  }

  /** Overwrites 16 bits that were written before. */
  patchU16(at: number, value: number): this {
    this.#view.setUint16(at, value);
    return this;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Offset of `count` more octets. It may move the buffer: ask before touching that. */
  #claim(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}

/** Fills `octets` with an integer in network byte order; negative values in two's complement. */
export function putInteger(octets: Uint8Array, value: WireNumber): void {
  if (typeof value === 'number' && value >= 0) {
    for (let at = octets.length - 1, rest = value; at >= 0; at--) {
      octets[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return;
  }
  let rest = BigInt(value);
  for (let at = octets.length - 1; at >= 0; at--) {
    octets[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** The parts, one after the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Builds pcapng captures of either byte order for tests, with every length right unless a test spoils it. */
export class PcapngBuilder {
  readonly #blocks: Buffer[] = [];
  #little: boolean;

  constructor(littleEndian: boolean) {
    this.#little = littleEndian;
  }

  u16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    return this.#little ? (bytes.writeUInt16LE(value), bytes) : (bytes.writeUInt16BE(value), bytes);
  }

  u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    return this.#little ? (bytes.writeUInt32LE(value), bytes) : (bytes.writeUInt32BE(value), bytes);
  }

  i64(value: bigint): Buffer {
    const bytes = Buffer.alloc(8);
    return this.#little ? (bytes.writeBigInt64LE(value), bytes) : (bytes.writeBigInt64BE(value), bytes);
  }

  option(code: number, value: Uint8Array): Buffer {
    return Buffer.concat([this.u16(code), this.u16(value.length), value, Buffer.alloc(-value.length & 3)]);
  }

  block(type: number, ...body: Uint8Array[]): this {
    const content = Buffer.concat(body);
    const padding = Buffer.alloc(-content.length & 3);
    const length = this.u32(12 + content.length + padding.length);
    this.#blocks.push(Buffer.concat([this.u32(type), length, content, padding, length]));
    return this;
  }

  /** From here on in this byte order. */
  section(littleEndian = this.#little, major = 1): this {
    this.#little = littleEndian;
    const unknownLength = [this.u32(0xffffffff), this.u32(0xffffffff)];
    return this.block(0x0a0d0d0a, this.u32(0x1a2b3c4d), this.u16(major), this.u16(0), ...unknownLength);
  }

  interface(linkType: number, snapshotLength = 0, ...options: Buffer[]): this {
    return this.block(1, this.u16(linkType), this.u16(0), this.u32(snapshotLength), ...options);
  }

  enhanced(id: number, stamp: bigint, octets: Uint8Array, originalLength = octets.length, ...options: Buffer[]): this {
    const padded = Buffer.concat([octets, Buffer.alloc(-octets.length & 3)]);
    return this.block(6, this.u32(id), ...this.#stamped(stamp, octets.length, originalLength), padded, ...options);
  }

  obsolete(id: number, stamp: bigint, octets: Uint8Array, originalLength = octets.length): this {
    return this.block(2, this.u16(id), this.u16(7), ...this.#stamped(stamp, octets.length, originalLength), octets);
  }

  simple(octets: Uint8Array, originalLength = octets.length): this {
    return this.block(3, this.u32(originalLength), octets);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#blocks);
  }

  #stamped(stamp: bigint, captured: number, original: number): Buffer[] {
    return [
      this.u32(Number(stamp >> 32n)),
      this.u32(Number(stamp & 0xffffffffn)),
      this.u32(captured),
      this.u32(original),
    ];
  }
}

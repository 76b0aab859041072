import { GoFlowError } from '../../config/errors.ts';

/** A value of a MaxMind DB. */
export type MmdbValue =
  string | number | bigint | boolean | Uint8Array | readonly MmdbValue[] | { readonly [key: string]: MmdbValue };

/** A database that is damaged or none. The message says where and what. */
export class MmdbError extends GoFlowError {
  override name = 'MmdbError';

  constructor(message: string) {
    super('GF_GEOIP_FILE', message);
  }
}

/** Maps and arrays inside each other, with the pointers to them. */
const MAX_DEPTH = 32;

/** Types, in the three top bits of a control byte; 0 = 7 more than the next byte has. */
const Type = {
  pointer: 1,
  string: 2,
  double: 3,
  bytes: 4,
  uint16: 5,
  uint32: 6,
  map: 7,
  int32: 8,
  uint64: 9,
  uint128: 10,
  array: 11,
  boolean: 14,
  float: 15,
} as const;

/** Most octets of each whole number. */
const widths = new Map<number, number>([
  [Type.uint16, 2],
  [Type.uint32, 4],
  [Type.int32, 4],
  [Type.uint64, 8],
  [Type.uint128, 16],
]);

/** Sizes from 29 on have further octets: so many, and what is added to their number. */
const FIRST_LONG_SIZE = 29;
const longSizes = [29, 285, 65_821];

/** What is added to pointers of one, two and three octets behind their control byte; none to those of four. */
const pointerBases = [0, 2048, 526_336, 0];

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads values of a data section of the MaxMind DB format 2.0. Every offset is checked, depth is bounded, and so is the
 * number of values that one reader decodes in all: a damaged file costs an {@link MmdbError}, never more.
 */
export class MmdbData {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  #pos = 0;
  #left: number;

  /**
   * @param bytes nothing behind the section
   * @param start of the section: what pointers count from
   * @param values that may be decoded in all
   */
  constructor(bytes: Uint8Array, start: number, values: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#left = values;
  }

  /**
   * The value at an offset of the section.
   *
   * @throws MmdbError where there is none
   */
  at(offset: number): MmdbValue {
    this.#pos = this.#start + offset;
    if (offset < 0 || this.#pos >= this.#bytes.length) throw this.#broken('an offset behind the end');
    return this.#value(0);
  }

  #value(depth: number): MmdbValue {
    if (depth > MAX_DEPTH) throw this.#broken('values inside each other without end');
    if (--this.#left < 0) throw this.#broken('too many values');
    const control = this.#bytes[this.#take(1)]!;
    const type = control >> 5 === 0 ? 7 + this.#bytes[this.#take(1)]! : control >> 5;
    if (type === Type.pointer) return this.#pointed(control, depth);
    const size = this.#size(control & 31);
    switch (type) {
      case Type.string:
        return this.#string(size);
      case Type.bytes:
        return this.#octets(size).slice();
      case Type.map:
        return this.#map(size, depth);
      case Type.array:
        return this.#array(size, depth);
      case Type.boolean:
        if (size > 1) throw this.#broken('a boolean that is neither 0 nor 1');
        return size === 1;
      case Type.double:
        if (size !== 8) throw this.#broken('a double that has not 8 octets');
        return this.#view.getFloat64(this.#take(8));
      case Type.float:
        if (size !== 4) throw this.#broken('a float that has not 4 octets');
        return this.#view.getFloat32(this.#take(4));
      default:
        return this.#number(type, size);
    }
  }

  /** What is pointed to is no pointer, so that each one leads to a value at once. */
  #pointed(control: number, depth: number): MmdbValue {
    const more = (control >> 3) & 3;
    let offset = more === 3 ? 0 : control & 7;
    for (let i = 0; i <= more; i++) offset = offset * 256 + this.#bytes[this.#take(1)]!;
    const next = this.#pos;
    this.#pos = this.#start + offset + pointerBases[more]!;
    if (this.#pos >= this.#bytes.length) throw this.#broken('a pointer behind the end');
    if (this.#bytes[this.#pos]! >> 5 === Type.pointer) throw this.#broken('a pointer to a pointer');
    const value = this.#value(depth + 1);
    this.#pos = next;
    return value;
  }

  #size(short: number): number {
    if (short < FIRST_LONG_SIZE) return short;
    let more = 0;
    for (let i = FIRST_LONG_SIZE; i <= short; i++) more = more * 256 + this.#bytes[this.#take(1)]!;
    return longSizes[short - FIRST_LONG_SIZE]! + more;
  }

  #number(type: number, size: number): MmdbValue {
    const width = widths.get(type);
    if (width === undefined) throw this.#broken(`a value of type ${type}, which there is not`);
    if (size > width) throw this.#broken(`a whole number of ${size} octets in place of ${width}`);
    if (width <= 4) {
      let value = 0;
      for (const octet of this.#octets(size)) value = value * 256 + octet;
      return type === Type.int32 ? value | 0 : value;
    }
    let value = 0n;
    for (const octet of this.#octets(size)) value = (value << 8n) | BigInt(octet);
    return value;
  }

  #string(size: number): string {
    try {
      // A copy: the decoder takes no shared memory.
      return text.decode(this.#octets(size).slice());
    } catch (error) {
      if (error instanceof MmdbError) throw error;
      throw this.#broken('text that is no UTF-8');
    }
  }

  #map(size: number, depth: number): MmdbValue {
    const entries: [string, MmdbValue][] = [];
    for (let i = 0; i < size; i++) {
      const key = this.#value(depth + 1);
      if (typeof key !== 'string') throw this.#broken('a key of a map that is no text');
      entries.push([key, this.#value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #array(size: number, depth: number): MmdbValue {
    const values: MmdbValue[] = [];
    for (let i = 0; i < size; i++) values.push(this.#value(depth + 1));
    return values;
  }

  #octets(size: number): Uint8Array {
    const at = this.#take(size);
    return this.#bytes.subarray(at, at + size);
  }

  /** Moves on by so many octets, which have to be there; returns where they begin. */
  #take(size: number): number {
    const at = this.#pos;
    if (at + size > this.#bytes.length) throw this.#broken('a value that runs past the end');
    this.#pos = at + size;
    return at;
  }

  #broken(what: string): MmdbError {
    return new MmdbError(`damaged at octet ${this.#pos}: ${what}`);
  }
}

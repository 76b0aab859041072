import type { Random } from './random.ts';
import { Layout } from './layout.ts';

/** Largest datagram that mutation makes. */
export const MAX_MUTANT = 65_535;

/** Lengths and numbers at which code tends to break. */
const interesting = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 19, 20, 24, 47, 48, 127, 128, 254, 255, 256, 1023, 65_534, 65_535];

/**
 * Element numbers and type numbers that mean something to a decoder, for fields, sets, samples and records, so that
 * mutation reaches code that the seeds do not.
 */
const vocabulary = [
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  14,
  15,
  16,
  21,
  22,
  23,
  27,
  28,
  32,
  34,
  35,
  48,
  50,
  56,
  58,
  60,
  61,
  62,
  70,
  72,
  80,
  85,
  86,
  89,
  95,
  104,
  130,
  136,
  138,
  139,
  140,
  144,
  148,
  149,
  150,
  152,
  154,
  156,
  158,
  160,
  161,
  176,
  178,
  210,
  225,
  231,
  232,
  234,
  239,
  243,
  252,
  256,
  257,
  258,
  260,
  291,
  292,
  293,
  298,
  302,
  304,
  305,
  306,
  309,
  310,
  311,
  312,
  313,
  315,
  352,
  371,
  408,
  409,
  410,
  1001,
  1002,
  1003,
  1004,
  1006,
  1012,
  1036,
  2047,
  0x8001,
  0x8000 | 315,
  0xffff,
];

/** EtherTypes, IP protocols and first octets of headers. */
const headerWords = [
  0x0800, 0x86dd, 0x8100, 0x88a8, 0x9100, 0x8847, 0x8848, 0x0806, 0x6558, 0x199e, 0x8864, 0x4500, 0x4600, 0x4f00,
  0x6000, 0x0001, 0x0004, 0x0006, 0x0011, 0x0029, 0x002b, 0x002c, 0x002f, 0x0032, 0x0033, 0x003a, 0x003c, 0x0087,
  0x2000, 0xb000,
];

/** Changes datagrams in ways that are likely to matter. All randomness comes from the generator that is passed in. */
export class Mutator {
  /** The mutant: the first `length` octets of `bytes`. */
  readonly bytes = new Uint8Array(MAX_MUTANT + 1);
  length = 0;
  readonly #view = new DataView(this.bytes.buffer);
  readonly #layout = new Layout();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Begins with a copy of a datagram. */
  load(bytes: Uint8Array): void {
    this.length = Math.min(bytes.length, MAX_MUTANT);
    this.bytes.set(this.length === bytes.length ? bytes : bytes.subarray(0, this.length));
  }

  /** Changes it once; `other` is where parts are taken from. */
  mutate(other: Uint8Array): void {
    const random = this.#random;
    if (this.length === 0) return this.#splice(other);
    switch (random.below(16)) {
      case 0:
        return this.#flipBit();
      case 1:
        return this.#setOctet();
      case 2:
      case 3:
      case 4:
        return this.#changeLength();
      case 5:
      case 6:
        return this.#changeId();
      case 7:
        return this.#truncate();
      case 8:
        return this.#doublePart();
      case 9:
        return this.#dropPart();
      case 10:
        return this.#swapParts();
      case 11:
        return this.#splice(other);
      case 12:
        return this.#takePart(other);
      case 13:
        return this.#append();
      case 14:
        return this.#setWord();
      default:
        return this.#setHeaderWord();
    }
  }

  /** Makes the announced total length of IPFIX, and the length of the set that was last, true again. */
  repair(): void {
    if (this.length >= 16 && this.#view.getUint16(0) === 10) this.#view.setUint16(2, this.length);
  }

  #flipBit(): void {
    this.bytes[this.#random.below(this.length)]! ^= 1 << this.#random.below(8);
  }

  #setOctet(): void {
    this.bytes[this.#random.below(this.length)] = this.#random.word();
  }

  #setWord(): void {
    if (this.length < 4) return;
    const at = this.#random.below(this.length - 3);
    this.#view.setUint32(at, this.#random.oneIn(2) ? this.#random.pick(interesting) : this.#random.word());
  }

  #setHeaderWord(): void {
    if (this.length < 2) return;
    this.#view.setUint16(this.#random.below(this.length - 1), this.#random.pick(headerWords));
  }

  #changeLength(): void {
    const { lengths16, lengths32 } = this.#read();
    const random = this.#random;
    if (lengths32.length > 0) {
      const at = random.pick(lengths32);
      this.#view.setUint32(at, this.#changed(this.#view.getUint32(at), 0xffffffff));
    } else if (lengths16.length > 0) {
      const at = random.pick(lengths16);
      this.#view.setUint16(at, this.#changed(this.#view.getUint16(at), 0xffff));
    }
  }

  #changed(value: number, max: number): number {
    const random = this.#random;
    switch (random.below(7)) {
      case 0:
        return value + 1;
      case 1:
        return value - 1;
      case 2:
        return 0;
      case 3:
        return max;
      case 4:
        return value + 4 * (random.below(9) - 4);
      case 5:
        return random.oneIn(2) ? value * 2 : value >>> 1;
      default:
        return random.pick(interesting);
    }
  }

  #changeId(): void {
    const { ids16, ids32 } = this.#read();
    const random = this.#random;
    if (ids32.length > 0) this.#view.setUint32(random.pick(ids32), random.pick(vocabulary));
    else if (ids16.length > 0) this.#view.setUint16(random.pick(ids16), random.pick(vocabulary));
  }

  #truncate(): void {
    this.length = this.#random.below(this.length);
  }

  #doublePart(): void {
    const part = this.#somePart();
    if (part !== undefined) this.#insert(this.bytes.slice(part[0], part[1]), part[1]);
  }

  #dropPart(): void {
    const part = this.#somePart();
    if (part === undefined) return;
    this.bytes.copyWithin(part[0], part[1], this.length);
    this.length -= part[1] - part[0];
  }

  /** Two parts change their places: data comes before its template, a set gets another's content. */
  #swapParts(): void {
    const one = this.#somePart();
    const two = this.#somePart();
    if (one === undefined || two === undefined || one[0] === two[0]) return;
    const [first, second] = one[0] < two[0] ? [one, two] : [two, one];
    if (first[1] > second[0]) return;
    const parts = [second, [first[1], second[0]], first, [second[1], this.length]] as const;
    const moved = parts.map(([from, to]) => this.bytes.slice(from, to));
    let at = first[0];
    for (const part of moved) {
      this.bytes.set(part, at);
      at += part.length;
    }
  }

  /** The head of this and the tail of the other. */
  #splice(other: Uint8Array): void {
    const random = this.#random;
    const from = random.below(other.length + 1);
    const at = random.below(this.length + 1);
    const tail = other.subarray(from, from + MAX_MUTANT - at);
    this.bytes.set(tail, at);
    this.length = at + tail.length;
  }

  /** A part of the other goes between the parts of this. */
  #takePart(other: Uint8Array): void {
    const random = this.#random;
    this.#layout.read(other, other.length);
    const { parts } = this.#layout;
    if (parts.length === 0) return;
    const chosen = random.below(parts.length / 2) * 2;
    const taken = other.slice(parts[chosen], parts[chosen + 1]);
    const place = this.#somePart();
    this.#insert(taken, place === undefined ? this.length : random.oneIn(2) ? place[0] : place[1]);
  }

  #append(): void {
    const random = this.#random;
    const count = 1 + random.below(random.oneIn(8) ? 2000 : 12);
    for (let i = 0; i < count && this.length < MAX_MUTANT; i++) this.bytes[this.length++] = random.word();
  }

  #insert(part: Uint8Array, at: number): void {
    if (this.length + part.length > MAX_MUTANT) return;
    this.bytes.copyWithin(at + part.length, at, this.length);
    this.bytes.set(part, at);
    this.length += part.length;
  }

  #somePart(): [from: number, to: number] | undefined {
    const { parts } = this.#read();
    if (parts.length === 0) return undefined;
    const chosen = this.#random.below(parts.length / 2) * 2;
    return [parts[chosen]!, parts[chosen + 1]!];
  }

  #read(): Layout {
    this.#layout.read(this.bytes, this.length);
    return this.#layout;
  }
}

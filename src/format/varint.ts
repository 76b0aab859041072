/**
 * Base-128 varints (protobuf encoding), four octets at a time.
 *
 * Functions that write do so at `pos`, return the position after the varint and, unless they say otherwise, may spoil up
 * to three octets beyond it.
 */

/** Octets past its end that a varint may overwrite. */
export const VARINT_SLACK = 3;

/** Octets of the longest varint of 32 and of 64 bits. */
export const VARINT_U32_MAX = 5;
export const VARINT_U64_MAX = 10;

/** 28 bits as four groups of seven, the first one lowest, without continuation bits. */
function spread(value: number): number {
  return (value & 0x7f) | ((value << 1) & 0x7f00) | ((value << 2) & 0x7f0000) | ((value << 3) & 0x7f000000);
}

const MORE = 0x80808080;

/** How a field stands on the wire, in the low three bits of its tag. */
export const WireType = { varint: 0, fixed64: 1, octets: 2, fixed32: 5 } as const;

/** Reads varints of up to 64 bits. */
export class VarintReader {
  /** The two halves of the number that was read last; the lower one may come with its highest bit as a sign. */
  low = 0;
  high = 0;

  /** Reads the number at `from`; the position after it, or -1 where there is none before `to`. */
  read(bytes: Uint8Array, from: number, to: number): number {
    if (from >= to) return -1;
    const first = bytes[from]!;
    this.high = 0;
    if (first < 0x80) {
      this.low = first;
      return from + 1;
    }
    const second = from + 1 < to ? bytes[from + 1]! : 0x80;
    if (second < 0x80) {
      this.low = (first & 0x7f) | (second << 7);
      return from + 2;
    }
    let low = first & 0x7f;
    let high = 0;
    for (let pos = from + 1, shift = 7; pos < to; pos++, shift += 7) {
      const octet = bytes[pos]!;
      const bits = octet & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (octet < 0x80) {
        this.low = low;
        this.high = high;
        return pos + 1;
      }
      if (shift === 63) return -1;
    }
    return -1;
  }
}

/** The reverse of {@link spread}: whether octets go on does not matter. */
function gather(octets: number): number {
  return (octets & 0x7f) | ((octets >>> 1) & 0x3f80) | ((octets >>> 2) & 0x1fc000) | ((octets >>> 3) & 0xfe00000);
}

/**
 * Reads a number of five octets or more, of which ten are looked at, into two words; the position after it, or -1 where
 * there is none.
 */
export function readLongVarint(view: DataView, from: number, words: Uint32Array, slot: number): number {
  const low = gather(view.getInt32(from, true));
  const second = view.getInt32(from + 4, true);
  const ends = ~second & MORE;
  if (ends !== 0) {
    const end = ends & -ends;
    const middle = gather(second & (end - 1));
    words[slot] = low | (middle << 28);
    words[slot + 1] = middle >>> 4;
    return from + 8 - (Math.clz32(end) >>> 3);
  }
  const middle = gather(second);
  const ninth = view.getUint8(from + 8);
  const tenth = ninth < 0x80 ? 0 : view.getUint8(from + 9);
  if (tenth >= 0x80) return -1;
  words[slot] = low | (middle << 28);
  words[slot + 1] = (middle >>> 4) | ((ninth & 0x7f) << 24) | (tenth << 31);
  return from + (ninth < 0x80 ? 9 : 10);
}

/** The position after a number that nobody asks for, or -1. */
export function pastVarint(bytes: Uint8Array, from: number, to: number): number {
  const end = Math.min(to, from + VARINT_U64_MAX);
  for (let pos = from; pos < end;) if (bytes[pos++]! < 0x80) return pos;
  return -1;
}

/** Octets of a 32-bit number as a varint. */
export function varintLength(value: number): number {
  const number = value >>> 0;
  if (number < 0x80) return 1;
  if (number < 0x4000) return 2;
  if (number < 0x200000) return 3;
  return number < 0x10000000 ? 4 : 5;
}

/** Writes an unsigned 32-bit number; it may come with its highest bit as a sign, which calls pass without boxing. */
export function writeVarint(view: DataView, pos: number, value: number): number {
  const number = value >>> 0;
  if (number < 0x80) {
    view.setUint8(pos, number);
    return pos + 1;
  }
  if (number < 0x4000) {
    view.setUint16(pos, (number & 0x7f) | 0x80 | ((number << 1) & 0x7f00), true);
    return pos + 2;
  }
  if (number < 0x10000000) {
    const short = number < 0x200000;
    view.setUint32(pos, spread(number) | (short ? 0x8080 : 0x808080), true);
    return pos + (short ? 3 : 4);
  }
  view.setUint32(pos, spread(number) | MORE, true);
  view.setUint8(pos + 4, number >>> 28);
  return pos + 5;
}

/** Writes the 64-bit number whose halves are at word `at`. */
export function writeVarint64(view: DataView, pos: number, words: Uint32Array, at: number): number {
  const high = words[at + 1]! | 0;
  return high === 0 ? writeVarint(view, pos, words[at]! | 0) : writeLongVarint(view, pos, words[at]! | 0, high);
}

/** Writes a 64-bit number whose upper half is not zero. */
export function writeLongVarint(view: DataView, pos: number, low: number, high: number): number {
  view.setUint32(pos, spread(low) | MORE, true);
  const middle = ((high << 4) | (low >>> 28)) & 0x0fffffff;
  const top = high >>> 24;
  if (top === 0) return writeVarint(view, pos + 4, middle);
  view.setUint32(pos + 4, spread(middle) | MORE, true);
  return writeVarint(view, pos + 8, top);
}

/** Writes a 32-bit number and nothing beyond it. */
export function writeVarintExactly(view: DataView, pos: number, value: number): number {
  let rest = value;
  let next = pos;
  for (; rest >= 0x80; rest >>>= 7) view.setUint8(next++, (rest & 0x7f) | 0x80);
  view.setUint8(next++, rest);
  return next;
}

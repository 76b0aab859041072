/**
 * Addresses of a record as text, written without building strings; the same text as `addressText` gives.
 *
 * Addresses come as the words of a record (four of data, one with the length). All functions write at `pos`, return
 * the position after the text and may spoil up to three octets beyond it.
 */
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import { writeU32 } from './decimal.ts';
import { hexPairs } from './hex-text.ts';
import { Literal, writeLiteral } from './literal.ts';

/** Longest text of an address: eight groups of four digits. */
export const ADDRESS_TEXT_MAX = 39;

const COLON = 0x3a;
const SLASH = 0x2f;

/** `0.` to `255.`, the first octet lowest, and their lengths. */
export const dotted = new Uint32Array(256);
export const dottedLengths = new Uint8Array(256);
for (let octet = 0; octet < 256; octet++) {
  const text = `${octet}.`;
  dottedLengths[octet] = text.length;
  for (let i = 0; i < text.length; i++) dotted[octet]! |= text.charCodeAt(i) << (8 * i);
}

/** By which groups are zero, a bit each, the first group lowest: where the run begins that is left out, and what is behind. */
const gaps = new Uint8Array(256);
const gapEnds = new Uint8Array(256);
for (let zeros = 0; zeros < 256; zeros++) {
  // The longest run of two or more zero groups, the first of equals.
  gaps[zeros] = gapEnds[zeros] = 8;
  for (let i = 0, longest = 1; i < 8; i++) {
    let length = 0;
    while ((zeros >> (i + length)) & 1) length++;
    if (length <= longest) continue;
    longest = length;
    gaps[zeros] = i;
    gapEnds[zeros] = i + length;
  }
}

/**
 * A word of an address as a signed number whose highest octet is the first one on the wire. It comes signed too: a
 * number above 2^31 would be boxed where this is called and not inlined.
 */
function networkOrder(word: number): number {
  if (!NATIVE_LITTLE_ENDIAN) return word;
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** 1 for a group that is zero. */
function isZero(group: number): number {
  return (group - 1) >>> 31;
}

/**
 * The writers of both kinds of addresses. The optimising compiler knows the tables since they are constants around
 * functions that there is one of each; those of a module it would load and check at every use, in twice the time.
 */
function addressWriters() {
  const octetTexts = dotted;
  const octetLengths = dottedLengths;
  const pairs = hexPairs;
  const gapStarts = gaps;
  const behindGaps = gapEnds;
  const mapped = new Literal('::ffff:');
  /** The eight 16-bit groups of the address being written. */
  const groups = new Uint16Array(8);

  const writeOctet = (view: DataView, pos: number, octet: number): number => {
    view.setUint32(pos, octetTexts[octet]!, true);
    return pos + octetLengths[octet]!;
  };

  const writeIpv4 = (view: DataView, pos: number, value: number): number => {
    let next = writeOctet(view, pos, value >>> 24);
    next = writeOctet(view, next, (value >>> 16) & 255);
    next = writeOctet(view, next, (value >>> 8) & 255);
    return writeOctet(view, next, value & 255) - 1;
  };

  /** Up to four digits, without a branch on how many they are, and a colon. */
  const writeGroup = (view: DataView, pos: number, group: number): number => {
    const zeros = (Math.clz32(group | 1) - 16) >>> 2;
    view.setUint32(pos, (pairs[group >>> 8]! | (pairs[group & 255]! << 16)) >>> (8 * zeros), true);
    view.setUint8(pos + 4 - zeros, COLON);
    return (pos + 5 - zeros) | 0;
  };

  /** RFC 5952 of an address given as four words in network order. */
  const writeIpv6 = (view: DataView, pos: number, w0: number, w1: number, w2: number, w3: number): number => {
    if (w0 === 0 && w1 === 0 && w2 === 0xffff) return writeIpv4(view, writeLiteral(view, pos, mapped), w3);
    groups[0] = w0 >>> 16;
    groups[1] = w0;
    groups[2] = w1 >>> 16;
    groups[3] = w1;
    groups[4] = w2 >>> 16;
    groups[5] = w2;
    groups[6] = w3 >>> 16;
    groups[7] = w3;
    const zeros =
      isZero(w0 >>> 16) |
      (isZero(w0 & 0xffff) << 1) |
      (isZero(w1 >>> 16) << 2) |
      (isZero(w1 & 0xffff) << 3) |
      (isZero(w2 >>> 16) << 4) |
      (isZero(w2 & 0xffff) << 5) |
      (isZero(w3 >>> 16) << 6) |
      (isZero(w3 & 0xffff) << 7);
    const gap = gapStarts[zeros]!;
    let next = pos;
    for (let i = 0; i < gap; i++) next = writeGroup(view, next, groups[i]!);
    if (gap === 8) return next - 1;
    // Each group that was written has its colon: one more, or two where there is none.
    view.setUint16(next, COLON | (COLON << 8), true);
    next += gap === 0 ? 2 : 1;
    const after = behindGaps[zeros]!;
    if (after === 8) return next;
    for (let i = after; i < 8; i++) next = writeGroup(view, next, groups[i]!);
    return next - 1;
  };

  return { writeIpv4, writeIpv6 };
}

const { writeIpv4, writeIpv6 } = addressWriters();

/** Writes the address at word `at`; nothing when its length is neither 4 nor 16. */
export function writeAddress(view: DataView, pos: number, words: Uint32Array, at: number): number {
  const length = words[at + 4]!;
  if (length === 4) return writeIpv4(view, pos, networkOrder(words[at]! | 0));
  if (length !== 16) return pos;
  return writeIpv6(
    view,
    pos,
    networkOrder(words[at]! | 0),
    networkOrder(words[at + 1]! | 0),
    networkOrder(words[at + 2]! | 0),
    networkOrder(words[at + 3]! | 0),
  );
}

/** The word of an IPv4 address with its uppermost 0 to 32 bits set, as words of a record hold it. */
export const prefixMasks = Uint32Array.from({ length: 33 }, (_, bits) =>
  networkOrder(bits === 0 ? 0 : -1 << (32 - bits)),
);

/** The uppermost `bits` of word `index` of an address, the rest zero. */
function masked(word: number, index: number, bits: number): number {
  const kept = bits - 32 * index;
  if (kept >= 32) return networkOrder(word);
  return kept <= 0 ? 0 : networkOrder(word) & (-1 << (32 - kept));
}

const invalidPrefix = new Literal('invalid Prefix');

/** Longest text of {@link writePrefix}. */
export const PREFIX_TEXT_MAX = ADDRESS_TEXT_MAX + 4;

/**
 * Writes the network of `bits` bits that the address at word `at` belongs to, such as `192.0.2.0/24`;
 * `invalid Prefix` when there is no address or it has fewer bits.
 */
export function writePrefix(view: DataView, pos: number, words: Uint32Array, at: number, bits: number): number {
  const length = words[at + 4]!;
  if ((length !== 4 && length !== 16) || bits < 0 || bits > length * 8) return writeLiteral(view, pos, invalidPrefix);
  const first = masked(words[at]! | 0, 0, bits);
  const next =
    length === 4
      ? writeIpv4(view, pos, first)
      : writeIpv6(
          view,
          pos,
          first,
          masked(words[at + 1]! | 0, 1, bits),
          masked(words[at + 2]! | 0, 2, bits),
          masked(words[at + 3]! | 0, 3, bits),
        );
  view.setUint8(next, SLASH);
  return writeU32(view, next + 1, bits);
}

/** Writes the octets of the address at word `at` as lower-case hexadecimal digits. */
export function writeHex(view: DataView, pos: number, words: Uint32Array, at: number): number {
  const length = words[at + 4]!;
  for (let i = 0; i < length; i++) {
    view.setUint16(
      pos + 2 * i,
      hexPairs[(networkOrder(words[at + (i >> 2)]! | 0) >>> (24 - 8 * (i & 3))) & 255]!,
      true,
    );
  }
  return pos + 2 * length;
}

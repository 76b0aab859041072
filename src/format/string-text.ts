/**
 * Strings from the network on their way into JSON and text.
 *
 * Octets that are no well-formed UTF-8 (RFC 3629) become U+FFFD, one for each maximal part of a sequence, as the
 * Unicode standard recommends; control characters never reach the output as such, so that one message stays one line.
 */
import { hexPairs } from './hex-text.ts';

/** Octets that one octet of a string takes at most: `\u001f`. */
export const STRING_EXPANSION = 6;

/** For each octet of ASCII: 0 when it stands for itself, 1 for a `\u` escape, else the character after the backslash. */
function escapes(own: Readonly<Record<string, string>>, numeric: string): Uint8Array {
  const table = new Uint8Array(128);
  table.fill(1, 0, 0x20);
  for (const character of numeric) table[character.charCodeAt(0)] = 1;
  for (const [character, letter] of Object.entries(own)) table[character.charCodeAt(0)] = letter.charCodeAt(0);
  return table;
}

const controls = { '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't' };
// The angle brackets and the ampersand are escaped so that the line can be embedded in HTML.
const jsonEscapes = escapes({ ...controls, '"': '"', '\\': '\\' }, '<>&');
const textEscapes = escapes(controls, '\x7f');

/** Writes the inside of a JSON string and returns the position after it. */
export function writeJsonString(view: DataView, pos: number, octets: Uint8Array, from: number, to: number): number {
  return writeEscaped(view, pos, octets, from, to, jsonEscapes);
}

/** Writes a string as text: as it is, save for control characters. */
export function writeTextString(view: DataView, pos: number, octets: Uint8Array, from: number, to: number): number {
  return writeEscaped(view, pos, octets, from, to, textEscapes);
}

function writeEscaped(
  view: DataView,
  pos: number,
  octets: Uint8Array,
  from: number,
  to: number,
  table: Uint8Array,
): number {
  let next = pos;
  for (let i = from; i < to;) {
    const octet = octets[i]!;
    if (octet < 0x80) {
      i++;
      const escape = table[octet]!;
      if (escape === 0) view.setUint8(next++, octet);
      else if (escape === 1) next = writeNumericEscape(view, next, 0, octet);
      else {
        view.setUint16(next, 0x5c | (escape << 8), true);
        next += 2;
      }
      continue;
    }
    const length = sequenceLength(octets, i, to);
    if (length < 0) {
      view.setUint8(next, 0xef);
      view.setUint16(next + 1, 0xbdbf, true);
      next += 3;
      i -= length;
    } else if (length === 3 && octet === 0xe2 && octets[i + 1] === 0x80 && (octets[i + 2]! & 0xfe) === 0xa8) {
      // U+2028 and U+2029 end a line for JavaScript and for some tools.
      next = writeNumericEscape(view, next, 0x20, 0x28 | (octets[i + 2]! & 1));
      i += 3;
    } else {
      for (const end = i + length; i < end; i++) view.setUint8(next++, octets[i]!);
    }
  }
  return next;
}

/** Writes `\u` and four digits. */
function writeNumericEscape(view: DataView, pos: number, upper: number, lower: number): number {
  view.setUint16(pos, 0x755c, true);
  view.setUint16(pos + 2, hexPairs[upper]!, true);
  view.setUint16(pos + 4, hexPairs[lower]!, true);
  return pos + 6;
}

/**
 * Octets of the UTF-8 sequence of more than one octet that begins at `at`; when it is ill-formed, the octets of its
 * longest part that could have begun one, negative (Unicode, table 3-7).
 */
function sequenceLength(octets: Uint8Array, at: number, end: number): number {
  const lead = octets[at]!;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  // The second octet keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (at + 1 >= end || octets[at + 1]! < lowest || octets[at + 1]! > highest) return -1;
  for (let i = 2; i < length; i++) {
    if (at + i >= end || (octets[at + i]! & 0xc0) !== 0x80) return -i;
  }
  return length;
}

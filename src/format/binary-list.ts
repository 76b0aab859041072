/** What is more than a number on the protobuf wire. All functions return the position after what they wrote. */
import { codeLength } from '../flow/code-text.ts';
import { ADDRESS_WORDS } from '../flow/fields.ts';
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import { varintLength, writeVarint } from './varint.ts';

/** Writes the length of the address at word `at`, and the address; 17 octets may be spoilt. */
export function writeAddressOctets(view: DataView, pos: number, words: Uint32Array, at: number): number {
  const length = words[at + 4]!;
  view.setUint8(pos, length);
  view.setUint32(pos + 1, words[at]!, NATIVE_LITTLE_ENDIAN);
  if (length <= 4) return pos + 1 + length;
  view.setUint32(pos + 5, words[at + 1]!, NATIVE_LITTLE_ENDIAN);
  view.setUint32(pos + 9, words[at + 2]!, NATIVE_LITTLE_ENDIAN);
  view.setUint32(pos + 13, words[at + 3]!, NATIVE_LITTLE_ENDIAN);
  return pos + 1 + length;
}

/** Writes the length of a code that is not empty, and its characters; three octets may be spoilt. */
export function writeCode(view: DataView, pos: number, code: number): number {
  const length = codeLength(code);
  view.setUint8(pos, length);
  view.setUint32(pos + 1, code, true);
  return pos + 1 + length;
}

/**
 * Writes numbers as one packed field; three octets beyond it may be spoilt.
 *
 * @param tag field number and wire type as a varint of `tagLength` octets, 1 or 2, the first one lowest
 * @param entries four at least; those from `count` on mean nothing
 */
export function writePacked(
  view: DataView,
  pos: number,
  tag: number,
  tagLength: number,
  entries: Uint32Array,
  count: number,
): number {
  view.setUint16(pos, tag, true);
  const start = pos + tagLength;
  if (count <= 4) {
    // Layers and sizes of headers are few and small: an octet each, and no branch on how many, which nobody can foretell.
    const first = entries[0]! | 0;
    const second = entries[1]! | 0;
    const third = entries[2]! | 0;
    const fourth = entries[3]! | 0;
    if (((first | second | third | fourth) & ~0x7f) === 0) {
      view.setUint8(start, count);
      view.setUint32(start + 1, first | (second << 8) | (third << 16) | (fourth << 24), true);
      return start + 1 + count;
    }
  }
  let length = 0;
  for (let i = 0; i < count; i++) length += varintLength(entries[i]! | 0);
  let next = writeVarint(view, start, length);
  for (let i = 0; i < count; i++) next = writeVarint(view, next, entries[i]! | 0);
  return next;
}

/** Writes addresses, a field each; `tag` as for {@link writePacked}. */
export function writeAddresses(
  view: DataView,
  pos: number,
  tag: number,
  tagLength: number,
  entries: Uint32Array,
  count: number,
): number {
  let next = pos;
  for (let i = 0; i < count; i++) {
    view.setUint16(next, tag, true);
    next = writeAddressOctets(view, next + tagLength, entries, i * ADDRESS_WORDS);
  }
  return next;
}

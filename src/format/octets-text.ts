/** Octets of any length, of fields of a user's own, as text. */
import { writeAddress } from './address-text.ts';
import { hexPairs } from './hex-text.ts';

/** Two lower-case hexadecimal digits for each octet. */
export function writeOctetsHex(view: DataView, pos: number, octets: Uint8Array, at: number, length: number): number {
  for (let i = 0; i < length; i++) view.setUint16(pos + 2 * i, hexPairs[octets[at + i]!]!, true);
  return pos + 2 * length;
}

/** An address as a record holds it. */
const words = new Uint32Array(5);
const view = new DataView(words.buffer);

/** 4 or 16 octets as an IP address; nothing for any other number of them. */
export function writeOctetsAddress(out: DataView, pos: number, octets: Uint8Array, at: number, length: number): number {
  if (length !== 4 && length !== 16) return pos;
  for (let i = 0; i < length; i++) view.setUint8(i, octets[at + i]!);
  words[4] = length;
  return writeAddress(out, pos, words, 0);
}

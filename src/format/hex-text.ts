/** Hexadecimal digits of octets. */

const COLON = 0x3a;

/** Two lower-case digits of each octet, the first one in the lower half. */
export const hexPairs = new Uint16Array(256);
for (let octet = 0; octet < 256; octet++) {
  const digits = octet.toString(16).padStart(2, '0');
  hexPairs[octet] = digits.charCodeAt(0) | (digits.charCodeAt(1) << 8);
}

/** Octets of a MAC address as text. */
export const MAC_TEXT_LENGTH = 17;

/** Writes the low 48 bits of the 64-bit number at word `at` as a MAC address, `aa:bb:cc:dd:ee:ff`. */
export function writeMac(view: DataView, pos: number, words: Uint32Array, at: number): number {
  const low = words[at]!;
  const high = words[at + 1]!;
  writePair(view, pos, (high >>> 8) & 255);
  writePair(view, pos + 3, high & 255);
  writePair(view, pos + 6, low >>> 24);
  writePair(view, pos + 9, (low >>> 16) & 255);
  writePair(view, pos + 12, (low >>> 8) & 255);
  view.setUint16(pos + 15, hexPairs[low & 255]!, true);
  return pos + MAC_TEXT_LENGTH;
}

/** Two digits and a colon; spoils one octet more. */
function writePair(view: DataView, pos: number, octet: number): void {
  view.setUint32(pos, hexPairs[octet]! | (COLON << 16), true);
}

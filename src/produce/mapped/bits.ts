/**
 * Copies `length` bits that begin `offset` bits behind octet `start` of `bytes`. The first one becomes the uppermost
 * bit of `out`; bits that are not there are 0. Where the length is no multiple of 8 the bits of the last octet are its
 * uppermost ones, or with `align` its lowest ones.
 *
 * @param first the first octet of `bytes` that may be read, and `end` one past the last
 * @returns the octets written; none when there is nothing at all to be read
 */
export function copyBits(
  out: Uint8Array,
  bytes: Uint8Array,
  first: number,
  start: number,
  end: number,
  offset: number,
  length: number,
  align: boolean,
): number {
  const from = 8 * start + offset;
  if (length === 0 || from > 8 * end || from + length <= 8 * first) return 0;
  const octets = (length + 7) >>> 3;
  const shift = from & 7;
  let at = from >> 3;
  for (let i = 0; i < octets; i++, at++) {
    const octet = at >= first && at < end ? bytes[at]! : 0;
    const next = at + 1 >= first && at + 1 < end ? bytes[at + 1]! : 0;
    out[i] = ((octet << shift) | (next >>> (8 - shift))) & 0xff;
  }
  const spare = 8 * octets - length;
  if (spare > 0) out[octets - 1] = align ? out[octets - 1]! >>> spare : out[octets - 1]! & (0xff << spare);
  return octets;
}

/** Makes the first `length` bits of `octets` octets, uppermost first, one number: moves them down to the end. */
export function alignNumber(out: Uint8Array, octets: number, length: number): void {
  const spare = 8 * octets - length;
  if (spare === 0) return;
  for (let i = octets - 1; i > 0; i--) out[i] = ((out[i]! >>> spare) | (out[i - 1]! << (8 - spare))) & 0xff;
  if (octets > 0) out[0] = out[0]! >>> spare;
}

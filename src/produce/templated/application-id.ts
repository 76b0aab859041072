/**
 * Stores the id of an application, two words: its engine, which is the first octet, in the top octet, and the selector
 * in the 56 bits below. So ids compare however many octets their selectors have (RFC 6759 section 4).
 *
 * @param length 1 to 8 octets
 */
export function putApplicationId(
  words: Uint32Array,
  slot: number,
  bytes: Uint8Array,
  at: number,
  length: number,
): void {
  let low = 0;
  let high = 0;
  for (let i = 1; i < length; i++) {
    high = (high << 8) | (low >>> 24);
    low = (low << 8) | bytes[at + i]!;
  }
  words[slot] = low;
  words[slot + 1] = (bytes[at]! << 24) | high;
}

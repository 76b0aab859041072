import { slotOf } from '../flow/fields.ts';
import { varintLength, writeVarintExactly } from './varint.ts';

/** Words by which messages are told apart that are of much the same length: by family, and by IP protocol. */
export const PROTO = slotOf('proto');
export const SRC_ADDR_LENGTH = slotOf('src_addr') + 4;

/** As many as a family and the lowest five bits of a protocol give. */
const KINDS = 64;

export function kindOf(words: Uint32Array): number {
  return ((words[SRC_ADDR_LENGTH]! & 16) << 1) | (words[PROTO]! & 31);
}

/**
 * The length of a message as a varint before it. How many octets that takes is guessed, so that the message is written
 * where it belongs; where the guess was wrong it is moved.
 */
export class LengthPrefix {
  /** The guess for the next message of each kind: octets of the length of most before it. */
  readonly guesses = new Uint8Array(KINDS).fill(1);
  /** Whether the guess was wrong for the last one: it changes when that is so twice in a row. */
  readonly #wrong = new Uint8Array(KINDS);

  /**
   * Puts the length at `start`; the message was written `guess` octets behind it.
   *
   * @param end one past the message
   * @returns the same, where it is now
   */
  put(view: DataView, start: number, guess: number, end: number, kind: number): number {
    const length = end - start - guess;
    const octets = length < 0x80 ? 1 : length < 0x4000 ? 2 : varintLength(length);
    if (octets !== guess) {
      moveOctets(view, start + guess, end, octets - guess);
      if (this.#wrong[kind] === 1) this.guesses[kind] = octets;
      this.#wrong[kind] = 1;
    } else if (this.#wrong[kind] !== 0) this.#wrong[kind] = 0;
    if (octets === 1) view.setUint8(start, length);
    else writeVarintExactly(view, start, length);
    return start + octets + length;
  }
}

/** Moves what is from `from` to before `to` up or down by some octets: for so few of them quicker than the built-in. */
function moveOctets(view: DataView, from: number, to: number, by: number): void {
  let [first, last] = [from, to];
  if (by < 0) {
    for (; first + 4 <= last; first += 4) view.setInt32(first + by, view.getInt32(first));
    for (; first < last; first++) view.setUint8(first + by, view.getUint8(first));
  } else {
    for (; last - 4 >= first; last -= 4) view.setInt32(last - 4 + by, view.getInt32(last - 4));
    for (; last > first; last--) view.setUint8(last - 1 + by, view.getUint8(last - 1));
  }
}

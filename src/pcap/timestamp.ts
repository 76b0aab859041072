import type { CapturedPacket } from './captured-packet.ts';

const TWO_32 = 4294967296;
const MAX_SECONDS = 2 ** 34 - 1;
/** Scratch of {@link TimeResolution.apply}: the time stamp in four parts of 16 bits, the highest first. */
const limbs = new Uint16Array(4);

/** Sets the time of a packet; carries nanoseconds above a second, and keeps what is out of range at its edge. */
export function setTime(packet: CapturedPacket, seconds: number, nanoseconds: number): void {
  const carry = Math.floor(nanoseconds / 1e9);
  const whole = seconds + carry;
  const inside = whole >= 0 && whole <= MAX_SECONDS;
  packet.seconds = inside ? whole : whole < 0 ? 0 : MAX_SECONDS;
  packet.nanoseconds = inside ? nanoseconds - carry * 1e9 : 0;
}

/** What the 64 bits of a time stamp mean on an interface: its options if_tsresol and if_tsoffset. */
export class TimeResolution {
  /** Negative power of 2 instead of 10. */
  readonly #binary: boolean;
  readonly #exponent: number;
  readonly #offsetSeconds: number;

  /**
   * @param code octet of if_tsresol: the exponent, with the top bit set for powers of 2; microseconds when absent
   * @param offsetSeconds if_tsoffset: added to every time
   */
  constructor(code = 6, offsetSeconds = 0) {
    this.#binary = (code & 0x80) !== 0;
    this.#exponent = code & 0x7f;
    this.#offsetSeconds = offsetSeconds;
  }

  /**
   * Sets the time of a packet from the two words of its time stamp, in nanoseconds rounded down. Of binary fractions
   * the first 32 bits count (0.23 ns).
   */
  apply(packet: CapturedPacket, high: number, low: number): void {
    if (this.#binary) this.#applyBinary(packet, high, low);
    else this.#applyDecimal(packet, high, low);
  }

  #applyBinary(packet: CapturedPacket, high: number, low: number): void {
    const shift = this.#exponent;
    const seconds = integerPart(high, low, shift);
    const fraction = fractionPart(high, low, shift);
    // fraction * 10^9 / 2^32 in two steps, each below 2^53
    const upper = Math.floor(fraction / 65536);
    const lower = fraction - upper * 65536;
    setTime(
      packet,
      this.#offsetSeconds + seconds,
      Math.floor((upper * 1e9 + Math.floor((lower * 1e9) / 65536)) / 65536),
    );
  }

  #applyDecimal(packet: CapturedPacket, high: number, low: number): void {
    limbs[0] = high >>> 16;
    limbs[1] = high;
    limbs[2] = low >>> 16;
    limbs[3] = low;
    for (let excess = this.#exponent - 9; excess > 0; excess -= 9) divide(10 ** Math.min(excess, 9));
    const digits = Math.min(this.#exponent, 9);
    const rest = divide(10 ** digits);
    const seconds = (limbs[0] * 65536 + limbs[1]) * TWO_32 + limbs[2] * 65536 + limbs[3];
    setTime(packet, this.#offsetSeconds + seconds, rest * 10 ** (9 - digits));
  }
}

/** Divides the number in {@link limbs} in place by at most 2^32; returns the rest. */
function divide(divisor: number): number {
  let rest = 0;
  for (let i = 0; i < 4; i++) {
    const value = rest * 65536 + limbs[i]!;
    const quotient = Math.floor(value / divisor);
    limbs[i] = quotient;
    rest = value - quotient * divisor;
  }
  return rest;
}

/** The 64-bit number shifted right by 0 to 127 bits. */
function integerPart(high: number, low: number, shift: number): number {
  if (shift >= 64) return 0;
  if (shift >= 32) return Math.floor(high / 2 ** (shift - 32));
  return high * 2 ** (32 - shift) + Math.floor(low / 2 ** shift);
}

/** The 32 bits to the right of what {@link integerPart} gives. */
function fractionPart(high: number, low: number, shift: number): number {
  if (shift >= 96) return 0;
  if (shift >= 64) return Math.floor(high / 2 ** (shift - 64));
  if (shift > 32) return (high % 2 ** (shift - 32)) * 2 ** (64 - shift) + Math.floor(low / 2 ** (shift - 32));
  return (low % 2 ** shift) * 2 ** (32 - shift);
}

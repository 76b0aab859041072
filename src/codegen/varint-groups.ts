/** How generated code writes a number of up to 28 bits as a varint: four octets in one store, of which some count. */
import { code } from './code.ts';
import type { Code } from './code.ts';

/**
 * Of a number of up to 28 bits, by its leading zeros: how many octets it takes, and the bits that say that more follow.
 */
export const lengths = Uint8Array.from({ length: 33 }, (_, zeros) => Math.max(1, Math.ceil((32 - zeros) / 7)));
export const continuations = Int32Array.from(lengths, (length) => ((1 << (8 * (length - 1))) - 1) & 0x80808080);

/** The low bits of a number, 28 at the most, as groups of seven, an octet each. */
export function groups(value: Code, bits = 28): Code {
  const each = [
    code`${value} & 0x7f`,
    code`${value} << 1 & 0x7f00`,
    code`${value} << 2 & 0x7f0000`,
    code`${value} << 3 & 0x7f000000`,
  ];
  const [first, ...others] = each.slice(0, Math.ceil(bits / 7));
  return code`(${others.reduce((sum, group) => code`${sum} | ${group}`, first!)})`;
}

/** Makes the same of `v`, a number of up to 28 bits: what is above a group moves up by one bit, three times. */
export const regroup = code`v = v + (v & ${~0x7f}) | 0; v = v + (v & ${~0x7fff}) | 0; v = v + (v & ${~0x7fffff}) | 0;`;

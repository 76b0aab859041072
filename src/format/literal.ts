/**
 * Constant text, ready to be written eight octets at a time.
 *
 * The octets are held as doubles, the widest number that `DataView` stores without an allocation. None of them is a
 * NaN, whose payload an engine may change: that would need an octet 0x7F or 0xFF after one of 0xF0 or above, which
 * well-formed UTF-8 never holds. The first sixteen octets are always written, without a loop: half the time of one,
 * measured, and most names are no longer.
 */
export class Literal {
  /** Octets of the text in UTF-8. */
  readonly length: number;
  /** Octets 0 to 7, the first one lowest, and 8 to 15; filled up with zeros. */
  readonly first: number;
  readonly second: number;
  /** The octets from 16 on. */
  readonly rest: readonly number[];

  constructor(text: string) {
    const octets = new TextEncoder().encode(text);
    const padded = new Uint8Array(Math.max(Math.ceil(octets.length / 8), 2) * 8);
    padded.set(octets);
    const view = new DataView(padded.buffer);
    this.length = octets.length;
    this.first = view.getFloat64(0, true);
    this.second = view.getFloat64(8, true);
    this.rest = Array.from({ length: padded.length / 8 - 2 }, (_, i) => view.getFloat64(16 + 8 * i, true));
  }
}

/** Octets past its end that {@link writeLiteral} may overwrite: what bounds have to add once. */
export const LITERAL_SLACK = 16;

/** Writes a literal at `pos` and returns the position after it; spoils up to {@link LITERAL_SLACK} octets beyond. */
export function writeLiteral(view: DataView, pos: number, literal: Literal): number {
  view.setFloat64(pos, literal.first, true);
  view.setFloat64(pos + 8, literal.second, true);
  const { length } = literal;
  if (length > 16) {
    const { rest } = literal;
    for (let i = 0; i < rest.length; i++) view.setFloat64(pos + 16 + 8 * i, rest[i]!, true);
  }
  return pos + length;
}

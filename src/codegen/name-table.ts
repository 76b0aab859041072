/** Names of numbers, as tables that generated code reads: the first sixteen octets of each, and its length. */
export class NameTable {
  /** The length of a number without a name, or with a longer one: neither is in the table. */
  static readonly LONG = 255;

  readonly size: number;
  /** Octets 0 to 7 and 8 to 15 as doubles; see `format/literal.ts`. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly lengths: Uint8Array;

  constructor(names: readonly (string | undefined)[]) {
    this.size = names.length;
    this.first = new Float64Array(names.length);
    this.second = new Float64Array(names.length);
    this.lengths = new Uint8Array(names.length).fill(NameTable.LONG);
    const octets = new Uint8Array(16);
    const view = new DataView(octets.buffer);
    names.forEach((name, i) => {
      const encoded = new TextEncoder().encode(name);
      if (name === undefined || encoded.length > octets.length) return;
      octets.fill(0);
      octets.set(encoded);
      this.first[i] = view.getFloat64(0, true);
      this.second[i] = view.getFloat64(8, true);
      this.lengths[i] = encoded.length;
    });
  }

  /** A table up to 255 of names that have gaps between them. */
  static of(names: ReadonlyMap<number, string>): NameTable {
    const size = Math.min(256, Math.max(...names.keys()) + 1);
    return new NameTable(Array.from({ length: size }, (_, number) => names.get(number)));
  }
}

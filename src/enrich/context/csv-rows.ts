const COMMA = 0x2c;
const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;
const NEWLINE = 0x0a;

/** Octets that a file may begin with to say that it is UTF-8. */
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

/**
 * Rows of comma-separated values (RFC 4180), one at a time: fields are places in the octets, no string is made.
 * Between fields there may also be semicolons or tabs: whichever of the three the first line has. Empty lines are
 * passed over.
 *
 * Quotes inside of quoted fields are undoubled where they stand, so the octets are changed.
 */
export class CsvRows {
  /** Where the fields of the row begin and end. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Fields of the row. */
  count = 0;
  /** What is wrong with the row, if anything is; it is the last one then. */
  problem: string | undefined;
  readonly #octets: Uint8Array;
  readonly #delimiter: number;
  readonly #lines: number[] = [];
  readonly #columns: number[] = [];
  #at: number;
  #line = 1;
  #lineStart: number;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#at = BYTE_ORDER_MARK.every((octet, i) => octets[i] === octet) ? BYTE_ORDER_MARK.length : 0;
    this.#lineStart = this.#at;
    this.#delimiter = delimiterOf(octets, this.#at);
  }

  /** Line of a field, counted from 1; of the row for a field that it does not have. */
  line(field: number): number {
    return this.#lines[Math.min(field, this.count - 1)] ?? this.#line;
  }

  /** Where a field begins in its line, counted from 1 in octets. */
  column(field: number): number {
    return this.#columns[Math.min(field, this.count - 1)] ?? 1;
  }

  /** Text of a field. */
  text(field: number): string {
    return Buffer.from(this.#octets.buffer, this.#octets.byteOffset).toString(
      'utf8',
      this.starts[field],
      this.ends[field],
    );
  }

  /** Goes to the next row; false when there is none, or a {@link problem}. */
  next(): boolean {
    const octets = this.#octets;
    this.count = 0;
    while (octets[this.#at] === NEWLINE || octets[this.#at] === CARRIAGE_RETURN) this.#endLine();
    if (this.#at >= octets.length || this.problem !== undefined) return false;
    do this.#field();
    while (this.#passDelimiter());
    return this.problem === undefined;
  }

  /** Passes what ends a field; true when another one follows in the row. */
  #passDelimiter(): boolean {
    if (this.problem !== undefined) return false;
    if (this.#octets[this.#at] === this.#delimiter) {
      this.#at++;
      return true;
    }
    this.#endLine();
    return false;
  }

  #endLine(): void {
    if (this.#octets[this.#at] === CARRIAGE_RETURN) this.#at++;
    if (this.#octets[this.#at] === NEWLINE) this.#at++;
    this.#line++;
    this.#lineStart = this.#at;
  }

  #field(): void {
    const field = this.count++;
    this.#lines[field] = this.#line;
    this.#columns[field] = this.#at - this.#lineStart + 1;
    if (this.#octets[this.#at] === QUOTE) this.#quoted(field);
    else this.#plain(field);
  }

  #plain(field: number): void {
    const octets = this.#octets;
    const delimiter = this.#delimiter;
    let at = this.#at;
    this.starts[field] = at;
    for (let octet; (octet = octets[at]) !== undefined; at++) {
      if (octet === delimiter || octet === NEWLINE || octet === CARRIAGE_RETURN) break;
    }
    this.ends[field] = at;
    this.#at = at;
  }

  #quoted(field: number): void {
    const octets = this.#octets;
    let at = this.#at + 1;
    let to = at;
    this.starts[field] = at;
    for (let octet; (octet = octets[at]) !== undefined; at++) {
      if (octet === QUOTE && octets[++at] !== QUOTE) break;
      if (octet === NEWLINE) {
        this.#line++;
        this.#lineStart = at + 1;
      }
      octets[to++] = octet;
    }
    this.ends[field] = to;
    this.#at = at;
    const after = octets[at];
    if (at >= octets.length && octets[at - 1] !== QUOTE) this.problem = 'a quote is not closed';
    else if (after !== undefined && after !== this.#delimiter && after !== NEWLINE && after !== CARRIAGE_RETURN) {
      this.problem = 'something follows the quote that closes a field';
    }
  }
}

/** What stands between the fields of the first line. */
function delimiterOf(octets: Uint8Array, from: number): number {
  for (let i = from; i < octets.length && octets[i] !== NEWLINE; i++) {
    const octet = octets[i]!;
    if (octet === COMMA || octet === 0x3b || octet === 0x09) return octet;
  }
  return COMMA;
}

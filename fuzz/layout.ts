import { fixedLayout } from '#src/decode/netflow-fixed/layout.js';
import type { FixedLayout } from '#src/decode/netflow-fixed/layout.js';
/**
 * Where the lengths, counts and identifiers of a datagram stand, as far as its structure can be followed. It is made
 * for mutation: what it finds need not be right, only inside of the datagram.
 */
export class Layout {
  /** Offsets of 16-bit lengths and counts, and of 16-bit identifiers. */
  readonly lengths16: number[] = [];
  readonly ids16: number[] = [];
  /** Offsets of 32-bit lengths and counts, and of 32-bit types. */
  readonly lengths32: number[] = [];
  readonly ids32: number[] = [];
  /** Parts that can be doubled, dropped or moved as a whole: sets, samples, records. `[from, to, from, to, ...]` */
  readonly parts: number[] = [];

  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;

  /** Looks at the first `length` octets of `bytes`. */
  read(bytes: Uint8Array, length: number): void {
    this.lengths16.length = this.ids16.length = this.lengths32.length = this.ids32.length = this.parts.length = 0;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = length;
    if (length < 4) return;
    const version = this.#view.getUint16(0);
    const fixed = fixedLayout(version);
    if (fixed !== undefined) this.#readFixed(fixed);
    else if (version === 9) this.#readSets(20);
    else if (version === 10) this.#readSets(16);
    else if (version === 0) this.#readSFlow();
  }

  #readFixed({ headerLength, recordLength }: FixedLayout): void {
    this.ids16.push(0);
    this.lengths16.push(2);
    for (let at = headerLength; at + recordLength <= this.#end; at += recordLength)
      this.parts.push(at, at + recordLength);
  }

  #readSets(header: number): void {
    this.ids16.push(0);
    this.lengths16.push(2);
    let at = header;
    while (at + 4 <= this.#end && this.parts.length < 512) {
      const id = this.#view.getUint16(at);
      const length = this.#view.getUint16(at + 2);
      this.ids16.push(at);
      this.lengths16.push(at + 2);
      const end = Math.min(at + Math.max(length, 4), this.#end);
      this.parts.push(at, end);
      if (id < 4) this.#readTemplates(at + 4, end, id);
      at = end;
    }
  }

  #readTemplates(at: number, end: number, set: number): void {
    const options = set === 1 || set === 3;
    while (at + (options ? 6 : 4) <= end && this.lengths16.length < 1024) {
      let count = this.#view.getUint16(at + 2);
      this.ids16.push(at);
      this.lengths16.push(at + 2);
      if (options) {
        this.lengths16.push(at + 4);
        if (set === 1) count = (count + this.#view.getUint16(at + 4)) >> 2;
      }
      at += options ? 6 : 4;
      for (; count > 0 && at + 4 <= end; count--) {
        const field = this.#view.getUint16(at);
        this.ids16.push(at);
        this.lengths16.push(at + 2);
        at += set > 1 && field >= 0x8000 ? 8 : 4;
      }
    }
  }

  #readSFlow(): void {
    if (this.#end < 28) return;
    this.ids32.push(0, 4);
    let at = this.#view.getUint32(4) === 2 ? 36 : 24;
    if (at + 4 > this.#end) return;
    this.lengths32.push(at);
    at += 4;
    while (at + 8 <= this.#end && this.parts.length < 512) {
      const end = this.#readPart(at);
      this.#readRecords(at + 8, end, this.#view.getUint32(at));
      at = end;
    }
  }

  /** Type, length and body: a sample or a record. */
  #readPart(at: number): number {
    const length = this.#view.getUint32(at + 4);
    this.ids32.push(at);
    this.lengths32.push(at + 4);
    const end = Math.min(at + 8 + length, this.#end);
    this.parts.push(at, end);
    return end;
  }

  #readRecords(at: number, end: number, format: number): void {
    const members = { 1: 32, 2: 12, 3: 44, 4: 16, 5: 32 }[format];
    if (members === undefined || at + members > end) return;
    at += members;
    this.lengths32.push(at - 4);
    while (at + 8 <= end && this.parts.length < 512) {
      const record = at;
      at = this.#readPart(record);
      // lists and strings inside of the record: any of its words may be a length
      for (let word = record + 8; word + 4 <= at && word < record + 64; word += 4) this.lengths32.push(word);
    }
  }
}

import type { Template } from './template.ts';
import { VARIABLE } from './template.ts';

/** First octet of a variable length that announces two more (RFC 7011 section 7). */
const LONG_FORM = 255;

/** Memory with a payload in it, as a datagram has. */
export interface Payload {
  readonly bytes: Uint8Array;
}

/**
 * Walks the records of a data set and finds each field: for templates with fields of variable length, and for
 * whoever looks at fields one by one. Nothing is allocated a record.
 *
 * @example
 * walker.begin(datagram, set.template, set.at, set.end);
 * for (let i = 0; i < set.records && walker.next(); i++) {
 *   // field f of the record: walker.lengths[f] octets from walker.offsets[f] of datagram.bytes
 * }
 */
export class RecordWalker {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #template: Template | undefined;
  /** Octets of each field by the template. */
  #announced = new Int32Array(64);
  /** Octets of fields of fixed length in a row: before each field of variable length, and behind the last one. */
  #runs = new Int32Array(64);
  #runCount = 0;
  /** Offset of each field in the payload, absolute. The first `template.fields.length` count. */
  offsets = new Int32Array(64);
  /** Octets of each field, without what announced a variable length. */
  lengths = new Int32Array(64);
  /** Whether the walk ended at a record that runs past the set; what is left otherwise is padding. */
  overrun = false;

  /** Begins with the first record between `at` and `end`, which the payload holds. */
  begin(payload: Payload, template: Template, at: number, end: number): void {
    if (at < 0 || end < at || end > payload.bytes.length) throw new RangeError('set outside of its payload');
    this.#bytes = payload.bytes;
    this.#at = at;
    this.#end = end;
    this.overrun = false;
    const { fields } = template;
    if (template === this.#template) return;
    this.#template = template;
    if (fields.length >= this.offsets.length) this.#grow(fields.length + 1);
    let run = 0;
    this.#runCount = 0;
    for (let i = 0; i < fields.length; i++) {
      const { length } = fields[i]!;
      this.#announced[i] = length;
      if (length !== VARIABLE) {
        run += length;
      } else {
        this.#runs[this.#runCount++] = run;
        run = 0;
      }
    }
    this.#runs[this.#runCount] = run;
  }

  /** Finds the fields of the next record; false when there is none. */
  next(): boolean {
    const template = this.#template!;
    if (!this.#more(template)) return false;
    const count = template.fields.length;
    const announced = this.#announced;
    const { offsets, lengths } = this;
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at;
    for (let i = 0; i < count; i++) {
      let length = announced[i]!;
      if (length === VARIABLE) {
        if (at >= end) return this.#stop();
        length = bytes[at++]!;
        if (length === LONG_FORM) {
          if (at + 2 > end) return this.#stop();
          length = (bytes[at]! << 8) | bytes[at + 1]!;
          at += 2;
        }
      }
      offsets[i] = at;
      lengths[i] = length;
      at += length;
      if (at > end) return this.#stop();
    }
    this.#at = at;
    return true;
  }

  /** Counts the records that are left, and checks that each lies inside of the set. */
  count(): number {
    const template = this.#template!;
    const bytes = this.#bytes;
    const end = this.#end;
    const runs = this.#runs;
    const runCount = this.#runCount;
    let records = 0;
    for (; this.#more(template); records++) {
      let at = this.#at;
      for (let i = 0; i < runCount; i++) {
        at += runs[i]!;
        if (at >= end) return this.#stopAt(records);
        let length = bytes[at++]!;
        if (length === LONG_FORM) {
          if (at + 2 > end) return this.#stopAt(records);
          length = (bytes[at]! << 8) | bytes[at + 1]!;
          at += 2;
        }
        at += length;
      }
      at += runs[runCount]!;
      if (at > end) return this.#stopAt(records);
      this.#at = at;
    }
    return records;
  }

  /** A remainder shorter than the shortest record is padding (RFC 7011 section 3.3.1). */
  #more({ minimumLength }: Template): boolean {
    return minimumLength > 0 && this.#end - this.#at >= minimumLength;
  }

  #stop(): false {
    this.overrun = true;
    this.#at = this.#end;
    return false;
  }

  #stopAt(records: number): number {
    this.#stop();
    return records;
  }

  #grow(fields: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(fields));
    this.offsets = new Int32Array(capacity);
    this.lengths = new Int32Array(capacity);
    this.#announced = new Int32Array(capacity);
    this.#runs = new Int32Array(capacity);
  }
}

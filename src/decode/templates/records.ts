import { Cursor } from '../cursor.ts';
import type { Template } from './template.ts';
import { VARIABLE } from './template.ts';

/** First octet of a variable length that announces two more (RFC 7011 section 7). */
const LONG_FORM = 255;

/** Memory with a payload in it, as a datagram is. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly view: DataView;
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
  readonly #cursor = new Cursor();
  #template: Template | undefined;
  /** Offset of each field in the payload, absolute. The first `template.fields.length` count. */
  offsets = new Int32Array(64);
  /** Octets of each field, without what announced a variable length. */
  lengths = new Int32Array(64);
  /** Whether the walk ended at a record that runs past the set; what is left otherwise is padding. */
  overrun = false;

  /** Begins with the first record between `at` and `end`, which the payload holds. */
  begin(payload: Payload, template: Template, at: number, end: number): void {
    this.#cursor.reset(payload.bytes, payload.view, at, end);
    this.#template = template;
    this.overrun = false;
    if (template.fields.length > this.offsets.length) {
      const capacity = 2 ** Math.ceil(Math.log2(template.fields.length));
      this.offsets = new Int32Array(capacity);
      this.lengths = new Int32Array(capacity);
    }
  }

  /** Finds the fields of the next record; false when there is none. */
  next(): boolean {
    const cursor = this.#cursor;
    const template = this.#template;
    // a remainder shorter than the shortest record is padding (RFC 7011 section 3.3.1)
    if (template === undefined || template.minimumLength === 0 || cursor.left < template.minimumLength) return false;
    const { fields } = template;
    const { offsets, lengths } = this;
    for (let i = 0; i < fields.length; i++) {
      let length = fields[i]!.length;
      if (length === VARIABLE) {
        length = this.#variableLength();
        if (length < 0) return this.#stop();
      }
      if (!cursor.take(length)) return this.#stop();
      offsets[i] = cursor.at;
      lengths[i] = length;
    }
    return true;
  }

  /** One octet, or 255 and two octets; -1 when they are not there. */
  #variableLength(): number {
    const cursor = this.#cursor;
    if (!cursor.take(1)) return -1;
    const first = cursor.u8(0);
    if (first !== LONG_FORM) return first;
    return cursor.take(2) ? cursor.u16(0) : -1;
  }

  #stop(): false {
    this.overrun = true;
    this.#template = undefined;
    return false;
  }
}

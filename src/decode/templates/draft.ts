import type { Cursor } from '../cursor.ts';
import { VARIABLE, makeTemplate } from './template.ts';
import type { Template, TemplateField, TemplateHead } from './template.ts';

/** Top bit of an element number in IPFIX: an enterprise number follows (RFC 7011 section 3.2). */
const ENTERPRISE = 0x8000;

/**
 * The field specifiers of a template as they are read, in reused memory: a template that is sent again, as most are,
 * is compared with what is known and costs no allocation.
 */
export class Draft {
  #ids = new Uint16Array(64);
  #lengths = new Uint16Array(64);
  #pens = new Uint32Array(64);
  #count = 0;
  /** Whether any field is of length 65,535. */
  variable = false;
  /** Octets of the smallest record. */
  minimumLength = 0;

  clear(): void {
    this.#count = 0;
    this.variable = false;
    this.minimumLength = 0;
  }

  /**
   * Reads `count` specifiers of NetFlow v9 (RFC 3954 section 5.2), which the cursor is known to hold:
   *
   *     type 2 octets, length 2
   */
  readV9(cursor: Cursor, count: number): void {
    for (let i = 0; i < count && cursor.take(4); i++) this.#append(cursor.u16(0), cursor.u16(2), 0);
  }

  /**
   * Reads `count` specifiers of IPFIX (RFC 7011 section 3.2):
   *
   *     E 1 bit, element 15 bits, length 2 octets
   *     enterprise number 4 octets, if E
   *
   * @returns false when they run past the end
   */
  readIpfix(cursor: Cursor, count: number): boolean {
    if (count * 4 > cursor.left) return false;
    for (let i = 0; i < count; i++) {
      if (!cursor.take(4)) return false;
      const id = cursor.u16(0);
      const length = cursor.u16(2);
      if (id < ENTERPRISE) this.#append(id, length, 0);
      else if (cursor.take(4)) this.#append(id - ENTERPRISE, length, cursor.u32(0));
      else return false;
    }
    return true;
  }

  /** Whether this is the definition of a template that is known. */
  matches(known: Template, options: boolean, scopeCount: number): boolean {
    const { fields } = known;
    if (known.options !== options || known.scopeCount !== scopeCount || fields.length !== this.#count) return false;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      if (field.id !== this.#ids[i] || field.length !== this.#lengths[i] || field.pen !== this.#pens[i]) return false;
    }
    return true;
  }

  /** A template with these fields. */
  build(head: TemplateHead): Template {
    const fields: TemplateField[] = [];
    for (let i = 0; i < this.#count; i++) {
      fields.push({ id: this.#ids[i]!, pen: this.#pens[i]!, length: this.#lengths[i]! });
    }
    return makeTemplate(head, fields);
  }

  #append(id: number, length: number, pen: number): void {
    const at = this.#count++;
    if (at === this.#ids.length) this.#grow();
    this.#ids[at] = id;
    this.#lengths[at] = length;
    this.#pens[at] = pen;
    if (length === VARIABLE) this.variable = true;
    this.minimumLength += length === VARIABLE ? 1 : length;
  }

  #grow(): void {
    const capacity = this.#ids.length * 2;
    const [ids, lengths, pens] = [this.#ids, this.#lengths, this.#pens];
    this.#ids = new Uint16Array(capacity);
    this.#lengths = new Uint16Array(capacity);
    this.#pens = new Uint32Array(capacity);
    this.#ids.set(ids);
    this.#lengths.set(lengths);
    this.#pens.set(pens);
  }
}

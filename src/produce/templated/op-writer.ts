import { VARIABLE } from '../../decode/templates/template.ts';
import type { TemplateField } from '../../decode/templates/template.ts';
import { OP_WORDS, Op } from './plan.ts';

/** A field of a template with its place in a record. */
export interface PlacedField extends TemplateField {
  /** Index in the template. */
  readonly index: number;
  /** Octets before it in a record of fixed length. */
  readonly offset: number;
}

/** Instructions for 1 to 8 octets. */
const unsignedOps = [Op.u8, Op.u16, Op.u24, Op.u32, Op.u40, Op.u48, Op.u56, Op.u64];

/** Writes the instructions of a plan. */
export class OpWriter {
  readonly #ops: number[] = [];
  /** Whether the template has fields of variable length: fields are then named by their index. */
  readonly #variable: boolean;

  constructor(variable: boolean) {
    this.#variable = variable;
  }

  /** Writes one instruction that reads no field. */
  put(op: number, at: number, b: number, c: number): void {
    this.#ops.push(op, at, b, c);
  }

  /** Reads a number into a column of 32 or (`wide`) 64 bits; more octets than the column has lose the upper ones. */
  unsigned(field: PlacedField, slot: number, wide: boolean): void {
    const { length } = field;
    if (length === VARIABLE) this.put(Op.unsigned, field.index, slot, wide ? 1 : 0);
    else if (wide || length <= 4) this.put(unsignedOps[length - 1]!, this.#at(field), slot, 0);
    else if (this.#variable) this.put(Op.u32, field.index, slot, length - 4);
    else this.put(Op.u32, field.offset + length - 4, slot, 0);
  }

  /** A number of 64 bits in place of whatever was there before. */
  replace(field: PlacedField, slot: number, little: boolean): void {
    if (little) this.little(field, slot, true);
    else this.unsigned(field, slot, true);
    if (!little && field.length <= 4) this.put(Op.set, 0, slot + 1, 0);
  }

  /** {@link unsigned} for numbers whose least significant octet is the first. */
  little(field: PlacedField, slot: number, wide: boolean): void {
    this.put(wide ? Op.little64 : Op.little32, this.#at(field), slot, field.length);
  }

  /** Reads a field that has to have `size` octets. */
  sized(op: number, field: PlacedField, size: number, b: number): void {
    if (field.length === VARIABLE) this.put(Op.unlessLength, field.index, size, 1);
    this.put(op, this.#at(field), b, size);
  }

  /** Reads a number of 1 to 8 octets that an instruction does something with. */
  counted(op: number, field: PlacedField, b: number): void {
    this.put(op, this.#at(field), b, field.length);
  }

  /** Writes instructions that are skipped unless words[slot] is `value`. */
  when(slot: number, value: number, write: () => void): void {
    const start = this.#ops.length;
    this.put(Op.unless, slot, value, 0);
    write();
    this.#ops[start + 3] = (this.#ops.length - start) / OP_WORDS - 1;
  }

  finish(): Int32Array {
    return Int32Array.from(this.#ops);
  }

  #at(field: PlacedField): number {
    return this.#variable ? field.index : field.offset;
  }
}

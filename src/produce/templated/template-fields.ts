import { VARIABLE } from '../../decode/templates/template.ts';
import type { Template } from '../../decode/templates/template.ts';
import { elementMap, fixedSizes } from './element-map.ts';
import type { PlacedField } from './op-writer.ts';

/** Most octets of a number. */
const MAX_UNSIGNED = 8;

/** Sizes of the elements that fill columns. */
const sizes = new Map(elementMap.map(({ id, read }) => [id, fixedSizes[read]]));

/** Numbers that are used otherwise than for a column. */
const numbers = new Set([34, 48, 50, 102, 103, 161, 162, 302, 305, 306, 309, 310, 408, 409, 410]);

/**
 * The IANA elements of a template with the fields that can be read as them: of the right size, and not of size zero,
 * which is as good as absent.
 */
export class TemplateFields {
  readonly #byId = new Map<number, PlacedField[]>();
  /** Fields of known elements whose size is wrong. */
  wrongSizes = 0;

  /** @param from index of the first field that counts: in options data of v9, scopes are not elements */
  constructor(template: Template, from = 0) {
    let offset = 0;
    template.fields.forEach((field, index) => {
      if (index >= from && field.pen === 0 && this.#accepts(field.id, field.length)) {
        const placed = { ...field, index, offset };
        const known = this.#byId.get(field.id);
        if (known === undefined) this.#byId.set(field.id, [placed]);
        else known.push(placed);
      }
      offset += field.length;
    });
  }

  /** The field of an element, the last one where it repeats. */
  get(id: number): PlacedField | undefined {
    return this.#byId.get(id)?.at(-1);
  }

  /** All fields of an element, in the order of the template. */
  all(id: number): readonly PlacedField[] {
    return this.#byId.get(id) ?? [];
  }

  /** Whether the number of any element passes the test. */
  some(test: (id: number) => boolean): boolean {
    return [...this.#byId.keys()].some(test);
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  #accepts(id: number, length: number): boolean {
    if (length === 0) return false;
    if (length === VARIABLE) return true;
    const right = rightSize(id, length);
    if (!right) this.wrongSizes++;
    return right;
  }
}

function rightSize(id: number, length: number): boolean {
  if (id === 160) return length === 8;
  if (id === 311) return length === 4 || length === 8;
  if (numbers.has(id)) return length <= MAX_UNSIGNED;
  if (!sizes.has(id)) return true;
  const size = sizes.get(id);
  return size === undefined ? length <= MAX_UNSIGNED : length === size;
}

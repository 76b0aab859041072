import { VARIABLE } from '../../decode/templates/template.ts';
import type { Template, TemplateField } from '../../decode/templates/template.ts';
import { elementMap, fixedSizes } from './element-map.ts';
import type { PlacedField } from './op-writer.ts';

/** Most octets of a number. */
const MAX_UNSIGNED = 8;

type Sizes = (octets: number) => boolean;
const number: Sizes = (octets) => octets <= MAX_UNSIGNED;
const exactly =
  (size: number): Sizes =>
  (octets) =>
    octets === size;

/** The elements that are used for anything, with the sizes that they may have. */
const sizes = new Map<number, Sizes>([
  ...[34, 48, 50, 102, 103, 161, 162, 302, 305, 306, 309, 310, 408, 409, 410].map((id) => [id, number] as const),
  ...[104, 313, 315].map((id) => [id, () => true] as const),
  [160, exactly(8)],
  [311, (octets) => octets === 4 || octets === 8],
  ...elementMap.map(({ id, read }) => {
    const size = fixedSizes[read];
    return [id, size === undefined ? number : exactly(size)] as const;
  }),
]);

/**
 * The fields of a template that are used for anything and can be read: of the right size, and not of size zero, which
 * is as good as absent. All others, of which a hostile template has thousands, are passed over.
 */
export class TemplateFields {
  readonly #byId = new Map<number, PlacedField[]>();
  /** Fields of used elements whose size is wrong. */
  wrongSizes = 0;

  /** @param from index of the first field that counts: in options data of v9, scopes are not elements */
  constructor(template: Template, from = 0) {
    let offset = 0;
    for (let index = 0; index < template.fields.length; index++) {
      const field = template.fields[index]!;
      if (index >= from && this.#accepts(field)) this.#add(field, index, offset);
      offset += field.length;
    }
  }

  /** The field of an element, the last one where it repeats. */
  get(id: number): PlacedField | undefined {
    return this.#byId.get(id)?.at(-1);
  }

  /** All fields of an element, in the order of the template. */
  all(id: number): readonly PlacedField[] {
    return this.#byId.get(id) ?? [];
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  #accepts({ id, pen, length }: TemplateField): boolean {
    if (pen !== 0 || length === 0) return false;
    const allowed = sizes.get(id);
    if (allowed === undefined) return false;
    const right = length === VARIABLE || allowed(length);
    if (!right) this.wrongSizes++;
    return right;
  }

  #add({ id, pen, length }: TemplateField, index: number, offset: number): void {
    const known = this.#byId.get(id);
    const placed = { id, pen, length, index, offset };
    if (known === undefined) this.#byId.set(id, [placed]);
    else known.push(placed);
  }
}

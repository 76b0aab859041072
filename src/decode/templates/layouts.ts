import type { TemplateField } from './template.ts';

/** Memory of one field specification: the object, its places in the list, in the signature and in a plan. */
const FIELD_BYTES = 80;

/** Memory of a layout beside its fields, and of the plan that is made of it when data comes. */
const LAYOUT_BYTES = 1_300;

/** A list of fields that equal definitions have in common. */
export interface Layout {
  readonly fields: readonly TemplateField[];
  readonly signature: string;
  readonly bytes: number;
  references: number;
}

/**
 * One object for each list of fields in use, whichever exporter sends it: many exporters of one kind have the same
 * templates. Counted by reference: what nobody uses any more is forgotten.
 */
export class Layouts {
  readonly #bySignature = new Map<string, Layout>();
  /** Heap octets of all layouts, estimated. */
  bytes = 0;

  /** The layout with these fields; one reference more. */
  acquire(fields: readonly TemplateField[]): Layout {
    const signature = signatureOf(fields);
    let layout = this.#bySignature.get(signature);
    if (layout === undefined) {
      layout = { fields, signature, bytes: LAYOUT_BYTES + FIELD_BYTES * fields.length, references: 0 };
      this.#bySignature.set(signature, layout);
      this.bytes += layout.bytes;
    }
    layout.references++;
    return layout;
  }

  /** One reference less. */
  release(layout: Layout): void {
    if (--layout.references > 0) return;
    this.#bySignature.delete(layout.signature);
    this.bytes -= layout.bytes;
  }
}

/** The fields as text, four code units each: a Map then compares whole lists, by a hash that senders cannot know. */
function signatureOf(fields: readonly TemplateField[]): string {
  const units = new Uint16Array(fields.length * 4);
  fields.forEach(({ id, length, pen }, i) => {
    units[4 * i] = id;
    units[4 * i + 1] = length;
    units[4 * i + 2] = pen >>> 16;
    units[4 * i + 3] = pen;
  });
  return Buffer.from(units.buffer).toString('utf16le');
}

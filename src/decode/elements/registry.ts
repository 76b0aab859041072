import { readFileSync } from 'node:fs';

/** An information element: what its registry says of it (RFC 7012 section 2.1). */
export interface Element {
  /** Private enterprise number; 0 for IANA's. */
  readonly pen: number;
  /** Short name of who registered it: `iana`, `cisco`. */
  readonly vendor: string;
  readonly id: number;
  readonly name: string;
  /** Abstract data type of RFC 7012 section 3.1; empty when it is not known. */
  readonly type: string;
  /** Data type semantics of RFC 7012 section 3.2; empty when there are none. */
  readonly semantics: string;
  readonly units: string;
}

/** Largest enterprise number and element id, for a key of both that is exact in a double. */
const IDS = 0x10000;

/** Enterprise number of the reverse elements of RFC 5103. */
export const REVERSE_PEN = 29_305;

/**
 * Information elements by number and by name: IANA's, the reverse ones of RFC 5103, and those of vendors, bundled with
 * their date (`data/ipfix-elements.tsv`) and never asked for at run time (RFC 7012 section 7.3).
 */
export class ElementRegistry {
  readonly #byNumber = new Map<number, Element>();
  readonly #byName = new Map<string, Element>();

  /** The bundled elements. */
  static bundled(): ElementRegistry {
    const file = new URL('../../../data/ipfix-elements.tsv', import.meta.url);
    return new ElementRegistry(parseElements(readFileSync(file, 'utf8')));
  }

  constructor(elements: Iterable<Element>) {
    for (const element of elements) {
      this.#byNumber.set(element.pen * IDS + element.id, element);
      this.#byName.set(`${element.vendor}:${element.name}`, element);
      if (element.pen === 0) this.#byName.set(element.name, element);
    }
  }

  get size(): number {
    return this.#byNumber.size;
  }

  /** The element of an enterprise; undefined when nobody here knows it. */
  find(pen: number, id: number): Element | undefined {
    const known = this.#byNumber.get(pen * IDS + id);
    if (known !== undefined || pen !== REVERSE_PEN) return known;
    return reversed(this.#byNumber.get(id));
  }

  /** The element of that name: `sourceIPv4Address`, or `cisco:applicationName` for a vendor's. */
  findName(name: string): Element | undefined {
    return this.#byName.get(name);
  }
}

/** The reverse of an element: the same type, a name that says so (RFC 5103 section 6.1). */
function reversed(forward: Element | undefined): Element | undefined {
  if (forward === undefined) return undefined;
  const name = `reverse${forward.name[0]!.toUpperCase()}${forward.name.slice(1)}`;
  return { ...forward, pen: REVERSE_PEN, vendor: 'reverse', name };
}

/** Rows between tabs below a line of titles: pen, vendor, id, name, type, semantics, units, status. */
export function parseElements(text: string): Element[] {
  const rows = text.split('\n').slice(1);
  return rows
    .filter((row) => row !== '')
    .map((row) => {
      const [pen, vendor = '', id, name = '', type = '', semantics = '', units = ''] = row.split('\t');
      return { pen: Number(pen), vendor, id: Number(id), name, type, semantics, units };
    });
}

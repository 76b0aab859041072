import { readFileSync } from 'node:fs';
import { GoFlowError } from '../../config/errors.ts';
import { readProgramFile } from '../../config/program-files.ts';
import { dataTypes } from './decode-value.ts';

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

/** ntop's elements have this much more for a number where NetFlow v9 has no enterprise number to tell them by. */
const NTOP_PEN = 35_632;
const NTOP_V9_BASE = 57_472;
const NTOP_V9_END = NTOP_V9_BASE + 1_024;

/**
 * Information elements by number and by name: IANA's, the reverse ones of RFC 5103, and those of vendors, bundled with
 * their date (`data/ipfix-elements.tsv`) and never asked for at run time (RFC 7012 section 7.3). A user's file adds
 * more, and has the last word.
 */
export class ElementRegistry {
  readonly #byNumber = new Map<number, Element>();
  readonly #byName = new Map<string, Element>();

  /**
   * The bundled elements, and those of a user's file.
   *
   * @throws GoFlowError GF_ELEMENT_FILE for a file that cannot be read
   */
  static bundled(file = ''): ElementRegistry {
    const registry = new ElementRegistry(
      parseElements(readProgramFile('data/ipfix-elements.tsv'), 'ipfix-elements.tsv'),
    );
    if (file !== '') registry.add(readElements(file));
    return registry;
  }

  constructor(elements: Iterable<Element>) {
    this.add(elements);
  }

  /** Adds elements; one that is there already is replaced. */
  add(elements: Iterable<Element>): void {
    for (const element of elements) {
      this.#byNumber.set(element.pen * IDS + element.id, element);
      this.#byName.set(`${element.vendor}:${element.name}`, element);
      if (element.vendor === 'iana') this.#byName.set(element.name, element);
    }
  }

  get size(): number {
    return this.#byNumber.size;
  }

  /** All elements, in no order that means anything. */
  [Symbol.iterator](): Iterator<Element> {
    return this.#byNumber.values();
  }

  /** The element of an enterprise, 0 for IANA's and for the numbers of NetFlow v9; undefined when nobody here knows it. */
  find(pen: number, id: number): Element | undefined {
    const known = this.#byNumber.get(pen * IDS + id);
    if (known !== undefined) return known;
    if (pen === REVERSE_PEN) return reversed(this.#byNumber.get(id));
    if (pen === 0 && id >= NTOP_V9_BASE && id < NTOP_V9_END) {
      return this.#byNumber.get(NTOP_PEN * IDS + id - NTOP_V9_BASE);
    }
    return undefined;
  }

  /**
   * The element of that name: `sourceIPv4Address` of IANA, `ntop:SRC_FRAGMENTS` of a vendor. `cisco:` also leads to
   * IANA's, among which are those that Cisco had numbered for NetFlow v9 (`cisco:applicationName`).
   */
  byName(name: string): Element | undefined {
    const known = this.#byName.get(name);
    if (known !== undefined || !name.startsWith('cisco:')) return known;
    return this.#byName.get(`iana:${name.slice('cisco:'.length)}`);
  }
}

/** The reverse of an element: the same type, a name that says so (RFC 5103 section 6.1). */
function reversed(forward: Element | undefined): Element | undefined {
  if (forward === undefined) return undefined;
  const name = `reverse${forward.name[0]!.toUpperCase()}${forward.name.slice(1)}`;
  return { ...forward, pen: REVERSE_PEN, vendor: 'reverse', name };
}

/**
 * Rows between tabs below a line of titles: pen, vendor, id, name and type, then semantics, units and status, which may
 * be absent. Lines that begin with `#` say nothing.
 *
 * @param file that the rows are of, for messages
 * @throws GoFlowError GF_ELEMENT_FILE for a row that is none
 */
export function parseElements(text: string, file: string): Element[] {
  const elements: Element[] = [];
  text.split(/\r?\n/).forEach((row, line) => {
    if (line > 0 && row !== '' && !row.startsWith('#')) elements.push(parseElement(row, `${file}:${line + 1}`));
  });
  return elements;
}

function parseElement(row: string, place: string): Element {
  const [pen = '', vendor = '', id = '', name = '', type = '', semantics = '', units = ''] = row.split('\t');
  const reject = (what: string): never => {
    throw new GoFlowError('GF_ELEMENT_FILE', `${place}: ${what}`);
  };
  if (!/^\d{1,10}$/.test(pen) || Number(pen) > 0xffff_ffff) reject(`pen: no enterprise number: ${JSON.stringify(pen)}`);
  if (!/^[\w-]+$/.test(vendor)) reject(`vendor: no name of letters and digits: ${JSON.stringify(vendor)}`);
  if (!/^\d{1,5}$/.test(id) || Number(id) >= IDS) reject(`id: no element number: ${JSON.stringify(id)}`);
  if (!/^[\w-]+$/.test(name)) reject(`name: no name of letters and digits: ${JSON.stringify(name)}`);
  if (type !== '' && !dataTypes.has(type.toLowerCase())) reject(`type: no abstract data type: ${JSON.stringify(type)}`);
  return { pen: Number(pen), vendor, id: Number(id), name, type, semantics, units };
}

/** The elements of a file in the form of `data/ipfix-elements.tsv`. */
export function readElements(file: string): Element[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new GoFlowError('GF_ELEMENT_FILE', `${file}: cannot be read: ${(error as Error).message}`, error);
  }
  return parseElements(text, file);
}

import { MAX_UNKNOWN_ELEMENTS } from '../../decode/limits.ts';
import type { Template } from '../../decode/templates/template.ts';

/** The last element that IANA had registered when this was written (RFC 9487, November 2023). */
const LAST_REGISTERED = 502;

/** Enterprise number of reverse elements, which are IANA's numbers again (RFC 5103 section 6.1). */
const REVERSE = 29_305;

/** An element that is in no registry known here. */
export interface UnknownElement {
  readonly pen: number;
  readonly id: number;
}

/** Notes the identifiers of elements that are not understood, each once (RFC 7011 section 9). */
export class UnknownElements {
  /** By enterprise number in the upper, element in the lower 16 bits. */
  readonly #noted = new Set<number>();

  /** Looks through a template; how many of its elements had not been noted before. */
  note({ version, scopeCount, fields }: Template): number {
    const noted = this.#noted;
    const before = noted.size;
    for (let i = version === 9 ? scopeCount : 0; i < fields.length && noted.size < MAX_UNKNOWN_ELEMENTS; i++) {
      const { pen, id } = fields[i]!;
      if (!isKnown(pen, id)) noted.add(pen * 65_536 + id);
    }
    return noted.size - before;
  }

  /** What was noted, in that order. */
  list(): UnknownElement[] {
    return [...this.#noted].map((key) => ({ pen: Math.floor(key / 65_536), id: key % 65_536 }));
  }
}

function isKnown(pen: number, id: number): boolean {
  return (pen === 0 || pen === REVERSE) && id <= LAST_REGISTERED;
}

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
  readonly #noted = new Map<string, UnknownElement>();

  /** Looks through a template; how many of its elements had not been noted before. */
  note(template: Template): number {
    const before = this.#noted.size;
    template.fields.forEach(({ pen, id }, i) => {
      const isScopeType = template.version === 9 && i < template.scopeCount;
      const known = isScopeType || ((pen === 0 || pen === REVERSE) && id <= LAST_REGISTERED);
      if (!known && this.#noted.size < MAX_UNKNOWN_ELEMENTS) this.#noted.set(`${pen}/${id}`, { pen, id });
    });
    return this.#noted.size - before;
  }

  /** What was noted, in that order. */
  list(): UnknownElement[] {
    return [...this.#noted.values()];
  }
}

import type { CustomLayout } from '../../flow/custom-fields.ts';
import { destinationOf, storeOf } from './destinations.ts';
import type { Destination, Store } from './destinations.ts';

/** An element of NetFlow v9 or IPFIX that goes to a column or to a field of a user's own. */
export interface ElementMapping {
  readonly version: 9 | 10;
  /** Enterprise number; 0 for IANA's, and always in v9. */
  readonly pen: number;
  readonly id: number;
  readonly destination: string;
  /** Whether numbers have their least significant octet first. */
  readonly little: boolean;
}

/** One of them, ready for plans. */
export interface MappedElement {
  readonly to: Destination;
  readonly little: boolean;
  /** Index in {@link ElementMappings.stores}. */
  readonly store: number;
}

const IDS = 0x10000;

/** The elements of a mapping file. */
export class ElementMappings {
  /** What an instruction of a plan names by its index. */
  readonly stores: readonly Store[];
  readonly #byElement = { 9: new Map<number, MappedElement>(), 10: new Map<number, MappedElement>() };

  constructor(mappings: readonly ElementMapping[], layout: CustomLayout) {
    this.stores = mappings.map(({ version, pen, id, destination, little }, store) => {
      const to = destinationOf(destination, layout);
      this.#byElement[version].set(pen * IDS + id, { to, little, store });
      return storeOf(to, little);
    });
  }

  find(version: 9 | 10, pen: number, id: number): MappedElement | undefined {
    return this.#byElement[version].get(pen * IDS + id);
  }
}

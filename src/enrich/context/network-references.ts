import type { ApplicationDraft, ContextDraft, DraftPrefixes, Place, PrefixRow } from './draft.ts';
import type { Prefix } from '../../flow/prefix-text.ts';
import { WordTable } from './sequence-table.ts';

/** In place of a source: the prefix of an application rule, which says nothing else of its addresses. */
const REFERENCE = 0xffffffff;

/**
 * The networks that application rules name. Each has a number; with every prefix goes the set of those that it lies in,
 * so that a rule is checked by one bit.
 */
export class NetworkReferences {
  /** Words of a set. */
  readonly setWords: number;
  readonly #sets = new WordTable();
  readonly #byName: ReadonlyMap<number, number>;
  readonly #byApplication: ReadonlyMap<ApplicationDraft, number>;

  constructor(
    byName: ReadonlyMap<number, number>,
    byApplication: ReadonlyMap<ApplicationDraft, number>,
    count: number,
  ) {
    this.#byName = byName;
    this.#byApplication = byApplication;
    this.setWords = Math.ceil(count / 32);
    this.#sets.intern(new Uint32Array(this.setWords));
  }

  /** Number of what a rule refers to; -1 for a rule that names no network. */
  ofApplication(application: ApplicationDraft): number {
    return this.#byApplication.get(application) ?? -1;
  }

  /** Whether a row was added by {@link referenceNetworks}. */
  isReference(row: PrefixRow): boolean {
    return row.source === REFERENCE;
  }

  /** The set with a reference added to it. */
  add(set: number, reference: number): number {
    const words = this.#sets.items.slice(this.#sets.start(set), this.#sets.start(set + 1));
    words[reference >>> 5]! |= 1 << (reference & 31);
    return this.#sets.intern(words);
  }

  /** The set with the network of that name added to it, if a rule refers to it. */
  addName(set: number, name: number): number {
    const reference = this.#byName.get(name);
    return reference === undefined ? set : this.add(set, reference);
  }

  /** All sets, one after the other. */
  words(): Uint32Array {
    return this.#sets.items.subarray(0, this.#sets.count * this.setWords);
  }
}

/**
 * Finds what the application rules of a draft refer to, and adds the prefixes among it to the networks.
 *
 * @param onUnknown told of a rule whose network does not exist
 */
export function referenceNetworks(
  draft: ContextDraft,
  onUnknown: (place: Place, name: string) => void,
): NetworkReferences {
  const { networks, applications } = draft;
  const byName = new Map<number, number>();
  const byApplication = new Map<ApplicationDraft, number>();
  const namedAt: [name: number, application: ApplicationDraft][] = [];
  let count = 0;
  for (const application of applications.list) {
    const { network } = application;
    if (network === undefined) continue;
    if (typeof network === 'string') {
      const name = networks.texts.internText(network);
      const known = byName.get(name);
      byApplication.set(application, known ?? count);
      namedAt.push([name, application]);
      if (known === undefined) byName.set(name, count++);
    } else {
      byApplication.set(application, count);
      addReference(draft, network, count++);
    }
  }
  const existing = existingNames(draft, byName);
  for (const [name, { place }] of namedAt) if (!existing.has(name)) onUnknown(place, networks.texts.text(name));
  return new NetworkReferences(byName, byApplication, count);
}

function addReference({ networks }: ContextDraft, prefix: Prefix, reference: number): void {
  const row = { subject: reference, attributes: networks.none, inherit: true, source: REFERENCE, line: 0, column: 0 };
  networks.prefixes.add(prefix, row);
}

/** Which of these names some network has. */
function existingNames({ networks }: ContextDraft, wanted: ReadonlyMap<number, number>): Set<number> {
  const existing = new Set<number>();
  const look = (prefixes: DraftPrefixes): void => {
    for (let i = 0; i < prefixes.list.count; i++) {
      const row = prefixes.row(i);
      if (row.source !== REFERENCE && wanted.has(row.subject)) existing.add(row.subject);
    }
  };
  if (wanted.size > 0) {
    look(networks.prefixes.v4);
    look(networks.prefixes.v6);
  }
  return existing;
}

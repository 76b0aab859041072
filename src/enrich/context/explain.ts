import { isMapped } from '../../flow/address.ts';
import { CLEARED } from './draft.ts';
import type { ContextDraft, Place, PrefixRow, PrefixTables, Source, TextTables } from './draft.ts';
import { prefixContains, prefixText } from '../../flow/prefix-text.ts';

/** Where something stands. */
export interface ExplainedPlace {
  readonly kind: Source['kind'];
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** An attribute that a candidate has, and what became of it. */
export interface ExplainedAttribute {
  readonly name: string;
  /** null: it clears what it would inherit. */
  readonly value: string | null;
  /** Whether flows have it. */
  readonly wins: boolean;
  /** Who says otherwise, where it does not win; undefined for one that clears, and that nobody says otherwise. */
  readonly lostTo?: string | undefined;
}

/** What is said about one prefix that contains the address, about one interface or VRF, or by one application rule. */
export interface Candidate {
  readonly name: string;
  /** The prefix; the number of an interface or VRF; the conditions of a rule. */
  readonly match: string;
  readonly place: ExplainedPlace;
  readonly inherits: boolean;
  readonly attributes: readonly ExplainedAttribute[];
  /** Whether its name is the one that flows have; if not, who has it. */
  readonly named: boolean;
  readonly lostTo?: string | undefined;
}

/** Candidates from the weakest to the strongest, and what they come to. */
export interface Explanation {
  readonly candidates: readonly Candidate[];
  readonly name: string | undefined;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What the networks of a context say of an address. The draft is one that was not compiled yet. */
export function explainNetwork({ networks, sources }: ContextDraft, address: Uint8Array): Explanation {
  const found = matches(networks.prefixes, address);
  return explain(
    networks,
    sources,
    found.map(({ row, match }) => ({ ...row, match, name: row.subject, place: row })),
  );
}

/** What the exporters of a context say of an address. */
export function explainExporter({ exporters, sources }: ContextDraft, address: Uint8Array): Explanation {
  const found = matches(exporters.prefixes, address);
  return explain(
    exporters,
    sources,
    found.map(({ row, match }) => ({ ...row, match, name: exporters.list[row.subject]!.name, place: row })),
  );
}

/** What the exporters of a context say of an interface or a VRF: the one that is nearest says all. */
export function explainPort(
  { exporters, sources }: ContextDraft,
  address: Uint8Array,
  kind: 'interfaces' | 'vrfs',
  number: number,
): Explanation {
  const found = matches(exporters.prefixes, address);
  const known = found.slice(
    Math.max(
      0,
      found.findLastIndex(({ row }) => !row.inherit),
    ),
  );
  const said = known.flatMap(({ row }) => {
    const exporter = exporters.list[row.subject]!;
    const port = exporter[kind].find((each) => each.number === number);
    const match = `${number} of ${exporters.texts.text(exporter.name)}`;
    return port === undefined ? [] : [{ ...port, match, inherit: true }];
  });
  return explain(exporters, sources, said, 'which is nearest');
}

/** Something that is said, by a prefix, a port or a rule. */
export interface Said {
  readonly name: number;
  readonly attributes: number;
  readonly inherit: boolean;
  readonly match: string;
  readonly place: Place;
}

/**
 * What becomes of all that is said, from the weakest to the strongest.
 *
 * @param alone why nothing counts but what the strongest one says, if so
 */
export function explain(
  tables: TextTables,
  sources: readonly Source[],
  said: readonly Said[],
  alone?: string,
): Explanation {
  const { texts } = tables;
  const attributes = new Map<string, string>();
  // From the strongest to the weakest: whoever says something first has said it.
  const decided = new Map<string, string>();
  let stops: string | undefined;
  const candidates = said.toReversed().map(({ name, attributes: list, inherit, match, place }, i): Candidate => {
    const who = `${texts.text(name)} (${match})`;
    const explained = attributesOf(tables, list).map(([attribute, value]): ExplainedAttribute => {
      const by = stops ?? decided.get(attribute);
      if (by === undefined) decided.set(attribute, who);
      if (by === undefined && value !== null) attributes.set(attribute, value);
      return { name: attribute, value, wins: by === undefined && value !== null, lostTo: by };
    });
    const strongest = said.at(-1)!;
    const candidate = {
      name: texts.text(name),
      match,
      place: placeOf(sources, place),
      inherits: inherit,
      attributes: explained,
      named: i === 0,
      lostTo: i === 0 ? undefined : `${texts.text(strongest.name)} (${strongest.match})`,
    };
    const why = inherit ? alone : 'which does not inherit';
    if (why !== undefined) stops ??= `${who}, ${why}`;
    return candidate;
  });
  return { candidates: candidates.reverse(), name: candidates.at(-1)?.name, attributes };
}

/** Attributes of a list, each name once: the last one counts. */
function attributesOf({ texts, attributes }: TextTables, list: number): [name: string, value: string | null][] {
  const found = new Map<string, string | null>();
  for (let i = attributes.start(list); i < attributes.start(list + 1); i += 2) {
    const value = attributes.items[i + 1]!;
    found.set(texts.text(attributes.items[i]!), value === CLEARED ? null : texts.text(value));
  }
  return [...found];
}

function placeOf(sources: readonly Source[], { source, line, column }: Place): ExplainedPlace {
  const { kind, name } = sources[source]!;
  return { kind, source: name, line, column };
}

/** Rows about prefixes that contain an address, from the weakest to the strongest. */
export function matches(
  prefixes: PrefixTables,
  given: Uint8Array,
): { readonly row: PrefixRow; readonly match: string }[] {
  const address = given.length === 16 && isMapped(given, 0) ? given.subarray(12) : given;
  const table = address.length === 4 ? prefixes.v4 : prefixes.v6;
  const { octets, lengths, family, count } = table.list;
  const found: number[] = [];
  for (let i = 0; i < count; i++) if (prefixContains(octets, i * family, lengths[i]!, address)) found.push(i);
  return found
    .sort((a, b) => lengths[a]! - lengths[b]! || a - b)
    .map((i) => ({ row: table.row(i), match: prefixText(table.prefix(i)) }));
}

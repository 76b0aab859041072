/** What a name is of. */
export const nameKinds = ['exporter', 'interface', 'vrf', 'application'] as const;
export type NameKind = (typeof nameKinds)[number];

/** The kinds as numbers, which index tables of a domain. */
export const kindNumbers: Readonly<Record<NameKind, number>> = { exporter: 0, interface: 1, vrf: 2, application: 3 };

/** A name that an exporter has told: for another thread, a file, another collector, and people. */
export interface ToldName {
  /** Of the exporter, whatever its port. */
  readonly address: string;
  readonly version: 9 | 10;
  readonly domain: number;
  readonly kind: NameKind;
  /** ifIndex, id of a VRF, `engine:selector` of an application (RFC 6759); empty for the exporter itself. */
  readonly id: string;
  /** Empty where only a description was told; likewise the description. */
  readonly name: string;
  readonly description: string;
  /** When it was told last, Unix milliseconds. */
  readonly heardMs: number;
}

/**
 * What a name is of, as two words. Interfaces and VRFs have their number in the low one. Applications have the engine
 * in the top octet and the selector in the 56 bits below, so that ids of all lengths compare (RFC 6759 section 4).
 */
export interface NameId {
  readonly high: number;
  readonly low: number;
}

const TWO_32 = 2 ** 32;

/** Upper bits of the selectors that a number holds exactly. */
const SELECTOR_HIGH = 2 ** 21 - 1;

/** Whether an id can be written, and read again. */
export function isWritable({ high }: NameId): boolean {
  return (high & 0xffffff) <= SELECTOR_HIGH;
}

/** As it stands in {@link ToldName.id}. */
export function idText(kind: NameKind, { high, low }: NameId): string {
  if (kind === 'exporter') return '';
  return kind === 'application' ? `${high >>> 24}:${(high & 0xffffff) * TWO_32 + low}` : String(low);
}

/** @throws Error for what {@link idText} has not written */
export function readId(kind: NameKind, text: string): NameId {
  const match = patterns[kind].exec(text);
  const [engine, number] = [Number(match?.groups?.['engine'] ?? 0), Number(match?.groups?.['number'] ?? 0)];
  const limit = kind === 'application' ? Number.MAX_SAFE_INTEGER : TWO_32 - 1;
  if (match === null || engine > 255 || number > limit) throw new Error(`no id of ${kind}: ${JSON.stringify(text)}`);
  return { high: ((engine << 24) | Math.floor(number / TWO_32)) >>> 0, low: number % TWO_32 };
}

const patterns: Record<NameKind, RegExp> = {
  exporter: /^$/,
  interface: /^(?<number>\d{1,10})$/,
  vrf: /^(?<number>\d{1,10})$/,
  application: /^(?<engine>\d{1,3}):(?<number>\d{1,16})$/,
};

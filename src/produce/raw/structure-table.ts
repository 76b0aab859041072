/**
 * How a member of an XDR structure is held (RFC 4506): `address` is a type and 4 or 16 octets; `string`, `opaque` and
 * lists begin with their length and are padded to 4 octets; a `mac` takes 8 octets, `mac6` six.
 */
const memberTypes = [
  ...(['u8', 'u32', 'i32', 'u64', 'float', 'ipv4', 'ipv6', 'address', 'mac', 'mac6', 'uuid'] as const),
  ...(['string', 'opaque', 'u32[]', 'i32[]', 'mac[]'] as const),
];

export type MemberType = (typeof memberTypes)[number];

/** Key of a member in raw output, and how it is held: by a type, or as a list of structures with these members. */
export type Member = readonly [key: string, held: MemberType | readonly Member[]];

/** Members in the order of the wire. Those behind `optional` may be absent, as in later versions of a structure. */
export interface Structure {
  readonly members: readonly Member[];
  readonly optional: readonly Member[];
}

/** The `data_format` of a structure of an enterprise. */
export const enterprise = (number: number, format: number): number => number * 4096 + format;

/**
 * Structures by their `data_format`. Words are members, `key:type`, and `key` alone is a `u32`; `key[ ... ]` is a list
 * of structures; behind `|` are the members that may be absent.
 *
 * @example structures({ 2001: 'adapters[ if-index mac-addresses:mac[] ]' })
 */
export function structures(table: Readonly<Record<number, string>>): ReadonlyMap<number, Structure> {
  return new Map(Object.entries(table).map(([format, text]) => [Number(format), structure(text)]));
}

/** One structure, in the same words. */
export function structure(text: string): Structure {
  const [members, optional = ''] = text.split('|') as [string, string?];
  return { members: membersOf(wordsOf(members)), optional: membersOf(wordsOf(optional)) };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Takes words up to the end of the list that they are in. */
function membersOf(words: string[]): Member[] {
  const members: Member[] = [];
  for (let word = words.shift(); word !== undefined && word !== ']'; word = words.shift()) {
    const [key, type = 'u32'] = word.split(':') as [string, string?];
    members.push(word.endsWith('[') ? [word.slice(0, -1), membersOf(words)] : [key, typeOf(type)]);
  }
  return members;
}

function typeOf(name: string): MemberType {
  const type = memberTypes.find((candidate) => candidate === name);
  if (type === undefined) throw new RangeError(`no type of sFlow members: ${name}`);
  return type;
}

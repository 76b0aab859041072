import { MAX_LEARNED_NAME_LENGTH } from '../../decode/limits.ts';
import type { Template } from '../../decode/templates/template.ts';
import { putApplicationId } from './application-id.ts';
import type { NameSink, NamedKind } from './name-sink.ts';
import type { PlacedField } from './op-writer.ts';

/** The scope type of NetFlow v9 that is an interface (RFC 3954 section 6.1). */
const V9_INTERFACE = 2;

/** Most octets of a number, and of an application id. */
const MAX_NUMBER = 8;

/** Which elements name what: those that say what it is, those of its name and of its description. */
interface NameRow {
  readonly kind: NamedKind;
  readonly ids: readonly number[];
  readonly name: number;
  readonly description?: number;
}

const rows: readonly NameRow[] = [
  // ingressInterface, egressInterface, and the same of physical ones; interfaceName, interfaceDescription
  { kind: 'interface', ids: [10, 14, 252, 253], name: 82, description: 83 },
  // ingressVRFID, egressVRFID; VRFname
  { kind: 'vrf', ids: [234, 235], name: 236 },
  // applicationId; applicationName, applicationDescription (RFC 6759)
  { kind: 'application', ids: [95], name: 96, description: 94 },
  // observationDomainName
  { kind: 'exporter', ids: [], name: 300 },
];

/** Where records have a name. */
interface NamePlan {
  readonly kind: NamedKind;
  /** Fields with what is named; one that has no field is named by the domain of the packet. */
  readonly ids: readonly (PlacedField | undefined)[];
  readonly name: PlacedField | undefined;
  readonly description: PlacedField | undefined;
}

/** How the names in the records of an options template are read. */
export interface NamesPlan {
  readonly variable: boolean;
  readonly recordLength: number;
  readonly names: readonly NamePlan[];
}

/** Makes the plan of an options template; undefined when it has no names. What is named may be a scope or an option. */
export function buildNamesPlan(template: Template): NamesPlan | undefined {
  const fields = placedFields(template);
  const names = rows.flatMap(({ kind, ids, name, description }): NamePlan[] => {
    const named = kind === 'exporter' ? [undefined] : ids.flatMap((id) => fields.get(id)?.filter(isNumber) ?? []);
    const texts = { name: fields.get(name)?.at(-1), description: fields.get(description ?? -1)?.at(-1) };
    return named.length > 0 && (texts.name ?? texts.description) !== undefined ? [{ kind, ids: named, ...texts }] : [];
  });
  const { variable, minimumLength } = template;
  return names.length === 0 ? undefined : { variable, recordLength: minimumLength, names };
}

const isNumber = ({ length }: PlacedField): boolean => length <= MAX_NUMBER || length === 65_535;

/** The fields of IANA's elements that are not of size zero. In NetFlow v9 scopes have numbers of their own. */
function placedFields({ version, fields, scopeCount }: Template): Map<number, PlacedField[]> {
  const found = new Map<number, PlacedField[]>();
  let offset = 0;
  for (const [index, field] of fields.entries()) {
    const isScope = version === 9 && index < scopeCount;
    const id = !isScope ? field.id : field.id === V9_INTERFACE ? 10 : -1;
    const placed = { ...field, index, offset };
    offset += field.length;
    if (field.pen !== 0 || field.length === 0 || id < 0) continue;
    const known = found.get(id);
    if (known === undefined) found.set(id, [placed]);
    else known.push(placed);
  }
  return found;
}

const numbers = new Uint32Array(2);

/**
 * Reads the names in one record.
 *
 * @param at first octet of a record of fixed length
 * @param offsets of the fields, where lengths are variable; `lengths` likewise
 */
export function readNames(
  { names }: NamesPlan,
  bytes: Uint8Array,
  at: number,
  offsets: Int32Array | undefined,
  lengths: Int32Array | undefined,
  sink: NameSink,
): void {
  const startOf = ({ index, offset }: PlacedField): number => (offsets === undefined ? at + offset : offsets[index]!);
  const lengthOf = ({ index, length }: PlacedField): number => (lengths === undefined ? length : lengths[index]!);
  const textOf = (field: PlacedField | undefined): string | undefined =>
    field === undefined ? undefined : learnedText(bytes, startOf(field), lengthOf(field));
  for (const { kind, ids, name, description } of names) {
    const told = textOf(name);
    const described = textOf(description);
    for (const field of ids) {
      numbers.fill(0);
      if (field !== undefined) {
        const length = lengthOf(field);
        if (length === 0 || length > MAX_NUMBER) continue;
        if (kind === 'application') putApplicationId(numbers, 0, bytes, startOf(field), length);
        else numbers[0] = readLow32(bytes, startOf(field), length);
      }
      sink.learn(kind, { low: numbers[0]!, high: numbers[1]! }, told, described);
    }
  }
}

/** The last 32 bits of a number, as flows have them. */
function readLow32(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = Math.max(0, length - 4); i < length; i++) value = (value << 8) | bytes[at + i]!;
  return value >>> 0;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Octets of the longest text in UTF-8. */
const MAX_OCTETS = 4 * MAX_LEARNED_NAME_LENGTH;

/** Control characters, line separators and marks of direction: they would change what is around a name, for whoever reads it. */
const hidden = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text of a field. It ends where the octets that fill up a field of fixed length begin; what is no UTF-8, and what
 * cannot be seen, is replaced (S-13).
 */
export function learnedText(bytes: Uint8Array, at: number, length: number): string {
  // A copy: the decoder takes no shared memory.
  const octets = bytes.slice(at, at + Math.min(length, MAX_OCTETS));
  const zero = octets.indexOf(0);
  const text = decoder.decode(zero < 0 ? octets : octets.subarray(0, zero)).trim();
  const shown = text.replace(hidden, '\ufffd');
  return shown.length <= MAX_LEARNED_NAME_LENGTH ? shown : cut(shown);
}

/** Cut before a character, not inside of a pair of surrogates. */
function cut(text: string): string {
  const short = text.slice(0, MAX_LEARNED_NAME_LENGTH);
  return /[\ud800-\udbff]$/.test(short) ? short.slice(0, -1) : short;
}

import { didYouMean } from '../config/did-you-mean.ts';
import { partOfKey } from '../flow/flow-context.ts';
import { columns, countryColumns, findColumn, optionalColumns } from '../flow/fields.ts';
import type { Column } from '../flow/fields.ts';
import { ICMP_NAME } from '../format/output-column.ts';

/** Prefix of a key of the context among the columns. */
export const CONTEXT_PREFIX = 'context.';

/** The whole context, among `formatter.fields`. */
export const CONTEXT = 'context';

/** Names that mean something by themselves. */
export const reservedNames: readonly string[] = [ICMP_NAME, CONTEXT];

/** `InIf` for `in_if`: how the structures of GoFlow2 name columns. */
const goName = (name: string) => name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const byGoName = new Map(columns.map((column) => [goName(column.name), column]));

/** What columns need that not every flow has. */
const flags = new Map<string, string>([
  ...optionalColumns.map(({ name }) => [name, '-produce.scale'] as const),
  ...countryColumns.map(({ name }) => [name, '-enrich.geoip.country'] as const),
]);

/** The column that a name of a mapping file means, in either spelling. */
export function columnOf(name: string): Column | undefined {
  return findColumn(name) ?? byGoName.get(name);
}

/** Names of a mapping file, and what can be asked of flows that have its fields. */
export class Names {
  readonly #declared: ReadonlySet<string>;
  readonly #optional: readonly Column[];

  /** @param optional the columns that flows have beside those of every message */
  constructor(declared: ReadonlySet<string>, optional: readonly Column[]) {
    this.#declared = declared;
    this.#optional = optional;
  }

  /** What a name means as a destination; a text that says why it is none. */
  destination(name: string): { readonly name: string } | string {
    if (this.#declared.has(name)) return { name };
    const column = columnOf(name);
    if (column === undefined) return this.#unknown(name, 'no column and no field of formatter.protobuf', []);
    if (column.type.startsWith('enum')) return `${column.name} is made by the collector and cannot be a destination`;
    return { name: column.name };
  }

  /** What a name means among `formatter.fields`. */
  field(name: string): { readonly name: string } | string {
    if (reservedNames.includes(name)) return { name };
    return this.key(name, reservedNames);
  }

  /** What a name means as a part of a partition key. */
  key(name: string, others: readonly string[] = []): { readonly name: string } | string {
    if (this.#declared.has(name)) return { name };
    if (name.startsWith(CONTEXT_PREFIX)) {
      const known = partOfKey(name.slice(CONTEXT_PREFIX.length)) !== undefined;
      return known ? { name } : `${name} is no key of a context: source_group or exporter_site are`;
    }
    const column = columnOf(name);
    if (column !== undefined) return { name: column.name };
    if (this.#optional.some((optional) => optional.name === name)) return { name };
    const flag = flags.get(name);
    if (flag !== undefined) return `${name} is only there with ${flag}`;
    return this.#unknown(name, 'no column and no field of formatter.protobuf', others);
  }

  #unknown(name: string, what: string, others: readonly string[]): string {
    const known = [...this.#declared, ...columns.map((column) => column.name), ...others];
    return `${name} is ${what}${didYouMean(name, known)}`;
  }
}

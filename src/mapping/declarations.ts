import type { CustomDeclaration } from '../flow/custom-fields.ts';
import { columns, findColumn, optionalColumns } from '../flow/fields.ts';
import type { Column } from '../flow/fields.ts';
import { CONTEXT_NUMBER } from '../format/context-pair.ts';
import { CONTEXT_PREFIX, reservedNames } from './names.ts';

/** Field numbers that protobuf keeps for itself. */
const RESERVED_FROM = 19_000;
const RESERVED_TO = 19_999;

/** Names of the field numbers that the schema owns. */
const owners = new Map<number, string>([
  ...[...columns, ...optionalColumns].map(({ number, name }) => [number, name] as const),
  [CONTEXT_NUMBER, 'context'],
]);

/** Why a field cannot be declared beside those before it, and which key of it is wrong. */
export function declarationProblem(
  { name, number, type, array }: CustomDeclaration,
  before: readonly CustomDeclaration[],
  optional: readonly Column[],
): { readonly key: 'name' | 'index' | 'type'; readonly message: string } | undefined {
  const owner = owners.get(number) ?? optional.find((column) => column.number === number)?.name;
  const column = findColumn(name);
  if (reservedNames.includes(name) || name.startsWith(CONTEXT_PREFIX)) {
    return { key: 'name', message: `${name} means something else` };
  }
  if (before.some((other) => other.name === name)) return { key: 'name', message: `${name} is declared twice` };
  if (owner !== undefined && owner !== name) {
    return { key: 'index', message: `${number} is the number of ${owner}: numbers from 1000 up are free` };
  }
  const taken = before.find((other) => other.number === number);
  if (taken !== undefined) return { key: 'index', message: `${number} is the number of ${taken.name} already` };
  if (number >= RESERVED_FROM && number <= RESERVED_TO) {
    return { key: 'index', message: `${RESERVED_FROM} to ${RESERVED_TO} are kept by protobuf` };
  }
  if (owner === undefined || column === undefined) return undefined;
  const same = (type === 'octets') === column.type.startsWith('address') && array === column.list >= 0;
  return same ? undefined : { key: 'type', message: `the field ${number} of the schema is of another type` };
}

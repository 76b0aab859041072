import type { YamlPath } from '../config/yaml/yaml-tree.ts';
import type { Column } from '../flow/fields.ts';
import { ICMP_NAME, defaultColumns } from '../format/output-column.ts';
import type { ColumnChoice } from './mapping.ts';
import { CONTEXT } from './names.ts';
import type { Names } from './names.ts';
import type { MappingDocument } from './schema.ts';

type Formatter = Pick<NonNullable<MappingDocument['formatter']>, 'fields' | 'render' | 'rename'>;

/** The columns of JSON and text, and whether the whole context is among them. */
export function readColumns(
  { fields, render, rename }: Formatter,
  names: Names,
  optional: readonly Column[],
  problem: (path: YamlPath, message: string) => void,
): { readonly columns: readonly ColumnChoice[]; readonly context: boolean } {
  const renderers = byMeaning(render ?? {}, 'render', names, problem);
  const newNames = byMeaning(rename ?? {}, 'rename', names, problem);
  if (renderers.has(ICMP_NAME)) problem(['formatter', 'render', ICMP_NAME], 'this column has one look only');
  const given = fields ?? [];
  const chosen =
    given.length === 0
      ? defaultColumns(optional).map(({ name }) => ({ source: name, as: name }))
      : given.flatMap((name, i) => {
          const meant = names.field(name);
          if (typeof meant !== 'string') return [{ source: meant.name, as: name }];
          problem(['formatter', 'fields', i], meant);
          return [];
        });
  return {
    columns: chosen
      .filter(({ source }) => source !== CONTEXT)
      .map(({ source, as }) => ({ source, renderer: renderers.get(source), name: newNames.get(source) || as })),
    context: given.length === 0 || given.includes(CONTEXT),
  };
}

/** What a map of columns to something says, by what its names mean. */
function byMeaning<T extends string>(
  map: Readonly<Record<string, T>>,
  section: string,
  names: Names,
  problem: (path: YamlPath, message: string) => void,
): Map<string, T> {
  const meanings = new Map<string, T>();
  for (const [name, value] of Object.entries(map)) {
    const meant = names.field(name);
    if (typeof meant === 'string') problem(['formatter', section, name], meant);
    else if (meant.name === CONTEXT) problem(['formatter', section, name], 'the whole context is shown as it is');
    else meanings.set(meant.name, value);
  }
  return meanings;
}

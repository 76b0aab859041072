/** A mapping as the stages take it: names become what they mean. */
import { ContextKey } from '../flow/context-key.ts';
import { CustomLayout, noCustomFields } from '../flow/custom-fields.ts';
import type { CustomField } from '../flow/custom-fields.ts';
import { column } from '../flow/fields.ts';
import type { Column, ColumnName } from '../flow/fields.ts';
import type { KeyColumn } from '../format/key.ts';
import { ICMP_NAME } from '../format/output-column.ts';
import type { OutputColumn } from '../format/output-column.ts';
import type { Mapping } from './mapping.ts';
import { CONTEXT_PREFIX } from './names.ts';

/** The layout of records with the fields of a mapping. */
export function layoutOf(mapping: Mapping | undefined): CustomLayout {
  return mapping === undefined ? noCustomFields : new CustomLayout(mapping.fields);
}

/** The columns of JSON and text. */
export function outputColumns({ columns }: Mapping, layout: CustomLayout): OutputColumn[] {
  return columns.map(({ source, renderer, name }): OutputColumn => {
    const explicit = renderer !== undefined;
    if (source === ICMP_NAME) return { source, renderer: 'none', name };
    const meant = meaningOf(source, layout);
    if (meant instanceof ContextKey) return { source: meant, renderer: 'string', name };
    const standard = 'presence' in meant ? 'none' : meant.renderer;
    return { source: meant, renderer: renderer ?? standard, name, explicit };
  });
}

/** The numbers among the fields of a user as columns of 64 bits; those that a flow does not have are 0. */
export function numberColumns({ fields }: CustomLayout) {
  return fields
    .filter(({ type, array }) => type === 'varint' && !array)
    .map(({ name, slot }) => ({ name, type: 'u64', renderer: 'none', slot, list: -1 }) as const);
}

/** What partition keys are made of. */
export function keyColumns(names: readonly string[], layout: CustomLayout): KeyColumn[] {
  return names.map((name) => meaningOf(name, layout));
}

/** What a name that was checked means: a declared field hides a column. */
function meaningOf(name: string, layout: CustomLayout): Column | CustomField | ContextKey {
  const field = layout.find(name);
  if (field !== undefined) return field;
  if (name.startsWith(CONTEXT_PREFIX)) return new ContextKey(name.slice(CONTEXT_PREFIX.length));
  return column(name as ColumnName);
}

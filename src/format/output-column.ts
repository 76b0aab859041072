import { columns } from '../flow/fields.ts';
import type { Column } from '../flow/fields.ts';
import type { RendererName } from './renderers.ts';

/** Name of the column that is in no record: the ICMP type by its name, from `proto` and `icmp_type`. */
export const ICMP_NAME = 'icmp_name';

/** A column of JSON and text: what it shows, how, and under which name. */
export interface OutputColumn {
  readonly source: Column | typeof ICMP_NAME;
  /** Without meaning for `icmp_name`. */
  readonly renderer: RendererName;
  /** Name in the output, any text. */
  readonly name: string;
}

/**
 * Every column of a record in its default rendering, in the order of the table.
 *
 * @param more columns that a message has only when they are asked for
 */
export function defaultColumns(more: readonly Column[] = []): OutputColumn[] {
  return [...columns, ...more].map((column) => ({
    source: column,
    renderer: column.renderer,
    name: column.name,
  }));
}

import type { ContextKey } from '../flow/context-key.ts';
import type { CustomField } from '../flow/custom-fields.ts';
import { columns } from '../flow/fields.ts';
import type { Column } from '../flow/fields.ts';
import type { RendererName } from './renderers.ts';

/** Name of the column that is in no record: the ICMP type by its name, from `proto` and `icmp_type`. */
export const ICMP_NAME = 'icmp_name';

/** A column of JSON and text: what it shows, how, and under which name. */
export interface OutputColumn {
  readonly source: Column | CustomField | ContextKey | typeof ICMP_NAME;
  /** Without meaning for `icmp_name` and keys of the context. */
  readonly renderer: RendererName;
  /** Whether the renderer was asked for: some then show that a field of a user's own is missing. */
  readonly explicit?: boolean;
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

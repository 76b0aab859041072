import type { PortParserName } from '../produce/mapped/port-names.ts';
import type { CustomDeclaration } from '../flow/custom-fields.ts';
import type { RendererName } from '../format/renderers.ts';
import type { ElementMapping } from '../produce/mapped/element-mappings.ts';
import type { LayerMapping } from '../produce/mapped/layer-mappings.ts';

/** A column of JSON and text, by name. */
export interface ColumnChoice {
  /** A declared field, a column of the table, `icmp_name`, or `context.KEY`. */
  readonly source: string;
  /** Undefined: the default of the column. */
  readonly renderer: RendererName | undefined;
  readonly name: string;
}

/** A mapping file that was checked: plain values, which threads can send each other. Every name in it means something. */
export interface Mapping {
  readonly fields: readonly CustomDeclaration[];
  readonly columns: readonly ColumnChoice[];
  /** Whether JSON and text have the whole context, where there is one. */
  readonly context: boolean;
  /** Columns that flows of one partition have in common. */
  readonly key: readonly string[];
  readonly elements: readonly ElementMapping[];
  readonly layers: readonly LayerMapping[];
  readonly ports: readonly PortParserName[];
}

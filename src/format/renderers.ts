/** Renderers: what a column looks like in JSON and text, by the names that the mapping file uses. */
import type { CustomField } from '../flow/custom-fields.ts';
import type { Column } from '../flow/fields.ts';
import { Cell } from './cell.ts';

/** What a renderer makes of each kind of column; what it does not name is shown as `none` shows it. */
interface Renderer {
  readonly u32?: Cell;
  readonly u64?: Cell;
  readonly address?: Cell;
  readonly code?: Cell;
  /** Octets of any length, of a field of a user's own. */
  readonly octets?: Cell;
  /** For some columns only. */
  readonly columns?: Readonly<Record<string, Cell>>;
}

const number = (cell: Cell): Renderer => ({ u32: cell, u64: cell });

/** The one table of renderers. */
export const renderers = {
  /** Names of enums, numbers in decimal, octets as hexadecimal digits. */
  none: {
    u32: Cell.u32,
    u64: Cell.u64,
    address: Cell.hex,
    code: Cell.code,
    octets: Cell.octetsHex,
    columns: { type: Cell.flowType, layer_stack: Cell.layer },
  },
  /** Octets as the text that they are. */
  string: { address: Cell.jsonString, octets: Cell.octetsJson },
  /** Octets as an IP address. */
  ip: { address: Cell.address, octets: Cell.octetsAddress },
  /** The low 48 bits of a 64-bit number. */
  mac: { u64: Cell.mac },
  /** Name of an EtherType. */
  etype: number(Cell.etherType),
  /** Name of an IP protocol. */
  proto: number(Cell.protocol),
  /** Unix seconds as a point in time. */
  datetime: number(Cell.dateTime),
  /** Unix nanoseconds as a point in time. */
  datetimenano: { u64: Cell.dateTimeNano },
  /** A prefix length as the network of the source or the destination. */
  network: { columns: { src_net: Cell.sourceNetwork, dst_net: Cell.destinationNetwork } },
  /** Name of a `FlowType`. */
  type: { u32: Cell.flowType },
  /** Name of a `LayerStack`. */
  layer: { u32: Cell.layer },
} as const satisfies Record<string, Renderer>;

export type RendererName = keyof typeof renderers;

/** Whether there is a renderer of that name. */
export function isRenderer(name: string): name is RendererName {
  return Object.hasOwn(renderers, name);
}

/** How a renderer writes the value of a column or field, or each entry of a list. */
export function cellOf(source: Column | CustomField, name: RendererName): Cell {
  const kind = kindOf(source);
  const find = (renderer: Renderer): Cell | undefined => {
    return ('presence' in source ? undefined : renderer.columns?.[source.name]) ?? renderer[kind];
  };
  return find(renderers[name]) ?? find(renderers.none) ?? Cell.u32;
}

function kindOf(source: Column | CustomField): 'u32' | 'u64' | 'address' | 'code' | 'octets' {
  if ('presence' in source) return source.type === 'varint' ? 'u64' : 'octets';
  if (source.type.startsWith('address')) return 'address';
  return source.type === 'u64' || source.type === 'code' ? source.type : 'u32';
}

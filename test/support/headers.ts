import { ethernet } from '#src/decode/headers/ethernet.js';
import { HeaderParser } from '#src/decode/headers/header-parser.js';
import type { HeaderParserOptions } from '#src/decode/headers/header-parser.js';
import type { LayerParser } from '#src/decode/headers/layer-parser.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { columnsOf } from './flow-columns.ts';
import type { Columns } from './flow-columns.ts';

/** The columns that a packet fills; it is parsed in the middle of a buffer, so that reads outside of it show. */
export function parseHeaders(
  octets: Uint8Array,
  options: HeaderParserOptions & { readonly first?: LayerParser } = {},
): Columns {
  const flow = new FlowRecord();
  const bytes = new Uint8Array(octets.length + 96).fill(0xa5);
  bytes.set(octets, 32);
  const view = new DataView(bytes.buffer);
  new HeaderParser(options).parse(flow, options.first ?? ethernet, bytes, view, 32, 32 + octets.length);
  return columnsOf(flow);
}

/** The columns of that name and no others. */
export function pick<Name extends keyof Columns>(columns: Columns, ...names: readonly Name[]): Pick<Columns, Name> {
  return Object.fromEntries(names.map((name) => [name, columns[name]])) as Pick<Columns, Name>;
}

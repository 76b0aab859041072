import type { ContextKey } from '../flow/context-key.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { Cell } from './cell.ts';
import { writeJsonString, writeTextString } from './string-text.ts';

/** Octets of a value. */
const octets = new Uint8Array(1024);

/** Writes the value of a key of the context as a string of JSON or of text; nothing where the flow has none. */
export function writeContextKey(view: DataView, pos: number, cell: Cell, key: ContextKey, flow: FlowRecord): number {
  const length = key.copy(flow.context, octets, 0, octets.length);
  const write = cell === Cell.jsonString ? writeJsonString : writeTextString;
  return write(view, pos, octets, 0, length);
}

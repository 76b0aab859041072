import { code, sequence } from './code.ts';
import type { Code } from './code.ts';
import type { Source } from './source.ts';

/**
 * Statements that write constant text at `pos` and move on: eight octets at a time, as a double with these octets.
 * Text is well-formed UTF-8, of which no eight octets are a NaN (see `format/literal.ts`). Up to seven octets beyond it
 * are spoilt.
 */
export function constantText(source: Source, text: string): Code {
  const octets = new TextEncoder().encode(text);
  const { length } = octets;
  const view = new DataView(new ArrayBuffer((length + 7) & ~7));
  new Uint8Array(view.buffer).set(octets);
  const stores: Code[] = [];
  for (let at = 0; at < length; at += 8) stores.push(store(source, view, at, length - at));
  if (length > 0) stores.push(code`pos = pos + ${length} | 0;`);
  return sequence(stores);
}

function store(source: Source, view: DataView, at: number, left: number): Code {
  if (left === 1) return code`view.setUint8(pos + ${at}, ${view.getUint8(at)});`;
  if (left === 2) return code`view.setUint16(pos + ${at}, ${view.getUint16(at, true)}, true);`;
  if (left <= 4) return code`view.setInt32(pos + ${at}, ${view.getInt32(at, true)}, true);`;
  return code`view.setFloat64(pos + ${at}, ${source.bind(view.getFloat64(at, true))}, true);`;
}

import { VARIABLE } from '../decode/templates/template.ts';
import type { TemplateField } from '../decode/templates/template.ts';
import { code } from './code.ts';
import type { Code } from './code.ts';
import { Source } from './source.ts';
import type { Compiled } from './source.ts';

/**
 * Finds the fields of a record with variable lengths: their offsets and lengths are stored by their index.
 *
 * @param at first octet of the record
 * @param end one past the last octet of its set
 * @returns one past the last octet of the record; -1 when it runs past the end
 */
export type Walk = (bytes: Uint8Array, at: number, end: number, offsets: Int32Array, lengths: Int32Array) => number;

/** First octet of a variable length that announces two more (RFC 7011 section 7). */
const LONG_FORM = 255;

/** Compiles the walk over the records of a template. Only the fields in `wanted` are stored. */
export function compileWalk(fields: readonly TemplateField[], wanted: ReadonlySet<number>): Compiled<Walk> {
  const source = new Source();
  source.emit(code`let p = at, n = 0;`);
  let fixed = 0;
  fields.forEach(({ length }, index) => {
    if (length === VARIABLE) {
      source.emit(variableLength(fixed));
      fixed = 0;
    }
    if (wanted.has(index)) {
      const octets = length === VARIABLE ? code`n` : code`${length}`;
      source.emit(code`offsets[${index}] = p + ${fixed}; lengths[${index}] = ${octets};`);
    }
    if (length === VARIABLE) source.emit(code`p = p + n | 0;`);
    else fixed += length;
  });
  source.emit(code`p = p + ${fixed} | 0; return p > end ? -1 : p;`);
  return { run: source.compile(['bytes', 'at', 'end', 'offsets', 'lengths']), size: source.size };
}

/** Moves over `fixed` octets and a length, which `n` is then. */
function variableLength(fixed: number): Code {
  return code`p = p + ${fixed} | 0;
    if (p >= end) return -1;
    n = bytes[p]; p = p + 1 | 0;
    if (n === ${LONG_FORM}) {
      if (p + 2 > end) return -1;
      n = bytes[p] << 8 | bytes[p + 1]; p = p + 2 | 0;
    }`;
}

import type { CustomField, CustomLayout } from '../flow/custom-fields.ts';
import type { ColumnsWriter } from '../format/binary-plan.ts';
import type { Home } from '../format/home.ts';
import { customTag, writeCustom } from '../format/binary-custom.ts';
import { VARINT_U32_MAX, writeLongVarint, writeVarint, writeVarintExactly } from '../format/varint.ts';
import { continuations, groups, lengths } from './binary-writer.ts';
import { code } from './code.ts';
import type { Code } from './code.ts';
import { settle, wordsOf } from './home.ts';
import { Source } from './source.ts';

/** Compiles the fields of a user's own to straight code. */
export function compileCustom({ fields }: CustomLayout, home?: Home): ColumnsWriter {
  const source = new Source();
  source.emit(settle(source, home));
  source.emit(code`const words = ${wordsOf(source, home)}; let v = 0, h = 0, z = 0;`);
  for (const field of fields) source.emit(code`if (words[${field.presence}] !== 0) { ${value(source, field)} }`);
  source.emit(code`return pos;`);
  return source.compile(['view', 'pos', 'flow']);
}

/**
 * Statements that write a field. Of a number up to 28 bits the length comes from a table: which octets of a varint there
 * are differs from flow to flow, and a branch that is guessed wrong takes longer than writing all four.
 */
function value(source: Source, field: CustomField): Code {
  const { slot, type, list } = field;
  if (type !== 'varint' || list >= 0) {
    return code`pos = ${source.bind(writeCustom)}(view, pos, ${source.bind(field)}, flow) | 0;`;
  }
  const tag = new DataView(new ArrayBuffer(VARINT_U32_MAX));
  const length = writeVarintExactly(tag, 0, customTag(field));
  const fifth = length > 4 ? code`view.setUint8(pos + 4, ${tag.getUint8(4)});` : code``;
  return code`v = words[${slot}] | 0; h = words[${slot + 1}] | 0;
    view.setInt32(pos, ${tag.getInt32(0, true)}, true); ${fifth}
    if ((h | v & -268435456) === 0) {
      z = Math.clz32(v);
      view.setInt32(pos + ${length}, ${groups(code`v`)} | ${source.bind(continuations)}[z], true);
      pos = pos + ${length} + ${source.bind(lengths)}[z] | 0;
    } else if (h === 0) pos = ${source.bind(writeVarint)}(view, pos + ${length} | 0, v) | 0;
    else pos = ${source.bind(writeLongVarint)}(view, pos + ${length} | 0, v, h) | 0;`;
}

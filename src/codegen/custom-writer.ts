import type { CustomField, CustomLayout } from '../flow/custom-fields.ts';
import type { ColumnsWriter } from '../format/binary-plan.ts';
import type { Home } from '../format/home.ts';
import { customTag, writeCustom } from '../format/binary-custom.ts';
import { varintLength, writeLongVarint, writeVarint, writeVarint64, writeVarintExactly } from '../format/varint.ts';
import { code } from './code.ts';
import type { Code } from './code.ts';
import { settle, wordsOf } from './home.ts';
import { Source } from './source.ts';

/** Tags of so many octets and values of one or two are written in place. */
const SHORT_TAG = 2;

/** Compiles the fields of a user's own to straight code. */
export function compileCustom({ fields }: CustomLayout, home?: Home): ColumnsWriter {
  const source = new Source();
  source.emit(settle(source, home));
  source.emit(code`const words = ${wordsOf(source, home)}; let v = 0, h = 0;`);
  for (const field of fields) source.emit(code`if (words[${field.presence}] !== 0) { ${value(source, field)} }`);
  source.emit(code`return pos;`);
  return source.compile(['view', 'pos', 'flow']);
}

function value(source: Source, field: CustomField): Code {
  const { slot, type, list } = field;
  if (type !== 'varint' || list >= 0) {
    return code`pos = ${source.bind(writeCustom)}(view, pos, ${source.bind(field)}, flow) | 0;`;
  }
  const tag = customTag(field);
  const length = varintLength(tag);
  if (length > SHORT_TAG) {
    return code`pos = ${source.bind(writeVarintExactly)}(view, pos, ${tag}) | 0;
      pos = ${source.bind(writeVarint64)}(view, pos, words, ${slot}) | 0;`;
  }
  const octets = length === 1 ? tag : (tag & 0x7f) | 0x80 | ((tag >> 7) << 8);
  return code`v = words[${slot}] | 0; h = words[${slot + 1}] | 0;
    if ((h | v & -128) === 0) {
      view.setUint32(pos, ${octets} | v << ${8 * length}, true);
      pos = pos + ${length + 1} | 0;
    } else if ((h | v & -16384) === 0) {
      view.setUint32(pos, ${octets} | (v & 127 | 128 | v << 1 & 0x7f00) << ${8 * length}, true);
      pos = pos + ${length + 2} | 0;
    } else {
      view.setUint16(pos, ${octets}, true);
      if (h === 0) pos = ${source.bind(writeVarint)}(view, pos + ${length} | 0, v) | 0;
      else pos = ${source.bind(writeLongVarint)}(view, pos + ${length} | 0, v, h) | 0;
    }`;
}

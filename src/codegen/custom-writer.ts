import type { CustomField } from '../flow/custom-fields.ts';
import { customTag, writeCustom } from '../format/binary-custom.ts';
import { VARINT_SLACK, VARINT_U32_MAX, writeLongVarint, writeVarint, writeVarintExactly } from '../format/varint.ts';
import { code } from './code.ts';
import type { Code } from './code.ts';
import type { Source } from './source.ts';
import { continuations, lengths, regroup } from './varint-groups.ts';

/**
 * Statements that write a field of a user's own where the flow has it.
 *
 * @param most the largest value that each word may have; any when not given
 */
export function customField(source: Source, field: CustomField, most?: ReadonlyMap<number, number>): Code {
  const short = most !== undefined && (most.get(field.slot + 1) ?? 0) === 0;
  return code`if (words[${field.presence}] !== 0) { ${value(source, field, short)} }`;
}

/**
 * Statements that write a field: a number of one octet with its tag in one store. Of others up to 28 bits the length
 * comes from a table: which octets of a varint there are differs from flow to flow, and a branch that is guessed wrong
 * takes longer than writing all four.
 *
 * @param short whether numbers have 32 bits at the most
 */
function value(source: Source, field: CustomField, short: boolean): Code {
  const { slot, type, list } = field;
  if (type !== 'varint' || list >= 0) {
    return code`pos = ${source.bind(writeCustom)}(view, pos, ${source.bind(field)}, flow) | 0;`;
  }
  const octets = new DataView(new ArrayBuffer(VARINT_U32_MAX + VARINT_SLACK));
  const length = writeVarintExactly(octets, 0, customTag(field));
  const tag = octets.getInt32(0, true);
  const fifth = length > 4 ? code`view.setUint8(pos + 4, ${octets.getUint8(4)});` : code``;
  const one =
    length < 4
      ? code`view.setInt32(pos, ${tag} | v << ${8 * length}, true);`
      : code`view.setInt32(pos, ${tag}, true); ${fifth} view.setUint8(pos + ${length}, v);`;
  const more = code`pos = ${source.bind(writeVarint)}(view, pos + ${length} | 0, v) | 0;`;
  const long = code`if (h === 0) ${more}
      else pos = ${source.bind(writeLongVarint)}(view, pos + ${length} | 0, v, h) | 0;`;
  return code`v = words[${slot}] | 0; ${short ? code`h = 0;` : code`h = words[${slot + 1}] | 0;`}
    if ((h | v & -128) === 0) { ${one} pos = pos + ${length + 1} | 0; }
    else {
      view.setInt32(pos, ${tag}, true); ${fifth}
      if ((h | v & -268435456) === 0) {
        z = Math.clz32(v);
        ${regroup}
        view.setInt32(pos + ${length}, v | ${source.bind(continuations)}[z], true);
        pos = pos + ${length} + ${source.bind(lengths)}[z] | 0;
      } else { ${short ? more : long} }
    }`;
}

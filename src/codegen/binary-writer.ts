import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import { writeAddresses, writeCode, writePacked } from '../format/binary-list.ts';
import { Kind } from '../format/binary-plan.ts';
import type { BinaryStep } from '../format/binary-plan.ts';
import type { ColumnsWriter } from '../format/binary-plan.ts';
import { writeLongVarint, writeVarint } from '../format/varint.ts';
import { code, sequence } from './code.ts';
import type { Code } from './code.ts';
import { customField } from './custom-writer.ts';
import { continuations, groups, lengths } from './varint-groups.ts';
import type { FormatOptions } from '../format/format.ts';
import type { Source } from './source.ts';
import { WriterParts } from './writer-parts.ts';

/** Compiles the plan of a protobuf message to straight code: tag and value of a short number are one store. */
export function compileBinary(
  plan: readonly BinaryStep[],
  { custom, context, home }: FormatOptions = {},
): ColumnsWriter {
  const parts = new WriterParts(home);
  const emit = (statements: (source: Source) => Code): void => {
    const source = parts.next();
    source.emit(statements(source));
  };
  for (const step of plan) emit((source) => binaryField(source, step));
  if (context === true) emit(() => code`pos = flow.context.copy(view, pos) | 0;`);
  for (const each of custom?.fields ?? []) emit((source) => customField(source, each));
  return parts.compile();
}

/**
 * Statements that write a column of `flow` and its `words` to `view` at `pos`; `v` and `h` are theirs.
 *
 * @param most the largest value that each word may have; any when not given
 */
export function binaryField(source: Source, step: BinaryStep, most?: ReadonlyMap<number, number>): Code {
  const { kind, slot, list, tag, tagLength } = step;
  const bitsOf = (word: number) => (most === undefined ? 32 : 32 - Math.clz32(most.get(word) ?? 0));
  switch (kind) {
    case Kind.u32:
      return code`v = words[${slot}] | 0; if (v !== 0) { ${number(source, step, bitsOf(slot))} }`;
    case Kind.u64: {
      const low = code`if (v !== 0) { ${number(source, step, bitsOf(slot))} }`;
      if (bitsOf(slot + 1) === 0) return code`v = words[${slot}] | 0; ${low}`;
      return code`v = words[${slot}] | 0; h = words[${slot + 1}] | 0;
        if (h !== 0) { ${long(source, step)} } else ${low}`;
    }
    case Kind.code:
      return code`v = words[${slot}] | 0;
        if (v !== 0) {
          view.setUint16(pos, ${tag}, true);
          pos = ${source.bind(writeCode)}(view, pos + ${tagLength} | 0, v) | 0;
        }`;
    case Kind.address:
      return code`v = words[${slot + 4}];
        if (v === 4) { ${address(step, [0])} }
        else if (v !== 0) { ${address(step, [0, 1, 2, 3])} }`;
    default: {
      const write = source.bind(kind === Kind.u32List ? writePacked : writeAddresses);
      return code`v = words[${slot}];
        if (v !== 0) pos = ${write}(view, pos, ${tag}, ${tagLength}, flow.lists[${list}], v) | 0;`;
    }
  }
}

/**
 * The number `v` of up to `bits` bits with its tag: up to 28 of them in place. Beyond one octet no branch depends on its
 * size, which for octets, packets and ports nobody can foretell.
 */
function number(source: Source, { tag, tagLength }: BinaryStep, bits: number): Code {
  const shift = 8 * tagLength;
  const oneOctet =
    tagLength === 1
      ? code`view.setUint16(pos, ${tag} | v << ${shift}, true);`
      : code`view.setUint32(pos, ${tag} | v << ${shift}, true);`;
  const one = code`${oneOctet} pos = pos + ${tagLength + 1} | 0;`;
  if (bits <= 7) return one;
  const inPlace = code`h = Math.clz32(v);
    view.setInt32(pos + ${tagLength}, ${groups(code`v`, bits)} | ${source.bind(continuations)}[h], true);
    pos = pos + ${tagLength} + ${source.bind(lengths)}[h] | 0;`;
  const more =
    bits <= 28
      ? inPlace
      : code`if ((v & -268435456) === 0) { ${inPlace} }
        else pos = ${source.bind(writeVarint)}(view, pos + ${tagLength} | 0, v) | 0;`;
  return code`if ((v & -128) === 0) { ${one} } else { view.setUint16(pos, ${tag}, true); ${more} }`;
}

/**
 * The number with the halves `v` and `h`, of which `h` is not zero, with its tag. Times in nanoseconds have nine
 * octets, 28, 28 and 7 bits; MAC addresses up to seven, 28 and 20 bits.
 */
function long(source: Source, { tag, tagLength }: BinaryStep): Code {
  return code`view.setUint16(pos, ${tag}, true);
    if (h > 0x00ffffff && h <= 0x7fffffff) {
      view.setInt32(pos + ${tagLength}, ${spread(code`v`)}, true);
      v = h << 4 | v >>> 28;
      view.setInt32(pos + ${tagLength + 4}, ${spread(code`v`)}, true);
      view.setUint8(pos + ${tagLength + 8}, h >>> 24);
      pos = pos + ${tagLength + 9} | 0;
    } else if (h > 0 && h <= 0x00ffffff) {
      view.setInt32(pos + ${tagLength}, ${spread(code`v`)}, true);
      v = h << 4 | v >>> 28;
      h = Math.clz32(v);
      view.setInt32(pos + ${tagLength + 4}, ${groups(code`v`)} | ${source.bind(continuations)}[h], true);
      pos = pos + ${tagLength + 4} + ${source.bind(lengths)}[h] | 0;
    } else pos = ${source.bind(writeLongVarint)}(view, pos + ${tagLength} | 0, v, h) | 0;`;
}

/** The same as octets of a varint that goes on. */
function spread(value: Code): Code {
  return code`${groups(value)} | ${0x80808080 | 0}`;
}

/** The tag of an address and how many octets it has. */
function addressHead({ tag, tagLength }: BinaryStep, octets: number): Code {
  if (tagLength === 1) return code`view.setUint16(pos, ${tag | (octets << 8)}, true);`;
  return code`view.setUint16(pos, ${tag}, true); view.setUint8(pos + 2, ${octets});`;
}

/** An address of these words of its column. */
function address(step: BinaryStep, words: readonly number[]): Code {
  const { slot, tagLength } = step;
  const order = NATIVE_LITTLE_ENDIAN ? code`true` : code`false`;
  const stores = words.map(
    (word) => code`view.setUint32(pos + ${tagLength + 1 + 4 * word}, words[${slot + word}], ${order});`,
  );
  return code`${addressHead(step, 4 * words.length)} ${sequence(stores)}
    pos = pos + ${tagLength + 1 + 4 * words.length} | 0;`;
}

import { slotOf } from '../flow/fields.ts';
import { etherTypeName, flowTypeNames, layerNames, protocolNames } from '../flow/names.ts';
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import { dotted, dottedLengths, prefixMasks, writeAddress } from '../format/address-text.ts';
import { Cell, writeCell } from '../format/cell.ts';
import { writeContextKey } from '../format/context-value.ts';
import { padded, plain, writeLong, writeU32 } from '../format/decimal.ts';
import { MAC_TEXT_LENGTH, hexPairs } from '../format/hex-text.ts';
import type { RowStep } from '../format/row-plan.ts';
import { code, sequence } from './code.ts';
import type { Code } from './code.ts';
import { constantText } from './constant-text.ts';
import { NameTable } from './name-table.ts';
import type { Source } from './source.ts';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const SLASH = 0x2f;
const COLON = 0x3a;

const protocols = new NameTable(protocolNames);
const flowTypes = NameTable.of(flowTypeNames);
const layers = NameTable.of(layerNames);

/** What a column shows whose words are zero, where that is always the same and often so. */
export function zeroText({ cell }: RowStep): string | undefined {
  if (cell === Cell.u32 || cell === Cell.u64) return '0';
  return cell === Cell.mac ? '00:00:00:00:00:00' : undefined;
}

/** Statements that write the value of a column at `pos`; `v`, `t` and `q` are theirs. */
export function rowValue(source: Source, step: RowStep): Code {
  const { cell, slot, wide, contextKey } = step;
  if (contextKey !== undefined) {
    return code`pos = ${source.bind(writeContextKey)}(view, pos, ${cell}, ${source.bind(contextKey)}, flow) | 0;`;
  }
  const value = code`words[${slot}]`;
  switch (cell) {
    case Cell.u32:
      return decimal(source, value);
    case Cell.u64:
      return code`if (words[${slot + 1}] === 0) { ${decimal(source, value, nineDigits(source))} }
        else pos = ${source.bind(writeLong)}(view, pos, words, ${slot}) | 0;`;
    case Cell.address:
      return code`if (words[${slot + 4}] === 4) { ${ipv4(source, value)} }
        else if (words[${slot + 4}] !== 0) pos = ${source.bind(writeAddress)}(view, pos, words, ${slot}) | 0;`;
    case Cell.code:
      // Up to four characters, the first one in the lowest octet.
      return code`v = ${value} | 0; view.setInt32(pos, v, true); pos = pos + 4 - (Math.clz32(v) >>> 3) | 0;`;
    case Cell.protocol:
      return wide ? call(source, step) : named(source, value, protocols, call(source, step));
    case Cell.flowType:
      return named(source, value, flowTypes, call(source, step));
    case Cell.layer:
      return named(source, value, layers, call(source, step));
    case Cell.etherType:
      return wide ? call(source, step) : etherType(source, step);
    case Cell.mac:
      return mac(source, slot);
    case Cell.sourceNetwork:
      return network(source, step, slotOf('src_addr'));
    case Cell.destinationNetwork:
      return network(source, step, slotOf('dst_addr'));
    default:
      return call(source, step);
  }
}

/** Statements that write entry `i` of the list `entries`; `v`, `t` and `q` are theirs. */
export function entryValue(source: Source, { cell, stride, wide }: RowStep): Code {
  const value = code`entries[i]`;
  const called = code`pos = ${source.bind(writeCell)}(view, pos, ${cell}, entries, i * ${stride}, ${wide ? code`true` : code`false`}, flow) | 0;`;
  switch (cell) {
    case Cell.u32:
      return decimal(source, value);
    case Cell.layer:
      return named(source, value, layers, called);
    default:
      return called;
  }
}

/** Leaves the value to the interpreting twin. */
function call(source: Source, { cell, slot, wide }: RowStep): Code {
  return code`pos = ${source.bind(writeCell)}(view, pos, ${cell}, words, ${slot}, ${wide ? code`true` : code`false`}, flow) | 0;`;
}

/**
 * Up to six digits in place; most numbers have three at most, and take no branch.
 *
 * @param more statements for what is larger, tried before it is called
 */
function decimal(source: Source, value: Code, more: Code = code``): Code {
  return code`v = ${value};
    if (v < 1000) { ${threeDigits(source, code`v`)} }
    else if (v < 1000000) {
      q = v / 1000 >>> 0; ${threeDigits(source, code`q`)}
      view.setUint32(pos, ${source.bind(padded)}[v - q * 1000], true); pos = pos + 3 | 0;
    } ${more} else pos = ${source.bind(writeU32)}(view, pos, v | 0) | 0;`;
}

/** Seven to nine digits in place: octets of a flow often have as many. */
function nineDigits(source: Source): Code {
  const digits = source.bind(padded);
  return code`else if (v < 1000000000) {
      q = v / 1000000 >>> 0; ${threeDigits(source, code`q`)}
      v = v - q * 1000000; q = v / 1000 >>> 0;
      view.setUint32(pos, ${digits}[q], true); view.setUint32(pos + 3, ${digits}[v - q * 1000], true); pos = pos + 6 | 0;
    }`;
}

function threeDigits(source: Source, value: Code): Code {
  return code`t = ${source.bind(plain)}[${value}]; view.setUint32(pos, t, true); pos = pos + (t >>> 24) | 0;`;
}

/** The four octets of a word in the order of memory. */
function ipv4(source: Source, word: Code): Code {
  const texts = source.bind(dotted);
  const lengths = source.bind(dottedLengths);
  const shifts = NATIVE_LITTLE_ENDIAN ? [0, 8, 16, 24] : [24, 16, 8, 0];
  const octets = shifts.map((shift, i) => {
    const octet = code`v >>> ${shift} & 255`;
    return code`view.setUint32(pos, ${texts}[${octet}], true); pos = pos + ${lengths}[${octet}] - ${i === 3 ? 1 : 0} | 0;`;
  });
  return code`v = ${word} | 0; ${sequence(octets)}`;
}

/** @param otherwise for a number without a name, or with a long one */
function named(source: Source, value: Code, names: NameTable, otherwise: Code): Code {
  return code`v = ${value};
    t = v < ${names.size} ? ${source.bind(names.lengths)}[v] : ${NameTable.LONG};
    if (t === ${NameTable.LONG}) ${otherwise}
    else {
      view.setFloat64(pos, ${source.bind(names.first)}[v], true);
      view.setFloat64(pos + 8, ${source.bind(names.second)}[v], true);
      pos = pos + t | 0;
    }`;
}

function etherType(source: Source, step: RowStep): Code {
  return code`v = words[${step.slot}];
    if (v === ${IPV4}) { ${constantText(source, etherTypeName(IPV4))} }
    else if (v === ${IPV6}) { ${constantText(source, etherTypeName(IPV6))} }
    else if (v !== 0) ${call(source, step)}`;
}

/** Six octets, the highest first: each with its colon, but for the last. */
function mac(source: Source, slot: number): Code {
  const pairs = source.bind(hexPairs);
  const low = code`words[${slot}]`;
  const high = code`words[${slot + 1}]`;
  const octets = [code`${high} >>> 8 & 255`, code`${high} & 255`];
  octets.push(...[24, 16, 8, 0].map((shift) => code`${low} >>> ${shift} & 255`));
  const stores = octets.map((octet, i) =>
    i < 5
      ? code`view.setUint32(pos + ${3 * i}, ${pairs}[${octet}] | ${COLON << 16}, true);`
      : code`view.setUint16(pos + ${3 * i}, ${pairs}[${octet}], true);`,
  );
  return code`${sequence(stores)} pos = pos + ${MAC_TEXT_LENGTH} | 0;`;
}

/** Where the length of the prefix is not known it is 0, and then any address has the same text. */
function network(source: Source, step: RowStep, address: number): Code {
  return code`q = words[${step.slot}]; v = words[${address + 4}];
    if (q === 0 && v === 4) { ${constantText(source, '0.0.0.0/0')} }
    else if (q === 0 && v === 16) { ${constantText(source, '::/0')} }
    else if (v === 4 && q <= 32) {
      ${ipv4(source, code`(words[${address}] & ${source.bind(prefixMasks)}[q])`)}
      view.setUint8(pos, ${SLASH}); pos = pos + 1 | 0; ${threeDigits(source, code`q`)}
    } else ${call(source, step)}`;
}

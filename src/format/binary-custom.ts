/** Fields of a user's own on the protobuf wire: behind all others, in the order in which they are declared. */
import { ARENA_USED, CUSTOM_ENTRY_WORDS, noCustomFields } from '../flow/custom-fields.ts';
import type { CustomField, CustomLayout } from '../flow/custom-fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { binaryBound } from './binary-plan.ts';
import type { ColumnsWriter } from './binary-plan.ts';
import type { BoundPlan } from './bound.ts';
import { VARINT_U32_MAX, VARINT_U64_MAX, writeVarint, writeVarint64, writeVarintExactly } from './varint.ts';

/** Wire types: a varint, or octets with their length before them. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Field number and wire type. */
export function customTag({ number, type }: CustomField): number {
  return number * 8 + (type === 'varint' ? VARINT : LENGTH_DELIMITED);
}

/** Most octets for each octet of the arena: a value takes one octet of it at least, and has a tag and a length. */
const ARENA_EXPANSION = 2 * VARINT_U32_MAX;

/** Writes the fields that a flow has, zero or not; returns the position after them. */
export function interpretCustom({ fields }: CustomLayout): ColumnsWriter {
  return (view, start, flow) => {
    let pos = start;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      if (flow.words[field.presence] !== 0) pos = writeCustom(view, pos, field, flow);
    }
    return pos;
  };
}

/** Writes a field that the flow has: as often as there are entries where it is a list. */
export function writeCustom(view: DataView, start: number, field: CustomField, flow: FlowRecord): number {
  const { list, slot } = field;
  if (list < 0) return writeValue(view, start, field, flow, flow.words, slot);
  const entries = flow.lists[list]!;
  const count = flow.words[slot]!;
  let pos = start;
  for (let i = 0; i < count; i++) pos = writeValue(view, pos, field, flow, entries, i * CUSTOM_ENTRY_WORDS);
  return pos;
}

function writeValue(
  view: DataView,
  start: number,
  field: CustomField,
  { arena }: FlowRecord,
  words: Uint32Array,
  at: number,
): number {
  const pos = writeVarintExactly(view, start, customTag(field));
  if (field.type === 'varint') return writeVarint64(view, pos, words, at);
  const from = words[at]!;
  const length = words[at + 1]!;
  const value = writeVarint(view, pos, length);
  for (let i = 0; i < length; i++) view.setUint8(value + i, arena[from + i]!);
  return value + length;
}

/** Whether a field is one number. */
export function isNumber({ type, array }: CustomField): boolean {
  return type === 'varint' && !array;
}

/** Most octets of a number of a user's own, with its tag. */
export const NUMBER_MAX = VARINT_U32_MAX + VARINT_U64_MAX;

/** Most octets of a message with these fields. */
export function boundOf(custom: CustomLayout = noCustomFields): BoundPlan {
  const numbers = custom.fields.filter(({ type }) => type === 'varint');
  const arrays = numbers.filter(({ array }) => array);
  const lists = arrays.map(({ slot }) => ({ slot, entry: NUMBER_MAX }));
  if (numbers.length < custom.fields.length) lists.push({ slot: ARENA_USED, entry: ARENA_EXPANSION });
  return {
    fixed: binaryBound.fixed + (numbers.length - arrays.length) * NUMBER_MAX,
    lists: [...binaryBound.lists, ...lists],
  };
}

import { columns, countryColumns, optionalColumns } from '../flow/fields.ts';
import type { Column, ColumnType } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { BoundPlan } from './bound.ts';
import { VARINT_SLACK, VARINT_U32_MAX, VARINT_U64_MAX, varintLength, WireType } from './varint.ts';

/** How a column stands on the wire. */
export const Kind = { u32: 0, u64: 1, address: 2, u32List: 3, addressList: 4, code: 5 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

const kinds: Record<ColumnType, Kind> = {
  u32: Kind.u32,
  enum: Kind.u32,
  u64: Kind.u64,
  code: Kind.code,
  address: Kind.address,
  'u32[]': Kind.u32List,
  'enum[]': Kind.u32List,
  'address[]': Kind.addressList,
};

/** Writes the columns of a flow at `pos` and returns the position after them. */
export type ColumnsWriter = (view: DataView, pos: number, flow: FlowRecord) => number;

/** A column of a message. */
export interface BinaryStep {
  readonly kind: Kind;
  readonly slot: number;
  /** Index of the list, or -1. */
  readonly list: number;
  /** Field number and wire type as a varint, the first octet lowest; numbers up to 2,047 take at most two. */
  readonly tag: number;
  readonly tagLength: number;
}

const TAG_MAX = 2;
/** Octets of an address with its length. */
const ADDRESS_MAX = 1 + 16;
/** Most octets of one entry of a list. */
const ENTRY_MAX = TAG_MAX + ADDRESS_MAX;

/** How a column stands on the wire. */
export function kindOf(column: Column): Kind {
  return kinds[column.type];
}

/** Field number and wire type of a column. */
export function tagOf(column: Column): number {
  const kind = kindOf(column);
  return (column.number << 3) | (kind === Kind.u32 || kind === Kind.u64 ? WireType.varint : WireType.octets);
}

function toStep(column: Column): BinaryStep {
  const kind = kindOf(column);
  const tag = tagOf(column);
  return {
    kind,
    slot: column.slot,
    list: column.list,
    tag: tag < 0x80 ? tag : (tag & 0x7f) | 0x80 | ((tag >> 7) << 8),
    tagLength: varintLength(tag),
  };
}

/**
 * All columns, ascending by field number: what is interpreted, and what is compiled. Optional ones are zero, and so left
 * out, when nobody asked for them.
 */
export const binaryPlan: readonly BinaryStep[] = [...columns, ...optionalColumns, ...countryColumns]
  .sort((a, b) => a.number - b.number)
  .map(toStep);

/** Most octets of a column; of a list without its entries. */
function fixedMax({ kind }: BinaryStep): number {
  switch (kind) {
    case Kind.u64:
      return TAG_MAX + VARINT_U64_MAX;
    case Kind.address:
      return TAG_MAX + ADDRESS_MAX;
    default:
      return TAG_MAX + VARINT_U32_MAX;
  }
}

/** Most octets of these columns, of lists without their entries. */
export function octetsOfSteps(steps: readonly BinaryStep[]): number {
  return steps.reduce((sum, step) => sum + fixedMax(step), 0);
}

/** Most octets of a message with these columns and its length before it, and what may be spoilt beyond its end. */
export function boundOfSteps(steps: readonly BinaryStep[], entries: number): number {
  const lists = steps.filter(({ list }) => list >= 0).length;
  return octetsOfSteps(steps) + lists * entries * ENTRY_MAX + VARINT_U32_MAX + VARINT_SLACK;
}

/** A message with its length before it, and what may be spoilt beyond its end. */
export const binaryBound: BoundPlan = {
  fixed: boundOfSteps(binaryPlan, 0),
  lists: binaryPlan.filter(({ list }) => list >= 0).map(({ slot }) => ({ slot, entry: ENTRY_MAX })),
};

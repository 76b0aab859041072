import fc from 'fast-check';
import { columns } from '#src/flow/fields.js';
import type { Column } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';

/** Numbers of all sizes, so that short ones are as likely as long ones. */
const u32 = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0x7f, 0x80, 0x3fff, 0x4000, 0x1fffff, 0x200000, 0xfffffff, 0x10000000, 0x7fffffff, 0xffffffff),
);
/** Enums are int32 in protobuf. */
const enumNumber = fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 0x7fffffff }));

const addressOctets = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  // Runs of zeros and mapped addresses.
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 0xff), { minLength: 16, maxLength: 16 })
    .map((octets) => Uint8Array.from(octets)),
  fc
    .uint8Array({ minLength: 4, maxLength: 4 })
    .map((v4) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...v4)),
);

type Fill = (flow: FlowRecord) => void;

function fillOf(column: Column, longest: number): fc.Arbitrary<Fill> {
  const { slot } = column;
  switch (column.type) {
    case 'u32':
      return u32.map((value) => (flow) => (flow.words[slot] = value));
    case 'enum':
      return enumNumber.map((value) => (flow) => (flow.words[slot] = value));
    case 'u64':
      return fc.tuple(u32, u32).map((halves) => (flow) => flow.words.set(halves, slot));
    case 'address':
      return fc
        .option(addressOctets)
        .map((octets) => (flow) => octets !== null && flow.setAddress(slot, octets, 0, octets.length));
    case 'u32[]':
    case 'enum[]':
      return fc
        .array(column.type === 'u32[]' ? u32 : enumNumber, { maxLength: longest, size: 'max' })
        .map((values) => (flow) => values.forEach((value) => flow.append(column, value)));
    case 'address[]':
    default:
      return fc
        .array(addressOctets, { maxLength: longest, size: 'max' })
        .map((list) => (flow) => list.forEach((octets) => flow.appendAddress(column, octets, 0, octets.length)));
  }
}

/** Any record, with lists of up to `longest` entries. */
export function anyRecord(longest = 6): fc.Arbitrary<FlowRecord> {
  return fc.tuple(...columns.map((column) => fillOf(column, longest))).map((fills) => {
    const flow = new FlowRecord();
    for (const fill of fills) fill(flow);
    return flow;
  });
}

/** The record whose every column takes the most room, with lists of `entries` entries. */
export function largestRecord(entries: number): FlowRecord {
  const flow = new FlowRecord();
  const longest = Uint8Array.of(
    0x20,
    1,
    0x1d,
    0xb8,
    0xff,
    0xff,
    0xff,
    0xff,
    0xff,
    0xff,
    0xff,
    0xff,
    0xff,
    0xff,
    0xff,
    0xff,
  );
  for (const column of columns) {
    for (let i = 0; i < entries && column.list >= 0; i++) {
      if (column.type === 'address[]') flow.appendAddress(column, longest, 0, 16);
      else flow.append(column, 0xffffffff);
    }
    if (column.list >= 0) continue;
    if (column.type === 'address') flow.setAddress(column.slot, longest, 0, 16);
    else flow.words.fill(0xffffffff, column.slot, column.slot + (column.type === 'u64' ? 2 : 1));
  }
  return flow;
}

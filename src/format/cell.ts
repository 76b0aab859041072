/** One value of a row: the closed list of the ways to write one, and the writer that knows them all. */
import { codeLength } from '../flow/code-text.ts';
import { slotOf } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import { ADDRESS_TEXT_MAX, PREFIX_TEXT_MAX, writeAddress, writeHex, writePrefix } from './address-text.ts';
import { DATE_TIME_MAX, writeDateTime, writeDateTimeNano } from './date-time.ts';
import { writeU32, writeU64 } from './decimal.ts';
import { MAC_TEXT_LENGTH, writeMac } from './hex-text.ts';
import { nameBounds, writeEtherType, writeFlowType, writeIcmpName, writeLayer, writeProtocol } from './name-text.ts';
import { writeOctetsAddress, writeOctetsHex } from './octets-text.ts';
import { STRING_EXPANSION, writeJsonString, writeTextString } from './string-text.ts';

/** How a value is written. */
export const Cell = {
  u32: 0,
  u64: 1,
  flowType: 2,
  layer: 3,
  etherType: 4,
  protocol: 5,
  address: 6,
  hex: 7,
  jsonString: 8,
  textString: 9,
  mac: 10,
  dateTime: 11,
  dateTimeNano: 12,
  sourceNetwork: 13,
  destinationNetwork: 14,
  icmpName: 15,
  code: 16,
  octetsHex: 17,
  octetsJson: 18,
  octetsText: 19,
  octetsAddress: 20,
} as const;
export type Cell = (typeof Cell)[keyof typeof Cell];

const ADDRESS_OCTETS = 16;

/** Most octets that each kind of cell takes, by its number. */
export const cellBounds: readonly number[] = Object.values({
  u32: 10,
  u64: 20,
  flowType: nameBounds.flowType,
  layer: nameBounds.layer,
  etherType: nameBounds.etherType,
  protocol: nameBounds.protocol,
  address: ADDRESS_TEXT_MAX,
  hex: ADDRESS_OCTETS * 2,
  jsonString: ADDRESS_OCTETS * STRING_EXPANSION,
  textString: ADDRESS_OCTETS * STRING_EXPANSION,
  mac: MAC_TEXT_LENGTH,
  dateTime: DATE_TIME_MAX,
  dateTimeNano: DATE_TIME_MAX,
  sourceNetwork: PREFIX_TEXT_MAX,
  destinationNetwork: PREFIX_TEXT_MAX,
  icmpName: nameBounds.icmp,
  code: 4,
  // They are as long as what is in the arena of the record: see `ARENA_EXPANSION`.
  octetsHex: 0,
  octetsJson: 0,
  octetsText: 0,
  octetsAddress: 0,
} satisfies Record<keyof typeof Cell, number>);

/**
 * Most octets that are shown for each octet of the arena, marks between entries of a list included: every value takes
 * one octet of the arena more than it has.
 */
export const ARENA_EXPANSION = STRING_EXPANSION;

const SRC_ADDR = slotOf('src_addr');
const DST_ADDR = slotOf('dst_addr');
const PROTO = slotOf('proto');
const ICMP_TYPE = slotOf('icmp_type');

/** The octets of an address that is shown as a string. */
const octets = new Uint8Array(ADDRESS_OCTETS);
const octetsView = new DataView(octets.buffer);

function takeOctets(words: Uint32Array, at: number): number {
  for (let i = 0; i < 4; i++) octetsView.setUint32(4 * i, words[at + i]!, NATIVE_LITTLE_ENDIAN);
  return words[at + 4]!;
}

/**
 * Writes the value at word `at` of `words` (those of the record or of one of its lists).
 *
 * @param wide whether the value has a second word, its high half
 * @param flow the record, for cells that look at other columns too
 * @returns the position after the value; up to 16 octets beyond may be spoilt
 */
export function writeCell(
  view: DataView,
  pos: number,
  cell: Cell,
  words: Uint32Array,
  at: number,
  wide: boolean,
  flow: FlowRecord,
): number {
  // Halves go into calls as signed numbers or as their place: a number above 2^31 would be boxed on its way.
  const low = words[at]! | 0;
  switch (cell) {
    case Cell.u32:
      return writeU32(view, pos, low);
    case Cell.u64:
      return writeU64(view, pos, words, at);
    case Cell.flowType:
      return writeFlowType(view, pos, low);
    case Cell.layer:
      return writeLayer(view, pos, low);
    case Cell.etherType:
      return wide && words[at + 1] !== 0 ? pos : writeEtherType(view, pos, low);
    case Cell.protocol:
      return writeProtocol(view, pos, wide && words[at + 1] !== 0 ? -1 : low);
    case Cell.address:
      return writeAddress(view, pos, words, at);
    case Cell.hex:
      return writeHex(view, pos, words, at);
    case Cell.jsonString:
      return writeJsonString(view, pos, octets, 0, takeOctets(words, at));
    case Cell.textString:
      return writeTextString(view, pos, octets, 0, takeOctets(words, at));
    case Cell.mac:
      return writeMac(view, pos, words, at);
    case Cell.dateTime:
      return writeDateTime(view, pos, words, at, wide);
    case Cell.dateTimeNano:
      return writeDateTimeNano(view, pos, words, at);
    case Cell.sourceNetwork:
      return writePrefix(view, pos, flow.words, SRC_ADDR, low);
    case Cell.destinationNetwork:
      return writePrefix(view, pos, flow.words, DST_ADDR, low);
    case Cell.code:
      view.setUint32(pos, low, true);
      return pos + codeLength(low);
    case Cell.octetsHex:
      return writeOctetsHex(view, pos, flow.arena, low, words[at + 1]! | 0);
    case Cell.octetsJson:
      return writeJsonString(view, pos, flow.arena, low, low + words[at + 1]!);
    case Cell.octetsText:
      return writeTextString(view, pos, flow.arena, low, low + words[at + 1]!);
    case Cell.octetsAddress:
      return writeOctetsAddress(view, pos, flow.arena, low, words[at + 1]! | 0);
    case Cell.icmpName:
    default:
      return writeIcmpName(view, pos, flow.words[PROTO]! | 0, flow.words[ICMP_TYPE]! | 0);
  }
}

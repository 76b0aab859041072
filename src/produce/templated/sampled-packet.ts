import type { HeaderParser } from '../../decode/headers/header-parser.ts';
import { readFrame, readIpPacket } from '../../decode/headers/packet-section.ts';
import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import { putNumber, toNumber } from '../../flow/u64.ts';
import { Register } from './plan.ts';
import type { PacketSection } from './plan.ts';
import { registerBit } from './registers.ts';

const BYTES = slotOf('bytes');
const PACKETS = slotOf('packets');

/** `dataLinkFrameType` of Ethernet (RFC 7133 section 3.5.2); what is left out means the same. */
const ETHERNET = 1;

/**
 * Reads the packet that a record carries (104, 313, 315) into its flow: the headers, and where the record has no
 * counters the octets and the one packet.
 *
 * @param at first octet of the field, and `length` how many it has
 * @param registers what the record says of the section, by the bits of `present`
 * @returns false when it is of a link type that is not parsed, or does not begin at its header: it is left alone then
 */
export function readSampledPacket(
  flow: FlowRecord,
  headers: HeaderParser,
  section: PacketSection,
  registers: Uint32Array,
  present: number,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  length: number,
): boolean {
  const exported = valueOf(registers, present, Register.sectionOctets) ?? length;
  const size = Math.min(length, exported);
  const readable =
    (valueOf(registers, present, Register.frameType) ?? ETHERNET) === ETHERNET &&
    (valueOf(registers, present, Register.sectionOffset) ?? 0) === 0;
  let packetSize = size;
  if (readable && section.kind === 'frame') readFrame(flow, headers, bytes, view, at, at + size);
  if (readable && section.kind === 'ip') packetSize = readIpPacket(flow, headers, bytes, view, at, at + size) || size;
  if (section.bytes) putNumber(flow.words, BYTES, packetSize);
  if (section.packets) flow.words[PACKETS] = 1;
  return readable;
}

function valueOf(registers: Uint32Array, present: number, register: number): number | undefined {
  return (present & registerBit(register)) === 0 ? undefined : toNumber(registers, register);
}

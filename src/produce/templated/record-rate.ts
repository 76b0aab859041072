import { putNumber, toNumber } from '../../flow/u64.ts';
import { Register } from './plan.ts';
import { registerBit } from './registers.ts';

const SPACE = registerBit(Register.samplingPacketSpace);

/**
 * Stores the rate that the elements of one record tell: the mapped one, 305 with 306 (so many packets are taken, so many left out),
 * 305 alone, 50, 34, 309 of 310, or 311; whatever is 0 tells nothing.
 *
 * @param out two words
 * @param registers of the record
 * @param present bits of the registers that it has
 * @returns false, with nothing stored, when no rate is told
 */
export function putRecordRate(out: Uint32Array, registers: Uint32Array, present: number): boolean {
  if (isSet(registers, Register.mappedRate)) return copy(out, registers, Register.mappedRate);
  if (isSet(registers, Register.samplingPacketInterval)) {
    if ((present & SPACE) === 0) return copy(out, registers, Register.samplingPacketInterval);
    const taken = toNumber(registers, Register.samplingPacketInterval);
    return putRatio(out, taken + toNumber(registers, Register.samplingPacketSpace), taken);
  }
  if (isSet(registers, Register.samplerRandomInterval)) return copy(out, registers, Register.samplerRandomInterval);
  if (isSet(registers, Register.samplingInterval)) return copy(out, registers, Register.samplingInterval);
  if (isSet(registers, Register.samplingSize) && isSet(registers, Register.samplingPopulation)) {
    return putRatio(out, toNumber(registers, Register.samplingPopulation), toNumber(registers, Register.samplingSize));
  }
  return isSet(registers, Register.samplingProbability) && copy(out, registers, Register.samplingProbability);
}

function isSet(registers: Uint32Array, register: number): boolean {
  return (registers[register]! | registers[register + 1]!) !== 0;
}

function copy(out: Uint32Array, registers: Uint32Array, register: number): true {
  out[0] = registers[register]!;
  out[1] = registers[register + 1]!;
  return true;
}

/** A rate is a whole number of packets, 1 at least. */
function putRatio(out: Uint32Array, all: number, taken: number): true {
  putNumber(out, 0, Math.min(Math.max(1, Math.round(all / taken)), Number.MAX_SAFE_INTEGER));
  return true;
}

import { VARIABLE } from '../../decode/templates/template.ts';
import { Op, Register } from './plan.ts';
import { OpWriter } from './op-writer.ts';
import type { PlacedField } from './op-writer.ts';
import type { TemplateFields } from './template-fields.ts';

/** What tells the rate of a sampler, and which sampler it is. */
const samplingElements: readonly [id: number, register: number][] = [
  [34, Register.samplingInterval],
  [50, Register.samplerRandomInterval],
  [305, Register.samplingPacketInterval],
  [306, Register.samplingPacketSpace],
  [309, Register.samplingSize],
  [310, Register.samplingPopulation],
  [311, Register.samplingProbability],
  [48, Register.samplerId],
  [302, Register.selectorId],
];

/** The bit of a register in {@link Plan.registers}. */
export function registerBit(register: number): number {
  return 1 << (register >>> 1);
}

/** Instructions that read elements into registers. */
export class RegisterWriter {
  readonly #writer: OpWriter;
  registers = 0;
  /** Whether they tell more than who has sampled: a rate, or a size that may be wrong. */
  tellMore = false;

  constructor(variable: boolean) {
    this.#writer = new OpWriter(variable);
  }

  /** Reads what tells a rate or a sampler. */
  sampling(fields: TemplateFields): void {
    for (const [id, register] of samplingElements) this.field(fields.get(id), register);
  }

  /** Reads the rate that a mapping file has sent to `sampling_rate`. */
  mappedRate(field: PlacedField, little: boolean): void {
    this.#writer.replace(field, Register.mappedRate, little);
    this.registers |= registerBit(Register.mappedRate);
    this.tellMore = true;
  }

  /** Reads a field into a register. */
  field(field: PlacedField | undefined, register: number): void {
    if (field === undefined) return;
    if (register === Register.samplingProbability) this.#writer.counted(Op.probability, field, register);
    else this.#writer.unsigned(field, register, true);
    this.registers |= registerBit(register);
    const names = register === Register.samplerId || register === Register.selectorId;
    this.tellMore ||= !names || field.length === VARIABLE;
  }

  finish(): Int32Array {
    return this.#writer.finish();
  }
}

import type { Template } from '../../decode/templates/template.ts';
import { toNumber } from '../../flow/u64.ts';
import type { Rate, RateScope } from '../sampling.ts';
import type { DomainFacts } from './domain-facts.ts';
import { Register } from './plan.ts';
import type { PlacedField } from './op-writer.ts';
import { putRecordRate } from './record-rate.ts';
import { RegisterWriter, registerBit } from './registers.ts';
import { TemplateFields } from './template-fields.ts';

/** The scope type of NetFlow v9 that is an interface (RFC 3954 section 6.1). */
const V9_INTERFACE = 2;

/** What is worth learning; the other registers say what it is about. */
const FACTS = ~(registerBit(Register.samplerId) | registerBit(Register.selectorId));

/** How options records are read for what is learned from them. */
export interface OptionsPlan {
  readonly variable: boolean;
  readonly recordLength: number;
  readonly registerOps: Int32Array;
  /** Bits of the registers that the template fills. */
  readonly registers: number;
}

/**
 * Makes the plan of an options template; undefined when nothing in it is learned. Rates are options, not scopes; a
 * sampler or selector may be either; an interface limits a rate only as scope.
 */
export function buildOptionsPlan(template: Template): OptionsPlan | undefined {
  const writer = new RegisterWriter(template.variable);
  const options = new TemplateFields(template, template.scopeCount);
  writer.sampling(options);
  writer.field(options.get(160), Register.systemInitMs);
  if ((writer.registers & FACTS) === 0) return undefined;
  addScopes(template, writer);
  return {
    variable: template.variable,
    recordLength: template.minimumLength,
    registerOps: writer.finish(),
    registers: writer.registers,
  };
}

function addScopes(template: Template, writer: RegisterWriter): void {
  let offset = 0;
  for (let index = 0; index < template.scopeCount; index++) {
    const field = template.fields[index]!;
    const register = field.pen === 0 ? scopeRegister(template.version, field.id) : undefined;
    const placed: PlacedField = { ...field, index, offset };
    if (register !== undefined && field.length > 0 && isNumber(field.length)) writer.field(placed, register);
    offset += field.length;
  }
}

const isNumber = (length: number): boolean => length <= 8 || length === 65_535;

function scopeRegister(version: 9 | 10, id: number): number | undefined {
  if (version === 9) return id === V9_INTERFACE ? Register.anyInterface : undefined;
  switch (id) {
    case 10:
      return Register.ingressInterface;
    case 14:
      return Register.egressInterface;
    case 48:
      return Register.samplerId;
    case 302:
      return Register.selectorId;
    default:
      return undefined;
  }
}

const rate = new Uint32Array(2);

/** Takes in what one options record tells, from the registers that its plan has filled. */
export function learnFrom(plan: OptionsPlan, registers: Uint32Array, facts: DomainFacts): void {
  const present = plan.registers;
  const valueOf = (register: number) =>
    (present & registerBit(register)) === 0 ? undefined : toNumber(registers, register);
  const started = valueOf(Register.systemInitMs);
  if (started !== undefined) facts.exporterStartMs = started;
  if (!putRecordRate(rate, registers, present)) return;
  const either = valueOf(Register.anyInterface);
  const scope: RateScope = {
    samplerId: valueOf(Register.samplerId),
    selectorId: valueOf(Register.selectorId),
    inputInterface: valueOf(Register.ingressInterface) ?? either,
    outputInterface: valueOf(Register.egressInterface) ?? either,
  };
  const learned: Rate = { low: rate[0]!, high: rate[1]! };
  facts.rates.learn(scope, learned);
}

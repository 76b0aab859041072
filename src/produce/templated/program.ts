import { Compilable } from '../../codegen/compile-cache.ts';
import { compileFill, fieldsRead } from '../../codegen/fill.ts';
import type { Fill } from '../../codegen/fill.ts';
import { compileWalk } from '../../codegen/walk.ts';
import type { Walk } from '../../codegen/walk.ts';
import type { TemplateField } from '../../decode/templates/template.ts';
import type { Interpreter } from './interpreter.ts';
import type { Plan } from './plan.ts';
import { unsettledWords } from './writes.ts';

/** What is done with each record. */
export interface Steps {
  /** Finds the fields of a record with variable lengths; undefined where the walker does that, or nobody has to. */
  readonly walk: Walk | undefined;
  /** Reads what is no column into the registers. */
  readonly registers: Fill;
  /** Fills the flow, which is a copy of the base. */
  readonly columns: Fill;
  /** Whether {@link columns} makes it that again after the record before, as far as columns and enrichers changed it. */
  readonly restores: boolean;
}

/** Where the values of a thread's records go. */
export interface Target {
  readonly words: Uint32Array;
  readonly registers: Uint32Array;
  readonly interpreter: Interpreter;
  /** What a flow is before its record is read. */
  readonly base: Uint32Array;
  /** Words that others may write once the flow was emitted; undefined: any. */
  readonly enriched: readonly number[] | undefined;
}

/** A plan with the steps that carry it out: interpreted, and once it is worth it compiled. */
export class Program extends Compilable<Steps> {
  readonly plan: Plan;
  readonly fields: number;
  readonly interpretedSteps: Steps;
  readonly #fields: readonly TemplateField[];
  readonly #target: Target;

  constructor(plan: Plan, fields: readonly TemplateField[], target: Target) {
    super();
    this.plan = plan;
    this.fields = fields.length;
    this.#fields = fields;
    this.#target = target;
    this.interpretedSteps = {
      walk: undefined,
      registers: interpret(plan.registerOps, target.registers, target.interpreter),
      columns: interpret(plan.ops, target.words, target.interpreter),
      restores: false,
    };
  }

  compile(): { readonly code: Steps; readonly size: number } {
    const { plan } = this;
    const { words, registers, interpreter, base, enriched } = this.#target;
    // a packet that a record carries may have any column
    const unsettled = plan.section === undefined ? unsettledWords(plan.ops) : undefined;
    const restores = unsettled !== undefined && enriched !== undefined;
    const restored = new Set(restores ? [...unsettled, ...enriched] : []);
    const columnsFill = compileFill(plan.ops, plan.variable, { words, interpreter, base, restored });
    const registersFill = compileFill(plan.registerOps, plan.variable, { words: registers, interpreter });
    const walk = plan.variable ? compileWalk(this.#fields, this.#wanted()) : undefined;
    return {
      code: { walk: walk?.run, registers: registersFill.run, columns: columnsFill.run, restores },
      size: columnsFill.size + registersFill.size + (walk?.size ?? 0),
    };
  }

  #wanted(): ReadonlySet<number> {
    const { ops, registerOps, section } = this.plan;
    const wanted = new Set([...fieldsRead(ops), ...fieldsRead(registerOps)]);
    if (section !== undefined) wanted.add(section.field);
    return wanted;
  }
}

/** Whether records have something beside columns, which is read before these. */
export function readsMore({ registers, section }: Plan): boolean {
  return registers !== 0 || section !== undefined;
}

function interpret(ops: Int32Array, words: Uint32Array, interpreter: Interpreter): Fill {
  return (bytes, view, at, offsets, lengths) => interpreter.run(ops, words, bytes, view, at, offsets, lengths);
}

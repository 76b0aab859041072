import { Compilable } from '../../codegen/compile-cache.ts';
import { code } from '../../codegen/code.ts';
import type { Code } from '../../codegen/code.ts';
import { compileFill, emitFill } from '../../codegen/fill.ts';
import type { Fill } from '../../codegen/fill.ts';
import type { MessageRun } from '../../codegen/message-run.ts';
import type { Source } from '../../codegen/source.ts';
import type { TemplateField } from '../../decode/templates/template.ts';
import { columns } from '../../flow/fields.ts';
import type { Interpreter } from './interpreter.ts';
import type { Straight } from '../producer.ts';
import type { Plan } from './plan.ts';
import { takeConstants, unsettledWords, writtenWords } from './writes.ts';

/** What is done with each record. */
export interface Steps {
  /** Whether the two below find the fields of variable length themselves; interpreted, they have to be told. */
  readonly walk: boolean;
  /** Reads what is no column into the registers. */
  readonly registers: Fill;
  /** Words that are the same in all records, with their values, by twos: put into the flow before the first one. */
  readonly constants: Int32Array;
  /** Fills the flow, which is a copy of the base with the constants in it. */
  readonly columns: Fill;
  /** Whether {@link columns} makes it that again after the record before, as far as columns and enrichers changed it. */
  readonly restores: boolean;
  /** Writes flows as messages, and with `reads` makes them of the records first. */
  readonly straight?: { readonly run: MessageRun; readonly reads: boolean } | undefined;
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
  /** Words that the base, or what is put into a flow beside its columns, may give a value, with the largest one. */
  readonly given: readonly (readonly [word: number, most: number])[];
  /** How flows become messages with nothing in between; undefined where something is. */
  straight?: Straight | undefined;
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
      walk: false,
      registers: interpret(plan.registerOps, plan.recordLength, target.registers, target.interpreter),
      constants: new Int32Array(0),
      columns: interpret(plan.ops, plan.recordLength, target.words, target.interpreter),
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
    const { recordLength, section } = plan;
    const fields = plan.variable ? this.#fields : undefined;
    const { once, each } = restores
      ? takeConstants(plan.ops, new Set(enriched))
      : { once: new Int32Array(0), each: plan.ops };
    const columnsFill = compileFill(each, { recordLength, fields }, { words, interpreter, base, restored });
    const layout = { recordLength, fields, shown: section?.field };
    const registersFill = compileFill(plan.registerOps, layout, { words: registers, interpreter });
    const straight = restores ? this.#goStraight(each, restored) : undefined;
    return {
      code: {
        walk: plan.variable,
        registers: registersFill.run,
        constants: once,
        columns: columnsFill.run,
        restores,
        straight,
      },
      size: columnsFill.size + registersFill.size + (straight?.run.size ?? 0),
    };
  }

  /** Reading and writing in one; where records have more to say than columns, writing alone. */
  #goStraight(each: Int32Array, restored: ReadonlySet<number>): Steps['straight'] {
    const { plan } = this;
    const { words: flow, interpreter, base, given, straight } = this.#target;
    const written = writtenWords(plan.ops);
    if (straight === undefined || written === undefined || lists.some((word) => written.has(word))) return undefined;
    const fields = plan.variable ? this.#fields : undefined;
    const reads = plan.registers === 0;
    const words = new Map([...written, ...given]);
    const byRecord = writtenWords(each)!;
    const same = reads ? new Set([...words.keys()].filter((word) => !byRecord.has(word))) : undefined;
    const shape = { words, entries: 0, same };
    const run = straight(shape, reads ? fill : undefined);
    return run && { run, reads };

    function fill(source: Source): Code {
      if (fields !== undefined) {
        const [offsets, lengths] = [new Int32Array(fields.length), new Int32Array(fields.length)];
        source.emit(code`const offsets = ${source.bind(offsets)}, lengths = ${source.bind(lengths)};`);
      }
      const layout = { recordLength: plan.recordLength, fields };
      return emitFill(source, each, layout, { words: flow, interpreter, base, restored });
    }
  }
}

/** Words that count the entries of lists, of which nobody knows how many there may be. */
const lists = columns.filter(({ list }) => list >= 0).map(({ slot }) => slot);

function interpret(ops: Int32Array, recordLength: number, words: Uint32Array, interpreter: Interpreter): Fill {
  return (bytes, view, at, offsets, lengths) => {
    interpreter.run(ops, words, bytes, view, at, offsets, lengths);
    return at + recordLength;
  };
}

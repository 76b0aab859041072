import type { Template, TemplateField } from '../../decode/templates/template.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { ElementMappings } from '../mapped/element-mappings.ts';
import { buildPlan } from './build-plan.ts';
import { buildOptionsPlan } from './options.ts';
import type { OptionsPlan } from './options.ts';
import { buildNamesPlan } from './options-names.ts';
import type { NamesPlan } from './options-names.ts';
import { Program } from './program.ts';
import type { Target } from './program.ts';
import { UnknownElements } from './unknown-elements.ts';

/** What is learned from the records of an options template: nothing, where it is undefined. */
export interface OptionsPlans {
  readonly facts: OptionsPlan | undefined;
  readonly names: NamesPlan | undefined;
}

type ProgramOfFields = WeakMap<readonly TemplateField[], Program>;

/**
 * The plans of templates, each made when its first data comes and gone with its template. Templates with equal fields
 * share one, whichever exporters they are of.
 */
export class Plans {
  /** Elements in templates with data that are in no registry known here. */
  readonly unknownElements = new UnknownElements();
  readonly #counters: Counters;
  readonly #target: Target;
  readonly #mapped: ElementMappings | undefined;
  readonly #v9: ProgramOfFields = new WeakMap();
  readonly #ipfix: ProgramOfFields = new WeakMap();
  /** The program that was asked for last. */
  #last: Program | undefined;
  #lastFields: readonly TemplateField[] | undefined;
  #lastVersion = 0;
  readonly #options = new WeakMap<Template, OptionsPlans>();

  constructor(counters: Counters, target: Target, mapped?: ElementMappings) {
    this.#counters = counters;
    this.#target = target;
    this.#mapped = mapped;
  }

  of(template: Template): Program {
    const { fields, version } = template;
    if (fields !== this.#lastFields || version !== this.#lastVersion) {
      this.#last = this.#find(template);
      this.#lastFields = fields;
      this.#lastVersion = version;
    }
    return this.#last!;
  }

  #find(template: Template): Program {
    const programs = template.version === 9 ? this.#v9 : this.#ipfix;
    let program = programs.get(template.fields);
    if (program === undefined) {
      program = new Program(buildPlan(template, this.#mapped), template.fields, this.#target);
      programs.set(template.fields, program);
      this.#note(template);
    }
    return program;
  }

  ofOptions(template: Template): OptionsPlans {
    let known = this.#options.get(template);
    if (known === undefined) {
      known = { facts: buildOptionsPlan(template), names: buildNamesPlan(template) };
      this.#options.set(template, known);
      this.#note(template);
    }
    return known;
  }

  #note(template: Template): void {
    this.#counters.add('notices:unknown_element', this.unknownElements.note(template));
  }
}

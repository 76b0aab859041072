import type { Template, TemplateField } from '../../decode/templates/template.ts';
import type { Counters } from '../../metrics/counters.ts';
import { buildPlan } from './build-plan.ts';
import { buildOptionsPlan } from './options.ts';
import type { OptionsPlan } from './options.ts';
import type { Plan } from './plan.ts';
import { UnknownElements } from './unknown-elements.ts';

type PlanOfFields = WeakMap<readonly TemplateField[], Plan>;

/**
 * The plans of templates, each made when its first data comes and gone with its template. Templates with equal fields
 * share one, whichever exporters they are of.
 */
export class Plans {
  /** Elements in templates with data that are in no registry known here. */
  readonly unknownElements = new UnknownElements();
  readonly #counters: Counters;
  readonly #v9: PlanOfFields = new WeakMap();
  readonly #ipfix: PlanOfFields = new WeakMap();
  readonly #options = new WeakMap<Template, { readonly plan: OptionsPlan | undefined }>();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  of(template: Template): Plan {
    const plans = template.version === 9 ? this.#v9 : this.#ipfix;
    let plan = plans.get(template.fields);
    if (plan === undefined) {
      plan = buildPlan(template);
      plans.set(template.fields, plan);
      this.#note(template);
    }
    return plan;
  }

  /** Undefined when nothing is learned from its records. */
  ofOptions(template: Template): OptionsPlan | undefined {
    let known = this.#options.get(template);
    if (known === undefined) {
      known = { plan: buildOptionsPlan(template) };
      this.#options.set(template, known);
      this.#note(template);
    }
    return known.plan;
  }

  #note(template: Template): void {
    this.#counters.add('notices:unknown_element', this.unknownElements.note(template));
  }
}

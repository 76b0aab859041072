import { ContextPart } from '../../flow/flow-context.ts';
import type { FlowContext, FragmentBank } from '../../flow/flow-context.ts';
import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { ContextOutput } from '../context/fragments.ts';
import type { LearnedNames } from './learned-names.ts';
import type { NameEntry } from './name-entries.ts';
import { NameFragments } from './name-fragments.ts';
import { kindNumbers } from './told-name.ts';

const IN_IF = slotOf('in_if');
const OUT_IF = slotOf('out_if');
const INGRESS_VRF = slotOf('ingress_vrf_id');
const EGRESS_VRF = slotOf('egress_vrf_id');
const APPLICATION_ID = slotOf('application_id');

const { exporter: EXPORTER, interface: INTERFACE, vrf: VRF, application: APPLICATION } = kindNumbers;

const { exporter, inIf, outIf, ingressVrf, egressVrf, application } = ContextPart;

/** Gives flows the names that their exporter has told, where the context that was given says nothing. */
export class LearnedContext {
  readonly #names: LearnedNames;
  readonly #fragments: NameFragments;
  /** The banks that flows had before, and those with learned names in some of their places. */
  #given: readonly FragmentBank[] = [];
  #banks: FragmentBank[] = [];

  constructor(names: LearnedNames, output: ContextOutput) {
    this.#names = names;
    this.#fragments = new NameFragments(output);
  }

  /** Fills the parts of the context that are empty. */
  fill({ words, context }: FlowRecord): void {
    const domain = this.#names.current;
    if (domain === undefined) return;
    const { fragments } = context;
    const { kinds } = domain;
    this.#given = context.banks;
    const interfaces = kinds[INTERFACE];
    if (interfaces !== undefined) {
      if (fragments[inIf] === 0) this.#put(context, inIf, interfaces.get(0, words[IN_IF]!), false);
      if (fragments[outIf] === 0) this.#put(context, outIf, interfaces.get(0, words[OUT_IF]!), true);
    }
    const vrfs = kinds[VRF];
    if (vrfs !== undefined) {
      if (fragments[ingressVrf] === 0) this.#put(context, ingressVrf, vrfs.get(0, words[INGRESS_VRF]!), false);
      if (fragments[egressVrf] === 0) this.#put(context, egressVrf, vrfs.get(0, words[EGRESS_VRF]!), true);
    }
    const applications = kinds[APPLICATION];
    if (applications !== undefined && fragments[application] === 0) {
      this.#put(context, application, applications.get(words[APPLICATION_ID + 1]!, words[APPLICATION_ID]!), false);
    }
    const exporters = kinds[EXPORTER];
    if (exporters !== undefined && fragments[exporter] === 0) {
      this.#put(context, exporter, exporters.get(0, 0), false);
    }
  }

  #put(context: FlowContext, part: ContextPart, entry: NameEntry | undefined, second: boolean): void {
    if (entry === undefined || !this.#names.holds(entry)) return;
    const fragment = this.#fragments.of(entry, second);
    if (fragment === 0) return;
    if (context.banks === this.#given) this.#mix(context);
    context.fragments[part] = fragment;
    this.#banks[part] = this.#fragments.bank;
  }

  /** From now on the flow has banks of its own, filled anew for each flow like all of it. */
  #mix(context: FlowContext): void {
    const [from, to] = [this.#given, this.#banks];
    for (let i = 0; i < from.length; i++) to[i] = from[i]!;
    context.banks = to;
  }
}

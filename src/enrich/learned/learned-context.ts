import { ContextPart } from '../../flow/flow-context.ts';
import type { FlowContext, FragmentBank } from '../../flow/flow-context.ts';
import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { ContextOutput } from '../context/fragments.ts';
import type { LearnedNames } from './learned-names.ts';
import { NameFragments } from './name-fragments.ts';
import type { NameKind } from './told-name.ts';

const IN_IF = slotOf('in_if');
const OUT_IF = slotOf('out_if');
const INGRESS_VRF = slotOf('ingress_vrf_id');
const EGRESS_VRF = slotOf('egress_vrf_id');
const APPLICATION = slotOf('application_id');

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
    if (this.#names.current === undefined) return;
    this.#given = context.banks;
    const { fragments } = context;
    if (fragments[exporter] === 0) this.#put(context, exporter, 'exporter', 0, 0, false);
    if (fragments[inIf] === 0) this.#put(context, inIf, 'interface', 0, words[IN_IF]!, false);
    if (fragments[outIf] === 0) this.#put(context, outIf, 'interface', 0, words[OUT_IF]!, true);
    if (fragments[ingressVrf] === 0) this.#put(context, ingressVrf, 'vrf', 0, words[INGRESS_VRF]!, false);
    if (fragments[egressVrf] === 0) this.#put(context, egressVrf, 'vrf', 0, words[EGRESS_VRF]!, true);
    if (fragments[application] !== 0) return;
    this.#put(context, application, 'application', words[APPLICATION + 1]!, words[APPLICATION]!, false);
  }

  #put(context: FlowContext, part: ContextPart, kind: NameKind, high: number, low: number, second: boolean): void {
    const entry = this.#names.find(kind, high, low);
    const fragment = entry === undefined ? 0 : this.#fragments.of(entry, second);
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

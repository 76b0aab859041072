import { ContextPart } from '../../flow/flow-context.ts';
import type { FlowContext } from '../../flow/flow-context.ts';
import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import { counterIndex } from '../../metrics/counters.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { Enricher } from '../enricher.ts';
import type { LearnedContext } from '../learned/learned-context.ts';
import type { ContextModel } from './context-model.ts';
import { directionOf } from './direction.ts';

const LOOKUPS = counterIndex('context_lookups');
const HITS = counterIndex('context_hits');

const SAMPLING_RATE = slotOf('sampling_rate');
const SRC_ADDR = slotOf('src_addr');
const DST_ADDR = slotOf('dst_addr');
const SAMPLER_ADDRESS = slotOf('sampler_address');
const IN_IF = slotOf('in_if');
const OUT_IF = slotOf('out_if');
const INGRESS_VRF = slotOf('ingress_vrf_id');
const EGRESS_VRF = slotOf('egress_vrf_id');
const PROTO = slotOf('proto');
const SRC_PORT = slotOf('src_port');
const DST_PORT = slotOf('dst_port');

const { sourceGroup, destinationGroup, source, destination, exporter, inIf, outIf } = ContextPart;
const { ingressVrf, egressVrf, application, direction } = ContextPart;

/** Gives each flow its context, and what its exporter's sampling rate is said to be (D-7), out of the generation at work. */
export class ContextEnricher implements Enricher {
  readonly columns = ['sampling_rate'] as const;
  readonly #values: Float64Array;
  #model: ContextModel;
  readonly #learned: LearnedContext | undefined;
  readonly #memo: ExporterMemo;
  /** The context whose parts are empty but for those of networks, and stay so, since this generation has nothing else. */
  #settled: FlowContext | undefined;

  /** @param learned what exporters have told, for where the context that was given says nothing */
  constructor(model: ContextModel, counters: Counters, learned?: LearnedContext) {
    this.#model = model;
    this.#learned = learned;
    this.#values = counters.values;
    this.#memo = new ExporterMemo();
  }

  /** The generation at work. To be set between two datagrams. */
  get model(): ContextModel {
    return this.#model;
  }

  set model(model: ContextModel) {
    this.#model = model;
    this.#memo.forget();
    this.#settled = undefined;
  }

  enrich(flow: FlowRecord): void {
    const { networks, banks } = this.#model;
    const { context } = flow;
    const { fragments } = context;
    context.banks = banks;

    const from = networks.lookup(flow, SRC_ADDR);
    const to = networks.lookup(flow, DST_ADDR);
    const { entries } = networks;
    fragments[sourceGroup] = entries[from]!;
    fragments[destinationGroup] = entries[to + 1]!;
    fragments[source] = entries[from + 2]!;
    fragments[destination] = entries[to + 3]!;
    this.#values[LOOKUPS]! += 2;
    this.#values[HITS]! += (-from >>> 31) + (-to >>> 31); // one for each that is not 0
    if (context !== this.#settled) this.#enrichBeyond(flow, from, to);
  }

  /** Fills in what is not of networks. */
  #enrichBeyond(flow: FlowRecord, from: number, to: number): void {
    const { networks, exporters, applications, networksOnly } = this.#model;
    const { words, context } = flow;
    const { fragments } = context;
    const known = exporters.prefixes === 0 ? 0 : this.#memo.find(flow, this.#model);
    if (known === 0) {
      // One by one: the built-in takes five times as long.
      fragments[exporter] = fragments[inIf] = fragments[outIf] = 0;
      fragments[ingressVrf] = fragments[egressVrf] = 0;
    } else {
      this.#putRate(words, exporters.overrideRate(known), exporters.defaultRate(known));
      fragments[exporter] = exporters.fragment(known);
      fragments[inIf] = exporters.input(known, words[IN_IF]!);
      fragments[outIf] = exporters.output(known, words[OUT_IF]!);
      fragments[ingressVrf] = exporters.ingressVrf(known, words[INGRESS_VRF]!);
      fragments[egressVrf] = exporters.egressVrf(known, words[EGRESS_VRF]!);
    }

    fragments[application] =
      applications.rules === 0
        ? 0
        : applications.lookup(networks, words[PROTO]!, words[SRC_PORT]!, words[DST_PORT]!, from, to);
    fragments[direction] = this.#model.bounded ? this.#direction(fragments) : 0;
    this.#learned?.fill(flow);
    if (networksOnly && this.#learned === undefined) this.#settled = context;
  }

  #direction(fragments: Uint32Array): number {
    const { networks, exporters, applications } = this.#model;
    const cameFrom = exporters.bank.boundary(fragments[inIf]!) || networks.bank.boundary(fragments[source]!);
    const wentTo = exporters.bank.boundary(fragments[outIf]!) || networks.bank.boundary(fragments[destination]!);
    return applications.directions[directionOf(cameFrom, wentTo)]!;
  }

  /** An override goes above what the exporter has told, a default stands where it has told nothing. */
  #putRate(words: Uint32Array, override: number, fallback: number): void {
    const told = (words[SAMPLING_RATE]! | words[SAMPLING_RATE + 1]!) !== 0;
    const rate = override !== 0 || told ? override : fallback;
    if (rate === 0) return;
    words[SAMPLING_RATE] = rate;
    words[SAMPLING_RATE + 1] = 0;
  }
}

/** The exporter of the flow before: flows of one datagram have one exporter. */
class ExporterMemo {
  readonly #words = new Uint32Array(5);
  #exporter = -1;

  forget(): void {
    this.#exporter = -1;
  }

  find(flow: FlowRecord, { exporters }: ContextModel): number {
    const { words } = flow;
    const known = this.#words;
    let same = this.#exporter >= 0;
    for (let i = 0; i < 5; i++) {
      if (known[i] === words[SAMPLER_ADDRESS + i]) continue;
      known[i] = words[SAMPLER_ADDRESS + i]!;
      same = false;
    }
    if (!same) this.#exporter = exporters.lookup(flow, SAMPLER_ADDRESS);
    return this.#exporter;
  }
}

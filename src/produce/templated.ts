import { codegenAvailable } from '../codegen/available.ts';
import { CompileCache } from '../codegen/compile-cache.ts';
import type { CompileLimits } from '../codegen/compile-cache.ts';
import { wordsUpTo } from '../codegen/message-run.ts';
import type { HeaderParser } from '../decode/headers/header-parser.ts';
import {
  COMPILE_AFTER_RECORDS,
  MAX_COMPILED_BYTES,
  MAX_COMPILED_FIELDS,
  MAX_COMPILED_TEMPLATES,
  MAX_COMPILES_PER_SECOND,
} from '../decode/limits.ts';
import type { SetView, TemplatedPacket } from '../decode/packet.ts';
import { RecordWalker } from '../decode/templates/records.ts';
import type { Template } from '../decode/templates/template.ts';
import { FlowType, column, slotOf, wordsOf } from '../flow/fields.ts';
import type { ColumnName } from '../flow/fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import { nearestTo, putSeconds, toNumber } from '../flow/u64.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { Counters } from '../metrics/counters.ts';
import { putDatagramColumns, putSource } from './datagram-columns.ts';
import type { Emit, Straight } from './producer.ts';
import type { ElementMappings } from './mapped/element-mappings.ts';
import { DomainFactsTable } from './templated/domain-facts.ts';
import type { DomainFacts } from './templated/domain-facts.ts';
import { Interpreter } from './templated/interpreter.ts';
import type { NameSink } from './templated/name-sink.ts';
import { learnFrom } from './templated/options.ts';
import type { OptionsPlan } from './templated/options.ts';
import { readNames } from './templated/options-names.ts';
import type { NamesPlan } from './templated/options-names.ts';
import { REGISTER_WORDS, Register } from './templated/plan.ts';
import type { Plan } from './templated/plan.ts';
import { Plans } from './templated/plans.ts';
import type { Program, Steps, Target } from './templated/program.ts';
import { putRecordRate } from './templated/record-rate.ts';
import { registerBit } from './templated/registers.ts';
import { readSampledPacket } from './templated/sampled-packet.ts';

const SAMPLING_RATE = slotOf('sampling_rate');
const DOMAIN = slotOf('observation_domain_id');
const START = slotOf('time_flow_start_ns');
const END = slotOf('time_flow_end_ns');
const IN_IF = slotOf('in_if');
const OUT_IF = slotOf('out_if');

const SAMPLER_ID = registerBit(Register.samplerId);
const SELECTOR_ID = registerBit(Register.selectorId);

/** What is compiled unless somebody says otherwise. */
export const compileLimits: CompileLimits = {
  afterRecords: COMPILE_AFTER_RECORDS,
  perSecond: MAX_COMPILES_PER_SECOND,
  fields: MAX_COMPILED_FIELDS,
  plans: MAX_COMPILED_TEMPLATES,
  bytes: MAX_COMPILED_BYTES,
};

export interface TemplatedProducerOptions {
  /** Whether code may be generated for templates; where the process forbids that, it is not. True by default. */
  readonly codegen?: boolean | undefined;
  readonly compileLimits?: CompileLimits | undefined;
  /** Elements that a mapping file sends somewhere. */
  readonly mapped?: ElementMappings | undefined;
  /** What options data tells, for whoever wants to know it too. */
  readonly facts?: DomainFactsTable | undefined;
  /** Takes the names in options data; they are passed over where there is none. */
  readonly names?: NameSink | undefined;
  /** Columns that enrichers may write; undefined: any. */
  readonly enriched?: readonly ColumnName[] | undefined;
}

/** Columns that a flow has whatever its record says: those of the packet, and the sampling rate. */
const given = [
  'type',
  'time_received_ns',
  'sequence_num',
  'sampling_rate',
  'sampler_address',
  'observation_domain_id',
  'time_flow_start_ns',
  'time_flow_end_ns',
] as const satisfies readonly ColumnName[];

/** 2000-01-01: an exporter whose clock shows an earlier time has not set it. */
const CLOCK_IS_SET = 946_684_800;

/**
 * Flows out of the data sets of NetFlow v9 and IPFIX, one a record.
 *
 * Options data is learned from first, all of it, so that it holds for the whole packet. Each template has a plan
 * ({@link file://./templated/plan.ts}), which is made when its first data comes; a set is then a loop over its
 * records that runs the plan.
 */
export class TemplatedProducer {
  readonly #flow: FlowRecord;
  readonly #counters: Counters;
  readonly #headers: HeaderParser;
  readonly #base: FlowRecord;
  readonly #interpreter: Interpreter;
  readonly #target: Target;
  readonly #walker = new RecordWalker();
  readonly #registers = new Uint32Array(REGISTER_WORDS);
  readonly #rate = new Uint32Array(2);
  readonly #facts: DomainFactsTable;
  readonly #names: NameSink | undefined;
  /** Plans, and the elements in them that nobody knows. */
  readonly plans: Plans;
  readonly #code: CompileCache | undefined;
  #domain: DomainFacts | undefined;
  // of the packet at hand, by notice
  #ratesUnknown = 0;
  #sectionsUnread = 0;

  /** @param flow what is emitted, filled again for each record */
  constructor(flow: FlowRecord, counters: Counters, headers: HeaderParser, options: TemplatedProducerOptions = {}) {
    this.#flow = flow;
    this.#counters = counters;
    this.#headers = headers;
    this.#base = new FlowRecord(flow.custom);
    this.#facts = options.facts ?? new DomainFactsTable();
    this.#names = options.names;
    const interpreter = new Interpreter(flow, options.mapped?.stores);
    this.#interpreter = interpreter;
    this.#target = {
      words: flow.words,
      registers: this.#registers,
      interpreter,
      base: this.#base.words,
      enriched: options.enriched?.flatMap((name) => wordsOf(column(name))),
      given: wordsUpTo(2 ** 64, given),
    };
    this.plans = new Plans(counters, this.#target, options.mapped);
    if (options.codegen !== false && codegenAvailable()) {
      this.#code = new CompileCache(options.compileLimits ?? compileLimits, counters);
    }
  }

  /** See {@link file://./producer.ts}; for templates that are compiled from now on. */
  goStraight(straight: Straight | undefined): void {
    this.#target.straight = straight;
  }

  produce(packet: TemplatedPacket, datagram: Datagram, emit: Emit): void {
    const names = this.#names;
    if (names === undefined) return this.#produce(packet, datagram, emit);
    names.begin(datagram.source.text, packet.version, packet.domain);
    try {
      this.#produce(packet, datagram, emit);
    } finally {
      names.end();
    }
  }

  #produce(packet: TemplatedPacket, datagram: Datagram, emit: Emit): void {
    this.#beginPacket(packet, datagram);
    const { sets, setCount } = packet;
    for (let i = 0; i < setCount; i++) {
      const set = sets[i]!;
      if (set.kind === 'options_data') this.#learn(packet, datagram, set, set.template!);
    }
    this.#domain = this.#facts.find(datagram.source.text, packet.version, packet.domain);
    this.#interpreter.context.exporterStartMs = this.#domain?.exporterStartMs ?? -1;
    for (let i = 0; i < setCount; i++) {
      const set = sets[i]!;
      if (set.kind === 'data' && set.records > 0) this.#fill(datagram, set, this.plans.of(set.template!), emit);
    }
    this.#countNotices();
  }

  #beginPacket(packet: TemplatedPacket, datagram: Datagram): void {
    const base = this.#base;
    const { words } = base;
    const { source, received } = datagram;
    putDatagramColumns(base, datagram, packet.version === 9 ? FlowType.NETFLOW_V9 : FlowType.IPFIX, packet.sequence);
    putSource(base, source);
    words[DOMAIN] = packet.domain;
    const now = Math.floor(toNumber(received, 0) / 1e9);
    const { context } = this.#interpreter;
    context.exportSeconds = Math.max(packet.exportSeconds, nearestTo(packet.exportSeconds, now));
    context.nearSeconds = context.exportSeconds < CLOCK_IS_SET ? now : context.exportSeconds;
    context.sysUptimeMs = packet.sysUptimeMs;
    putSeconds(context.exportTime, 0, context.exportSeconds, 0);
    words.set(context.exportTime, START);
    words.set(context.exportTime, END);
  }

  /** Learns from options data what its plans look for. */
  #learn(packet: TemplatedPacket, datagram: Datagram, set: SetView, template: Template): void {
    this.#counters.add('records_dropped:no_flow', set.records);
    if (set.records === 0) return;
    const { facts, names } = this.plans.ofOptions(template);
    if (facts !== undefined) this.#learnFacts(packet, datagram, set, template, facts);
    if (names !== undefined && this.#names !== undefined) this.#learnNames(datagram, set, template, names, this.#names);
  }

  #learnNames({ bytes }: Datagram, set: SetView, template: Template, plan: NamesPlan, sink: NameSink): void {
    const variable = plan.variable ? this.#walk({ bytes }, set, template) : undefined;
    for (let i = 0, at = set.at; i < set.records; i++, at += plan.recordLength) {
      if (variable !== undefined) variable.next();
      readNames(plan, bytes, at, variable?.offsets, variable?.lengths, sink);
    }
  }

  #learnFacts(packet: TemplatedPacket, datagram: Datagram, set: SetView, template: Template, plan: OptionsPlan): void {
    const registers = this.#registers;
    this.#facts.update(datagram.source.text, packet.version, packet.domain, (facts) => {
      const variable = plan.variable ? this.#walk(datagram, set, template) : undefined;
      for (let i = 0, at = set.at; i < set.records; i++, at += plan.recordLength) {
        if (variable !== undefined) variable.next();
        registers.fill(0);
        const { bytes, view } = datagram;
        this.#interpreter.run(plan.registerOps, registers, bytes, view, at, variable?.offsets, variable?.lengths);
        learnFrom(plan, registers, facts);
      }
    });
  }

  #walk(datagram: Pick<Datagram, 'bytes'>, set: SetView, template: Template): RecordWalker {
    this.#walker.begin(datagram, template, set.at, set.end);
    return this.#walker;
  }

  #fill(datagram: Datagram, set: SetView, program: Program, emit: Emit): void {
    const { records } = set;
    const { plan } = program;
    if (plan.noDirection) {
      this.#counters.add('records_dropped:no_direction', records);
      return;
    }
    this.#countFields(plan, records);
    const rateByRecord = this.#beginRates(plan);
    const { bytes, view } = datagram;
    const steps = this.#code?.codeFor(program, records) ?? program.interpretedSteps;
    const { constants, columns } = steps;
    const flow = this.#flow;
    const { words } = flow;
    const base = this.#base.words;
    const walker = plan.variable ? this.#walk(datagram, set, set.template!) : undefined;
    const offsets = walker?.offsets;
    const lengths = walker?.lengths;
    const told = !steps.walk && walker !== undefined;
    const extra = plan.section !== undefined || (rateByRecord && plan.registers !== 0);
    const wholly = !steps.restores;
    const straight = this.#target.straight === undefined ? undefined : steps.straight;
    const run = straight?.run;
    const alone = straight?.reads === true && !rateByRecord;
    words.set(base);
    for (let i = 0; i < constants.length; i += 2) words[constants[i]!] = constants[i + 1]!;
    run?.begin();
    for (let i = 0, at = set.at; i < records; i++) {
      if (alone) {
        const written = run!.write(bytes, view, at, records - i);
        if (written > 0) at = run!.next;
        i += written;
        if (i === records) break;
      }
      if (told) walker.next();
      if (wholly && i > 0) words.set(base);
      if (extra) this.#readExtra(plan, steps, bytes, view, at, offsets, lengths);
      at = columns(bytes, view, at, offsets, lengths);
      if (rateByRecord) this.#putRate(plan);
      if (alone || run === undefined || straight!.reads || run.write(bytes, view, at, 1) === 0) emit(flow);
    }
    if (!rateByRecord && (base[SAMPLING_RATE]! | base[SAMPLING_RATE + 1]!) === 0) this.#ratesUnknown += records;
  }

  /** Reads what is no column: registers, and the packet that a record carries. */
  #readExtra(
    plan: Plan,
    steps: Steps,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    offsets: Int32Array | undefined,
    lengths: Int32Array | undefined,
  ): void {
    const registers = this.#registers;
    const { section } = plan;
    for (let i = 0; i < REGISTER_WORDS; i++) registers[i] = 0; // a call of fill costs more
    steps.registers(bytes, view, at, offsets, lengths);
    if (section === undefined) return;
    const start = offsets === undefined ? at + section.at : offsets[section.field]!;
    const length = lengths === undefined ? section.length : lengths[section.field]!;
    const flow = this.#flow;
    const headers = this.#headers;
    if (!readSampledPacket(flow, headers, section, registers, plan.registers, bytes, view, start, length)) {
      this.#sectionsUnread++;
    }
  }

  /** Whether the sampling rate has to be found record by record; where not, it is put into the base. */
  #beginRates(plan: Plan): boolean {
    const rates = this.#domain?.rates;
    const only = rates?.only;
    const base = this.#base.words;
    base[SAMPLING_RATE] = only?.low ?? 0;
    base[SAMPLING_RATE + 1] = only?.high ?? 0;
    return rates?.differ === true || plan.registersTellMore;
  }

  /**
   * The sampling rate of a flow (D-7): that of its record, else what options data has told of its sampler or selector,
   * of its interface, or of the whole domain, which the base has already; else 0, which is unknown.
   */
  #putRate(plan: Plan): void {
    const { words } = this.#flow;
    const registers = this.#registers;
    const rate = this.#rate;
    if ((plan.registers & ~(SAMPLER_ID | SELECTOR_ID)) !== 0 && putRecordRate(rate, registers, plan.registers)) {
      words[SAMPLING_RATE] = rate[0]!;
      words[SAMPLING_RATE + 1] = rate[1]!;
      return;
    }
    const told = this.#domain?.rates.of(
      (plan.registers & SAMPLER_ID) === 0 ? undefined : toNumber(registers, Register.samplerId),
      (plan.registers & SELECTOR_ID) === 0 ? undefined : toNumber(registers, Register.selectorId),
      words[IN_IF]!,
      words[OUT_IF]!,
    );
    if (told === undefined) this.#ratesUnknown++;
    words[SAMPLING_RATE] = told?.low ?? 0;
    words[SAMPLING_RATE + 1] = told?.high ?? 0;
  }

  #countFields(plan: Plan, records: number): void {
    const counters = this.#counters;
    if (plan.wrongSizes > 0) counters.add('notices:field_size', plan.wrongSizes * records);
    if (plan.totalBytes) counters.add('notices:total_octets', records);
    if (plan.totalPackets) counters.add('notices:total_packets', records);
  }

  #countNotices(): void {
    const counters = this.#counters;
    const interpreter = this.#interpreter;
    if (interpreter.wrongValues > 0) counters.add('notices:field_value', interpreter.wrongValues);
    if (interpreter.wrongSizes > 0) counters.add('notices:field_size', interpreter.wrongSizes);
    if (this.#ratesUnknown > 0) counters.add('notices:sampling_unknown', this.#ratesUnknown);
    if (this.#sectionsUnread > 0) counters.add('notices:section_unread', this.#sectionsUnread);
    interpreter.wrongValues = interpreter.wrongSizes = this.#ratesUnknown = this.#sectionsUnread = 0;
  }
}

import { allDecoders } from '../decode/all-decoders.ts';
import type { AllDecoders } from '../decode/all-decoders.ts';
import { Dispatch } from '../decode/dispatch.ts';
import { SequenceTracker } from '../decode/sequence/tracker.ts';
import { buildTemplateStore } from '../decode/templates/build-store.ts';
import { MeteredTemplateStore } from '../decode/templates/metered-store.ts';
import { PendingSets } from '../decode/templates/pending.ts';
import type { TemplateStore } from '../decode/templates/store.ts';
import type { ContextInUse } from '../enrich/context/compile-context.ts';
import { ContextEnricher } from '../enrich/context/context-enricher.ts';
import { ContextModel } from '../enrich/context/context-model.ts';
import { contextOutput } from '../enrich/context/context-output.ts';
import { LearnedContext } from '../enrich/learned/learned-context.ts';
import { LearnedNames } from '../enrich/learned/learned-names.ts';
import { buildFilter } from '../filter/filter.ts';
import { GeoIpEnricher } from '../enrich/geoip/geoip-enricher.ts';
import type { GeoIpTables } from '../enrich/geoip/geoip-enricher.ts';
import type { FilterCondition } from '../filter/filter.ts';
import type { Enricher } from '../enrich/enricher.ts';
import { Admission } from '../listen/admission.ts';
import type { AdmissionRules } from '../listen/admission.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Counters } from '../metrics/counters.ts';
import { counterIndex } from '../metrics/counters.ts';
import { ExporterBook } from '../metrics/exporter-book.ts';
import type { ExporterDetail } from '../metrics/exporter-detail.ts';
import { Levels } from '../metrics/levels.ts';
import { SeriesTable } from '../metrics/series-table.ts';
import { templateShape } from '../metrics/template-columns.ts';
import { customDecoders } from './custom-parts.ts';
import type { LoadedParts } from './custom-parts.ts';
import type { FlowSubjects } from './flow-subjects.ts';
import { ExporterMeter } from './exporter-meter.ts';
import type { ChainSettings } from './messages.ts';
import { Pipeline } from './pipeline.ts';
import type { Parts } from './pipeline.ts';
import { DomainFactsTable } from '../produce/templated/domain-facts.ts';
import { Scaling } from '../produce/scaling.ts';
import { buildProduction } from './production.ts';
import { Announcer } from './state/announcer.ts';
import type { StateNews } from './state/news.ts';
import { ownerOf, removeTemplate } from './state/shared-state.ts';

/** What a chain is given; the rest of its parts is built here. */
export type ChainContext = Pick<Parts, 'batches' | 'counters' | 'problems' | 'waitForRoom' | 'subjects'> & {
  /** Parts of a user's own; none by default. */
  readonly parts?: LoadedParts | undefined;
  /** Told of what exporters have told of themselves, for the other threads. */
  readonly onNews: (news: StateNews) => void;
};

/** The chain of one worker, by the names in its settings, and what it keeps between datagrams. */
export class Chain {
  readonly pipeline: Pipeline;
  readonly #templates: TemplateStore;
  readonly #facts = new DomainFactsTable();
  /** Names that options data has told; undefined where flows have no context. */
  readonly #names: LearnedNames | undefined;
  readonly #announcer: Announcer;
  readonly #pending: PendingSets;
  readonly #sequences: SequenceTracker;
  readonly #exporters: ExporterBook;
  readonly #levels: Levels;
  readonly #geoip: GeoIpEnricher | undefined;
  readonly #context: ContextEnricher | undefined;
  readonly #enrichers: readonly Enricher[];
  readonly #start: ChainSettings;
  readonly #counters: Counters;
  readonly #subjects: FlowSubjects | undefined;
  readonly #view: DataView;
  readonly #decoders: AllDecoders;
  readonly #makeFormat: LoadedParts['format'] | undefined;

  constructor(start: ChainSettings, context: ChainContext) {
    const { counters, subjects } = context;
    this.#start = start;
    this.#counters = counters;
    this.#subjects = subjects;
    this.#view = context.batches.view;
    const templates = buildTemplateStore(start.templates, counters);
    this.#templates = new MeteredTemplateStore(templates, new SeriesTable(templateShape, start.templateTable));
    this.#pending = new PendingSets({ counters });
    this.#exporters = new ExporterBook(start.exporters);
    this.#levels = new Levels(start.levels);
    this.#sequences = new SequenceTracker(counters, this.#exporters);
    this.#decoders = allDecoders({
      templates: this.#templates,
      pending: this.#pending,
      sequences: this.#sequences,
      counters,
    });
    const decoders = { ...this.#decoders, custom: customDecoders(context.parts, counters) };
    this.#makeFormat = context.parts?.format;
    if (start.geoip !== undefined) {
      this.#geoip = new GeoIpEnricher(start.geoip.tables, start.geoip.overwrite, counters);
    }
    if (start.context !== undefined) {
      const { learned, format } = start;
      this.#names = learned && this.#learnNames();
      const names = this.#names && new LearnedContext(this.#names, contextOutput(format, learned!.keys));
      this.#context = new ContextEnricher(new ContextModel(start.context.tables), counters, names);
    }
    this.#enrichers = [
      ...(this.#geoip === undefined ? [] : [this.#geoip]),
      ...(this.#context === undefined ? [] : [this.#context]),
      ...(start.scale === true ? [new Scaling(counters)] : []),
      ...(context.parts?.enrichers ?? []).map((make) => make(counters)),
    ];
    this.pipeline = new Pipeline({
      ...context,
      meter: new ExporterMeter(this.#exporters, counters.values, counterIndex('flows_produced')),
      decoder: new Dispatch(start.accepts, decoders, counters),
      produce: buildProduction(start, counters, {
        view: context.batches.view,
        facts: this.#facts,
        names: this.#names,
        makeFormat: this.#makeFormat,
        enrichers: this.#enrichers,
      }),
      enrichers: this.#enrichers,
      filter: start.filter && buildFilter(start.filter, start.codegen),
      separator: start.separator,
    });
    this.admit(start.admission);
    this.#announcer = new Announcer({
      templates: this.#templates,
      facts: this.#facts,
      names: this.#names,
      againMs: start.templates.ttlMs / 4,
      extendOnAccess: start.templates.extendOnAccess,
      post: context.onNews,
    });
  }

  /** Takes in what another thread knows, and decodes what has waited for it. */
  learn(news: StateNews): void {
    switch (news.about) {
      case 'template':
        this.#templates.put(ownerOf(news), news.template, news.exportSeconds);
        this.#release(news);
        break;
      case 'gone':
        this.#announcer.silently(() => removeTemplate(this.#templates, news));
        break;
      case 'proven':
        this.#templates.prove(news.address);
        this.#names?.prove(news.address);
        break;
      case 'clocks':
        for (const { owner, clock } of news.clocks) this.#templates.noteClock(owner, clock);
        break;
      case 'facts':
        for (const facts of news.facts) this.#facts.restore(facts);
        break;
      case 'names':
        for (const name of news.names) this.#names?.restore(name);
    }
  }

  /** Names count as soon as data of their exporter was decoded: see `templates`. */
  #learnNames(): LearnedNames {
    const templates = this.#templates;
    const isProven = (address: string): boolean => {
      for (const { proven } of templates.entriesOf(address)) return proven;
      return false;
    };
    const names = new LearnedNames({ counters: this.#counters, isProven });
    templates.subscribe((event, { address }) => {
      if (event === 'proven') names.prove(address);
    });
    return names;
  }

  #release(news: StateNews & { readonly about: 'template' }): void {
    const decoder = news.template.version === 9 ? this.#decoders.netflowV9 : this.#decoders.ipfix;
    this.pipeline.release((onPacket) => decoder.release(ownerOf(news), onPacket));
  }

  /** Decides who may send from now on. */
  admit(rules: AdmissionRules): void {
    const open = rules.allow.length === 0 && rules.deny.length === 0 && rules.ratePerSecond === 0;
    this.pipeline.admission = open ? undefined : new Admission(rules);
  }

  /** Takes a new generation of the context, between two datagrams. */
  useContext({ tables }: ContextInUse): void {
    if (this.#context !== undefined) this.#context.model = new ContextModel(tables);
  }

  /** Takes other databases, between two datagrams. */
  useDatabases(tables: GeoIpTables): void {
    this.#geoip?.use(tables);
  }

  /** Makes flows by another mapping, and filters by a condition that was read with it, from the next datagram on. */
  useMapping(mapping: Mapping, filter: FilterCondition | undefined): void {
    const around = {
      view: this.#view,
      facts: this.#facts,
      names: this.#names,
      makeFormat: this.#makeFormat,
      enrichers: this.#enrichers,
    };
    const produce = buildProduction({ ...this.#start, mapping }, this.#counters, around);
    this.pipeline.produceBy(produce, filter && buildFilter(filter, this.#start.codegen));
    this.#subjects?.useKey(mapping);
  }

  /** About once a second: gives up what has waited too long. */
  tick(nowMs: number): void {
    this.#templates.tick(nowMs);
    this.#names?.tick();
    this.#announcer.tick(nowMs);
    this.#pending.tick(nowMs);
    this.#sequences.tick(nowMs);
    this.#exporters.tick(nowMs);
    this.#levels.set('template_bytes', this.#templates.bytes);
    this.#levels.set('template_probation_bytes', this.#templates.probationBytes);
    this.#levels.set('learned_names', this.#names?.count ?? 0);
    this.#levels.set('learned_name_bytes', this.#names?.bytes ?? 0);
    this.#levels.set('pending_sets', this.#pending.count);
    this.#levels.set('pending_bytes', this.#pending.bytes);
  }

  /** What is known of each exporter, for people to read. */
  describe(): ExporterDetail[] {
    return this.#sequences.describe();
  }

  /** Nothing follows: what still waits is given up and counted. */
  stop(): void {
    this.#announcer.stop();
    this.#pending.stop();
    this.#sequences.stop();
  }
}

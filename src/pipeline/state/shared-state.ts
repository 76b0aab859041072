import { buildTemplateStore } from '../../decode/templates/build-store.ts';
import type { TemplateSettings } from '../../decode/templates/build-store.ts';
import type { OwnedClock, Owner, StoredTemplate, TemplateStore } from '../../decode/templates/store.ts';
import { sameDefinition } from '../../decode/templates/template.ts';
import type { Template } from '../../decode/templates/template.ts';
import { LearnedNames } from '../../enrich/learned/learned-names.ts';
import type { ToldName } from '../../enrich/learned/told-name.ts';
import { Counters } from '../../metrics/counters.ts';
import { DomainFactsTable } from '../../produce/templated/domain-facts.ts';
import type { ToldFacts } from '../../produce/templated/domain-facts.ts';
import type { StateNews, TemplateNews } from './news.ts';

/** Told of all news; `from` is what {@link SharedState.take} was given, `isNew` whether anything was not known so. */
export type StateListener = (news: StateNews, from: unknown, isNew: boolean) => void;

/**
 * What all threads together know of exporters, on the main thread. It takes news from wherever they come (a worker, a
 * file, another collector), within the same bounds as a worker, and hands them on to whoever listens.
 */
export class SharedState {
  readonly #templates: TemplateStore;
  readonly #facts = new DomainFactsTable();
  readonly #names = new LearnedNames();
  readonly #listeners: StateListener[] = [];

  constructor(settings: TemplateSettings) {
    this.#templates = buildTemplateStore({ ...settings, reorderMs: 0 }, new Counters());
  }

  subscribe(listener: StateListener): void {
    this.#listeners.push(listener);
  }

  /** Adds a listener for definitions that do not hold any more; one that was given up for want of memory still does. */
  subscribeGone(listener: (stored: StoredTemplate) => void): void {
    this.#templates.subscribe((event, stored) => {
      if (event === 'replaced' || event === 'removed') listener(stored);
    });
  }

  /** Takes news in and hands them on. */
  take(news: StateNews, from?: unknown): void {
    let isNew = true;
    switch (news.about) {
      case 'template':
        isNew = !this.#knows(news);
        this.#templates.put(ownerOf(news), news.template, news.exportSeconds);
        break;
      case 'gone':
        if (!removeTemplate(this.#templates, news)) return;
        break;
      case 'proven':
        isNew = this.#templates.prove(news.address);
        break;
      case 'clocks':
        for (const { owner, clock } of news.clocks) this.#templates.noteClock(owner, clock);
        break;
      case 'facts':
        isNew = news.facts.map((facts) => this.#facts.restore(facts)).includes(true);
        break;
      case 'names':
        isNew = news.names.map((name) => this.#names.restore(name)).includes(true);
    }
    for (const listener of this.#listeners) listener(news, from, isNew);
  }

  #knows(news: TemplateNews): boolean {
    const stored = this.#templates.lookUp(ownerOf(news), news.template.id);
    return stored !== undefined && stored.ports.includes(news.port) && sameDefinition(stored.template, news.template);
  }

  /** All that is known, for one who knows nothing. */
  *all(): Generator<StateNews, undefined> {
    const proven = new Set<string>();
    for (const { address, ports, template, exportSeconds, proven: known } of this.#templates.entries()) {
      for (const port of ports) yield { about: 'template', address, port, template, exportSeconds };
      if (!known || proven.has(address)) continue;
      proven.add(address);
      yield { about: 'proven', address };
    }
    yield {
      about: 'clocks',
      clocks: [...this.#templates.clocks()].map(({ owner, clock }) => ({ owner, clock: { ...clock } })),
    };
    yield { about: 'facts', facts: [...this.#facts.all()] };
    yield* inParts([...this.#names.all()]);
  }

  templates(): Iterable<StoredTemplate> {
    return this.#templates.entries();
  }

  /** The definition that data of this owner is decoded with. */
  lookUp(owner: Owner, id: number): StoredTemplate | undefined {
    return this.#templates.lookUp(owner, id);
  }

  /** Definitions of one address, of an id the latest last. */
  templatesOf(address: string): readonly StoredTemplate[] {
    return [...this.#templates.entriesOf(address)];
  }

  clocksOf(address: string): readonly OwnedClock[] {
    return [...this.#templates.clocks(address)];
  }

  /** What options data has told of an address. */
  factsOf(address: string): readonly ToldFacts[] {
    return this.#facts.of(address);
  }

  /** Names that exporters have told and that hold; of one address, where it is given. */
  names(address?: string): Iterable<ToldName> {
    return this.#names.all(address);
  }

  /** About once a second. */
  tick(nowMs: number): void {
    this.#templates.tick(nowMs);
    this.#names.tick();
  }
}

/** Names, so many at once that no thread stands still for it. */
function* inParts(names: readonly ToldName[]): Generator<StateNews, undefined> {
  for (let i = 0; i < names.length; i += NAMES_AT_ONCE) {
    yield { about: 'names', names: names.slice(i, i + NAMES_AT_ONCE) };
  }
}

const NAMES_AT_ONCE = 1_000;

/** Whom a template in the news belongs to. */
export function ownerOf({ address, port, template }: { address: string; port: number; template: Template }): Owner {
  return { address, port, version: template.version, domain: template.domain };
}

/** Takes a definition out; false when it is not there. */
export function removeTemplate(
  store: TemplateStore,
  news: { address: string; port: number; template: Template },
): boolean {
  const stored = store.lookUp(ownerOf(news), news.template.id);
  if (stored === undefined || !sameDefinition(stored.template, news.template)) return false;
  store.remove(stored);
  return true;
}

import type { LearnedNames } from '../../enrich/learned/learned-names.ts';
import type { StoredTemplate, TemplateStore } from '../../decode/templates/store.ts';
import type { DomainFactsTable } from '../../produce/templated/domain-facts.ts';
import type { StateNews } from './news.ts';

/** Templates told in a second, and their fields: a flood of forged ones must not fill the queue between threads. */
const TEMPLATES_PER_SECOND = 2_000;
const FIELDS_PER_SECOND = 100_000;

/** Domains whose facts are told in a second. */
const FACTS_PER_SECOND = 256;

/** Names told in a second. */
const NAMES_PER_SECOND = 2_000;

/** How often clocks are told. */
const CLOCKS_MS = 10_000;

export interface AnnouncerParts {
  readonly templates: TemplateStore;
  readonly facts: DomainFactsTable;
  readonly names?: LearnedNames | undefined;
  /** How often a template that is still sent is told again; 0: never, where templates do not expire. */
  readonly againMs: number;
  /** Whether to be used counts as to be sent. */
  readonly extendOnAccess: boolean;
  readonly post: (news: StateNews) => void;
}

/** Tells the other threads what this one learns, so much a second; what has to wait is told later. */
export class Announcer {
  readonly #parts: AnnouncerParts;
  /** Templates that wait, with the port that they came by. */
  readonly #waiting = new Map<StoredTemplate, number>();
  #templatesLeft = TEMPLATES_PER_SECOND;
  #fieldsLeft = FIELDS_PER_SECOND;
  #silent = false;
  #clocksAtMs = 0;
  #againAtMs = 0;
  /** Export seconds of each clock as it was told. */
  #clocksTold = new Map<string, number>();

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
    parts.templates.subscribe((event, stored, port) => {
      if (event === 'added' || event === 'latest') return this.#tell(stored, port);
      if (event === 'proven') {
        parts.post({ about: 'proven', address: stored.address });
        return;
      }
      this.#waiting.delete(stored);
      if (event === 'restarted' && !this.#silent) parts.post({ about: 'gone', ...newsOf(stored, port) });
    });
  }

  /** Has `change` take in what came from elsewhere: nobody is told of it. */
  silently(change: () => void): void {
    this.#silent = true;
    try {
      change();
    } finally {
      this.#silent = false;
    }
  }

  /** About once a second: `nowMs` of a monotonic clock. */
  tick(nowMs: number): void {
    const { facts, names, post, againMs } = this.#parts;
    this.#templatesLeft = TEMPLATES_PER_SECOND;
    this.#fieldsLeft = FIELDS_PER_SECOND;
    for (const [stored, port] of this.#waiting) {
      if (!this.#mayTell(stored)) break;
      this.#waiting.delete(stored);
      post({ about: 'template', ...newsOf(stored, port) });
    }
    const told = facts.news(FACTS_PER_SECOND);
    if (told.length > 0) post({ about: 'facts', facts: told });
    const named = names?.news(NAMES_PER_SECOND) ?? [];
    if (named.length > 0) post({ about: 'names', names: named });
    if (nowMs - this.#clocksAtMs >= CLOCKS_MS) this.#tellClocks(nowMs);
    if (againMs > 0 && nowMs - this.#againAtMs >= againMs) this.#tellAgain(nowMs);
  }

  /** Nothing follows: tells what waits, within what a second allows. */
  stop(): void {
    this.tick(Infinity);
  }

  #tell(stored: StoredTemplate, port: number): void {
    if (this.#silent) return;
    if (this.#waiting.size > 0 || !this.#mayTell(stored)) this.#waiting.set(stored, port);
    else this.#parts.post({ about: 'template', ...newsOf(stored, port) });
  }

  #mayTell({ template }: StoredTemplate): boolean {
    if (this.#templatesLeft <= 0 || this.#fieldsLeft <= 0) return false;
    this.#templatesLeft--;
    this.#fieldsLeft -= template.fields.length;
    return true;
  }

  #tellClocks(nowMs: number): void {
    this.#clocksAtMs = nowMs;
    const before = this.#clocksTold;
    this.#clocksTold = new Map();
    const clocks = [];
    for (const { owner, clock } of this.#parts.templates.clocks()) {
      const key = `${owner.address} ${owner.port} ${owner.domain}`;
      const { sysUptimeMs, exportSeconds, sequence } = clock;
      this.#clocksTold.set(key, exportSeconds);
      if (before.get(key) !== exportSeconds) clocks.push({ owner, clock: { sysUptimeMs, exportSeconds, sequence } });
    }
    if (clocks.length > 0) this.#parts.post({ about: 'clocks', clocks });
  }

  /** Where templates expire, the others have to know which of them are still sent. */
  #tellAgain(nowMs: number): void {
    const since = this.#againAtMs;
    this.#againAtMs = nowMs;
    for (const stored of this.#parts.templates.entries()) {
      const { heardMs, usedMs, ports } = stored;
      const lastMs = this.#parts.extendOnAccess ? Math.max(heardMs, usedMs) : heardMs;
      if (lastMs >= since && ports.length > 0) this.#waiting.set(stored, ports.at(-1)!);
    }
  }
}

function newsOf({ address, template, exportSeconds }: StoredTemplate, port: number) {
  return { address, port, template, exportSeconds };
}

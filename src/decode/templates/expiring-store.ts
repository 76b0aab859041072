import type { Counters } from '../../metrics/counters.ts';
import { DecoratedTemplateStore } from './decorated-store.ts';
import type { Owner, StoredTemplate, TemplateStore } from './store.ts';
import type { Template } from './template.ts';

export interface ExpiryOptions {
  readonly counters: Counters;
  /** How long a template holds after it was last sent (`templates.ttl`). */
  readonly ttlMs: number;
  /** Time between two looks for templates that have expired (`templates.sweep-interval`); 0 or less: never looked for. */
  readonly sweepMs: number;
  /** Whether data that uses a template counts as well (`templates.ttl.extend-on-access`). */
  readonly extendOnAccess: boolean;
}

/**
 * Templates that expire when their exporter has not sent them for a time, which should be three times its refresh
 * interval or more (RFC 7011 section 8.4). An expired one decodes nothing, from the moment that its time is over; the
 * sweep gives back its memory.
 */
export class ExpiringTemplateStore extends DecoratedTemplateStore {
  readonly #options: ExpiryOptions;
  #nowMs = 0;
  #nextSweepMs = 0;

  constructor(inner: TemplateStore, options: ExpiryOptions) {
    super(inner);
    this.#options = options;
  }

  override find(owner: Owner, id: number): Template | undefined {
    return this.lookUp(owner, id) === undefined ? undefined : this.inner.find(owner, id);
  }

  override lookUp(owner: Owner, id: number): StoredTemplate | undefined {
    const stored = this.inner.lookUp(owner, id);
    if (stored === undefined || !this.#expired(stored)) return stored;
    this.#remove(stored);
    return this.inner.lookUp(owner, id);
  }

  override tick(nowMs: number): void {
    this.inner.tick(nowMs);
    this.#nowMs = nowMs;
    const { sweepMs } = this.#options;
    if (sweepMs <= 0 || nowMs < this.#nextSweepMs) return;
    this.#nextSweepMs = nowMs + sweepMs;
    for (const stored of this.inner.entries()) if (this.#expired(stored)) this.#remove(stored);
  }

  #expired({ updatedMs, usedMs }: StoredTemplate): boolean {
    const since = this.#options.extendOnAccess ? Math.max(updatedMs, usedMs) : updatedMs;
    return this.#nowMs - since > this.#options.ttlMs;
  }

  #remove(stored: StoredTemplate): void {
    this.inner.remove(stored);
    this.#options.counters.add('notices:template_expired');
  }
}

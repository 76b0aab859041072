import type { ClockFacts } from './exporter-clock.ts';
import type { OwnedClock, Owner, StoredTemplate, TemplateListener, TemplateStore } from './store.ts';
import type { Template } from './template.ts';

/** A store that hands everything on to another one: what its subclasses change is what they are about. */
export class DecoratedTemplateStore implements TemplateStore {
  protected readonly inner: TemplateStore;

  constructor(inner: TemplateStore) {
    this.inner = inner;
  }

  find(owner: Owner, id: number): Template | undefined {
    return this.inner.find(owner, id);
  }

  lookUp(owner: Owner, id: number): StoredTemplate | undefined {
    return this.inner.lookUp(owner, id);
  }

  add(owner: Owner, template: Template, exportSeconds: number): Template {
    return this.inner.add(owner, template, exportSeconds);
  }

  put(owner: Owner, template: Template, exportSeconds: number): void {
    this.inner.put(owner, template, exportSeconds);
  }

  observe(owner: Owner, facts: ClockFacts): 'running' | 'restarted' | 'unknown' {
    return this.inner.observe(owner, facts);
  }

  noteClock(owner: Owner, facts: ClockFacts): void {
    this.inner.noteClock(owner, facts);
  }

  clocks(address?: string): Iterable<OwnedClock> {
    return this.inner.clocks(address);
  }

  prove(address: string): boolean {
    return this.inner.prove(address);
  }

  remove(stored: StoredTemplate): void {
    this.inner.remove(stored);
  }

  get bytes(): number {
    return this.inner.bytes;
  }

  get probationBytes(): number {
    return this.inner.probationBytes;
  }

  entries(): IterableIterator<StoredTemplate> {
    return this.inner.entries();
  }

  entriesOf(address: string): Iterable<StoredTemplate> {
    return this.inner.entriesOf(address);
  }

  subscribe(listener: TemplateListener): void {
    this.inner.subscribe(listener);
  }

  tick(nowMs: number): void {
    this.inner.tick(nowMs);
  }
}

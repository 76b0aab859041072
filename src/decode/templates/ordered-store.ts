import type { Counters } from '../../metrics/counters.ts';
import { DecoratedTemplateStore } from './decorated-store.ts';
import type { Owner, TemplateStore } from './store.ts';
import type { Template } from './template.ts';
import { sameDefinition } from './template.ts';

/**
 * Templates in the order of their Export Time (RFC 7011 section 8.2): a definition that was exported before the one
 * that is held, by no more than `lateSeconds`, was overtaken on its way. It decodes what came with it and does not
 * replace the newer one. One that is older by more comes from an exporter whose clock was set back, and holds.
 */
export class OrderedTemplateStore extends DecoratedTemplateStore {
  readonly #lateSeconds: number;
  readonly #counters: Counters;

  constructor(inner: TemplateStore, lateSeconds: number, counters: Counters) {
    super(inner);
    this.#lateSeconds = lateSeconds;
    this.#counters = counters;
  }

  override add(owner: Owner, template: Template, exportSeconds: number): Template {
    const held = this.inner.lookUp(owner, template.id);
    const late = held === undefined ? 0 : held.exportSeconds - exportSeconds;
    if (held === undefined || late <= 0 || late > this.#lateSeconds || sameDefinition(held.template, template)) {
      return this.inner.add(owner, template, exportSeconds);
    }
    this.#counters.add('notices:template_late');
    return template;
  }
}

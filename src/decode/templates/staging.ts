import type { Template } from './template.ts';

/**
 * The templates of one datagram until all of it has been checked. Data that follows them in the datagram is laid out
 * by them; the store only learns of them when the datagram is good (D-1, RFC 7011 section 9.1).
 */
export class Staging {
  readonly #byId = new Map<number, Template>();
  /** In the order of the datagram; an id may come twice. */
  readonly templates: Template[] = [];

  clear(): void {
    if (this.templates.length === 0) return;
    this.templates.length = 0;
    this.#byId.clear();
  }

  add(template: Template): void {
    this.templates.push(template);
    this.#byId.set(template.id, template);
  }

  /** The definition that the datagram gave last. */
  find(id: number): Template | undefined {
    return this.#byId.size === 0 ? undefined : this.#byId.get(id);
  }
}

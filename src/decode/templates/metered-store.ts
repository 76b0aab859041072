import { parseAddress } from '../../flow/address.ts';
import type { SeriesTable } from '../../metrics/series-table.ts';
import { TemplateColumn, templateShape, writeTemplateKey } from '../../metrics/template-columns.ts';
import { DecoratedTemplateStore } from './decorated-store.ts';
import type { Owner, StoredTemplate, TemplateStore } from './store.ts';
import type { Template } from './template.ts';

/** How often the times of use are noted. */
const USE_MS = 5_000;

const { live, received, added, updated, accessed } = TemplateColumn;

/**
 * A store that notes, in shared memory, how often each template was sent and when it was used last. A template that
 * exporters on several ports share counts for the port that had it first, so that a port that changes makes no rows;
 * templates beyond the rows that there are are not noted.
 */
export class MeteredTemplateStore extends DecoratedTemplateStore {
  readonly #table: SeriesTable;
  readonly #epochMs: number;
  readonly #rows = new Map<StoredTemplate, number>();
  readonly #free: number[] = [];
  readonly #key = new Uint8Array(templateShape.keyLength);
  #nowMs = 0;
  #usedAtMs = 0;

  /** @param epochMs Unix milliseconds at 0 of the clock of {@link tick} */
  constructor(inner: TemplateStore, table: SeriesTable, epochMs: number = performance.timeOrigin) {
    super(inner);
    this.#table = table;
    this.#epochMs = epochMs;
    // the store begins empty: rows are those of a thread before this one
    for (let row = 1; row < table.used; row++) this.#release(row);
    inner.subscribe((event, stored) => {
      if (event === 'added' || event === 'latest' || event === 'proven') return;
      const row = this.#rows.get(stored);
      if (row === undefined) return;
      this.#rows.delete(stored);
      this.#release(row);
    });
  }

  override add(owner: Owner, template: Template, exportSeconds: number): Template {
    const kept = this.inner.add(owner, template, exportSeconds);
    const stored = this.inner.lookUp(owner, template.id);
    if (stored === undefined) return kept;
    const row = this.#rows.get(stored) ?? this.#open(owner, stored);
    if (row === 0) return kept;
    const at = row * templateShape.columns;
    const { values } = this.#table;
    values[at + received]! += 1;
    if (values[at + received]! > 1) values[at + updated] = this.#seconds(this.#nowMs);
    return kept;
  }

  override tick(nowMs: number): void {
    this.inner.tick(nowMs);
    this.#nowMs = nowMs;
    if (nowMs - this.#usedAtMs < USE_MS) return;
    this.#usedAtMs = nowMs;
    const { values } = this.#table;
    for (const [{ usedMs }, row] of this.#rows) {
      if (usedMs >= 0) values[row * templateShape.columns + accessed] = this.#seconds(usedMs);
    }
  }

  #open(owner: Owner, stored: StoredTemplate): number {
    const table = this.#table;
    const { version, domain, id, options } = stored.template;
    const octets = parseAddress(owner.address);
    if (octets === undefined) return 0;
    writeTemplateKey(this.#key, octets, { port: owner.port, version, domain, id, options });
    const free = this.#free.pop();
    if (free !== undefined) table.reuse(free, this.#key);
    else if (table.full) return 0;
    const row = free ?? table.open(this.#key);
    this.#rows.set(stored, row);
    table.values[row * templateShape.columns + live] = 1;
    table.values[row * templateShape.columns + added] = this.#seconds(stored.addedMs);
    return row;
  }

  #release(row: number): void {
    this.#table.values[row * templateShape.columns + live] = 0;
    this.#free.push(row);
  }

  #seconds(ms: number): number {
    return (this.#epochMs + ms) / 1e3;
  }
}

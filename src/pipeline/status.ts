import { version } from '../config/version.ts';
import type { StoredTemplate } from '../decode/templates/store.ts';
import type { ContextAnswer, ContextQuestion } from '../enrich/context/explain-question.ts';
import type { LiveContext, ContextStatus } from '../enrich/live/live-context.ts';
import type { ToldName } from '../enrich/learned/told-name.ts';
import type { CollectorView, ListenerView } from '../http/view.ts';
import type { Balance } from '../metrics/accounting.ts';
import type { Counters } from '../metrics/counters.ts';
import type { ExporterDetail } from '../metrics/exporter-detail.ts';
import { Latency } from '../metrics/latency.ts';
import type { Transport, TransportStatus } from '../transport/transport.ts';
import type { ToldFacts } from '../produce/templated/domain-facts.ts';
import type { ListenerGroup } from './listener-group.ts';
import { nameOf } from './listener-settings.ts';
import type { SharedState } from './state/shared-state.ts';

/** How long workers have for an answer. */
const ANSWER_MS = 1_000;

/** Where a status gets what it shows. */
export interface StatusParts {
  readonly groups: readonly ListenerGroup[];
  readonly transport: Transport;
  readonly accounting: () => { readonly counters: Counters; readonly books: readonly Balance[] };
  readonly state: SharedState;
  readonly context: LiveContext | undefined;
}

/** What a collector shows of itself. */
export class CollectorStatus implements CollectorView {
  readonly version = version;
  state: CollectorView['state'] = 'starting';
  readonly latency = new Latency();
  readonly #parts: StatusParts;
  #question = 0;
  /** Takes the answers to the question at hand. */
  #answer: ((exporters: readonly ExporterDetail[]) => void) | undefined;

  constructor(parts: StatusParts) {
    this.#parts = parts;
  }

  get listeners(): ListenerView[] {
    const names = new Map<string, number>();
    return this.#parts.groups.map(({ listen, info, books }) => {
      const name = nameOf(listen);
      const times = (names.get(name) ?? 0) + 1;
      names.set(name, times);
      return {
        name: times === 1 ? name : `${name} (${times})`,
        type: listen.scheme,
        info: listen.scheme === 'file' ? undefined : info,
        books,
      };
    });
  }

  problems(): readonly string[] {
    if (this.state !== 'collecting') return [this.state];
    const { ready, reason } = this.output();
    return ready ? [] : [reason ?? 'the output is not ready'];
  }

  accounting(): { readonly counters: Counters; readonly books: readonly Balance[] } {
    return this.#parts.accounting();
  }

  templates(): Iterable<StoredTemplate> {
    return this.#parts.state.templates();
  }

  sampling(address: string): readonly ToldFacts[] {
    return this.#parts.state.factsOf(address);
  }

  names(address?: string): Iterable<ToldName> {
    return this.#parts.state.names(address);
  }

  get context(): ContextStatus | undefined {
    return this.#parts.context?.status;
  }

  explain(question: ContextQuestion): Promise<ContextAnswer> | undefined {
    return this.#parts.context?.explain(question);
  }

  output(): TransportStatus {
    return this.#parts.transport.status();
  }

  /** Asks all workers; one that does not answer in time is left out. */
  async details(): Promise<readonly ExporterDetail[]> {
    const question = ++this.#question;
    const found = new Map<string, ExporterDetail>();
    let left = 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#answer = (exporters) => {
        for (const { address, streams } of exporters) {
          found.set(address, { address, streams: [...(found.get(address)?.streams ?? []), ...streams] });
        }
        if (--left <= 0) done();
      };
      for (const { workers } of this.#parts.groups) {
        for (const worker of workers) {
          if (worker.ended) continue;
          left++;
          worker.post({ kind: 'describe', question });
        }
      }
      if (left === 0) done();
    });
    return [...found.values()];
  }

  /** Takes the answer of a worker; one to an earlier question comes too late. */
  answered(question: number, exporters: readonly ExporterDetail[]): void {
    if (question === this.#question) this.#answer?.(exporters);
  }

  /** A batch that was written at `atMs`, Unix milliseconds, was delivered. */
  delivered(atMs: number, flows: number): void {
    this.latency.add(Math.max(0, performance.timeOrigin + performance.now() - atMs) / 1e3, flows);
  }
}

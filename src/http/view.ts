import type { StoredTemplate } from '../decode/templates/store.ts';
import type { ListenerInfo } from '../listen/listener.ts';
import type { Balance } from '../metrics/accounting.ts';
import type { Counters } from '../metrics/counters.ts';
import type { ContextAnswer, ContextQuestion } from '../enrich/context/explain-question.ts';
import type { ContextStatus } from '../enrich/live/live-context.ts';
import type { ToldName } from '../enrich/learned/told-name.ts';
import type { Latency } from '../metrics/latency.ts';
import type { ToldFacts } from '../produce/templated/domain-facts.ts';
import type { TransportStatus } from '../transport/transport.ts';
import type { PlaceBooks } from '../metrics/place-books.ts';
import type { ExporterDetail } from '../metrics/exporter-detail.ts';

/** One listener, as far as its metrics tell. */
export interface ListenerView {
  /** As it is written on the command line; numbered where that comes twice. */
  readonly name: string;
  /** `sflow`, `netflow`, `flow`, `file`. */
  readonly type: string;
  /** What became of its socket; undefined before it is open, and for captures. */
  readonly info: ListenerInfo | undefined;
  /** The books of its workers. */
  readonly books: readonly PlaceBooks[];
}

/** What the HTTP server shows of a collector. Everything is read at the moment of the call. */
export interface CollectorView {
  readonly state: 'starting' | 'collecting' | 'stopping';
  readonly version: string;
  /** Why it should not be sent traffic, in plain words; empty when it is ready. */
  problems(): readonly string[];
  /** Counters and books of one moment. */
  accounting(): { readonly counters: Counters; readonly books: readonly Balance[] };
  readonly listeners: readonly ListenerView[];
  /** Templates of all exporters. */
  templates(): Iterable<StoredTemplate>;
  /** What options data has told of an address. */
  sampling(address: string): readonly ToldFacts[];
  /** Names that exporters have told and that hold; of one address, where it is given. */
  names(address?: string): Iterable<ToldName>;
  /** How the output is doing. */
  output(): TransportStatus;
  /** How the context is doing; undefined where there is none. */
  readonly context?: ContextStatus | undefined;
  /** What the sources of the context say, as far as they can be used; undefined where there is no context. */
  explain(question: ContextQuestion): Promise<ContextAnswer> | undefined;
  /** From the receipt of a flow until its output has taken it. */
  readonly latency: Latency;
  /** What the workers know of each exporter beyond numbers: an answer after a second at most. */
  details(): Promise<readonly ExporterDetail[]>;
}

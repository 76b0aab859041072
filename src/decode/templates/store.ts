import type { ClockFacts } from './exporter-clock.ts';
import type { Template } from './template.ts';

/**
 * Whom a template belongs to, as far as a datagram tells. Decoders reuse one object: a store copies what it keeps.
 */
export interface Owner {
  /** Text of the exporter's address. */
  readonly address: string;
  /** Who has this address, where a datagram is at hand: a store leaves its place there for the next one. */
  readonly source?: { templates: object | undefined } | undefined;
  /** Source port of the datagram. */
  readonly port: number;
  readonly version: 9 | 10;
  /** v9: source id; IPFIX: observation domain. */
  readonly domain: number;
}

/** A definition in a store. */
export interface StoredTemplate {
  readonly template: Template;
  readonly address: string;
  /** Source ports that have sent it, the latest last. */
  readonly ports: readonly number[];
  /** Export time of the message that brought this definition first, Unix seconds. */
  readonly exportSeconds: number;
  /** When it was stored, sent again, and last used for data: milliseconds of the clock of {@link TemplateStore.tick}. */
  readonly addedMs: number;
  readonly updatedMs: number;
  /** -1 while no data came for it. */
  readonly usedMs: number;
  /** When a datagram of this thread brought it last; -1: never, it came from elsewhere. */
  readonly heardMs: number;
  /** Whether data of its exporter was decoded with any template of its: others are on probation (S-03, D-9). */
  readonly proven: boolean;
}

/** The clock of an exporter, as a header has shown it last. */
export interface OwnedClock {
  readonly owner: Owner;
  readonly clock: ClockFacts;
}

/**
 * - `added`: a definition that the domain did not have;
 * - `latest`: one that it had became the latest again (an exporter went back to it);
 * - `replaced`, `evicted`, `restarted`, `removed`: gone, because nobody sends it any more, for want of memory, because
 *   its exporter began anew, or by {@link TemplateStore.remove};
 * - `proven`: the first data of its exporter was laid out, by this one.
 */
export type TemplateEvent = 'added' | 'latest' | 'proven' | 'replaced' | 'evicted' | 'restarted' | 'removed';

/** Told of every change, with the port that it came by (0 where no datagram was the cause). */
export type TemplateListener = (event: TemplateEvent, stored: StoredTemplate, port: number) => void;

/**
 * The templates of all exporters.
 *
 * Data is decoded with what its own source port sent under the id, else with the latest definition of the id from any
 * port of its address (D-6): exporters behind one address keep their own layouts, and an exporter that changes its
 * port keeps decoding. Persistence, expiry and metrics are decorators of this interface.
 */
export interface TemplateStore {
  /** How data of this owner is laid out; undefined when that is not known. Counts as use. */
  find(owner: Owner, id: number): Template | undefined;
  /** What {@link find} would use, without using it. */
  lookUp(owner: Owner, id: number): StoredTemplate | undefined;
  /**
   * Stores a definition that its owner has sent, or refreshes an equal one.
   *
   * @param exportSeconds of the message that it came in
   * @returns the object that stands for all equal definitions: the one to decode with
   */
  add(owner: Owner, template: Template, exportSeconds: number): Template;
  /**
   * {@link add} for a definition that comes from another thread or a file: listeners are not told. One whose records
   * would have no octets is refused.
   */
  put(owner: Owner, template: Template, exportSeconds: number): void;
  /**
   * Takes note of the clock and sequence in a header; they are kept with the templates of the domain.
   *
   * @returns `restarted` when the exporter has begun anew: its templates of this domain are gone;
   *   `unknown` when the domain has no templates, and nothing was kept
   */
  observe(owner: Owner, facts: ClockFacts): 'running' | 'restarted' | 'unknown';
  /** Takes in a clock that comes from another thread or a file: nothing is concluded from it now. */
  noteClock(owner: Owner, facts: ClockFacts): void;
  /** The clocks of NetFlow v9 exporters that are proven; of one address, where it is given. */
  clocks(address?: string): Iterable<OwnedClock>;
  /** Takes note that data of this address was decoded, by another thread or before; whether that is news. */
  prove(address: string): boolean;
  remove(stored: StoredTemplate): void;
  /** Heap octets in use, by estimate, and of these what belongs to exporters that are not proven. */
  readonly bytes: number;
  readonly probationBytes: number;
  /** Everything that is stored, the longest unused first. The current one may be removed, nothing else changed. */
  entries(): IterableIterator<StoredTemplate>;
  /** What is stored of one address, earlier definitions of an id before later ones. */
  entriesOf(address: string): Iterable<StoredTemplate>;
  /** Adds a listener. */
  subscribe(listener: TemplateListener): void;
  /** The time from now on, milliseconds of a monotonic clock. */
  tick(nowMs: number): void;
}

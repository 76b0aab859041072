import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_YAML_BYTES } from '../../config/yaml/limits.ts';
import type { Logger } from '../../log/logger.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { FetchedDocument } from '../context/read-files.ts';
import type { RefusedObject, UrlSettings } from './messages.ts';
import type { SourceStatus } from './object-source.ts';

/** What the start waits for the first answer, before it goes on without. */
const START_WAIT_MS = 3_000;

/** All of a question and its answer. */
const ANSWER_MS = 10_000;

/** The pause after the first question in vain; it doubles up to the interval. */
const FIRST_PAUSE_MS = 1_000;

export interface UrlParts {
  readonly counters: Counters;
  readonly log: Logger;
  /** Told of each change, but for what is there when {@link ContextUrl.start} resolves. */
  readonly onChange: () => Promise<void>;
}

/**
 * A part of the context that a server has: a document as files have it, asked for again and again. What came last stays
 * for as long as there is no other.
 */
export class ContextUrl {
  readonly #settings: UrlSettings;
  readonly #parts: UrlParts;
  readonly #stop = new AbortController();
  #asking: Promise<void> | undefined;
  #octets: Uint8Array | undefined;
  /** The octets in use. */
  #used: Uint8Array | undefined;
  #etag: string | undefined;
  #modifiedMs = 0;
  #trouble: string | undefined = 'has not answered yet';
  #problem: string | undefined;
  #follows = false;

  constructor(settings: UrlSettings, parts: UrlParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  /** Asks for the first time; the following questions are asked by themselves. */
  async start(): Promise<void> {
    const first = this.#ask();
    this.#asking = first.then((isAnswered) => this.#goOn(isAnswered));
    await Promise.race([first, sleep(START_WAIT_MS, undefined, { ref: false })]);
    if (this.#octets === undefined) {
      this.#parts.log.warn('the URL of the context has not answered yet, starting without', this.#about());
    }
  }

  /** From now on changes are told. */
  follow(): void {
    this.#follows = true;
    if (this.#octets !== this.#used && this.#problem === undefined) void this.#parts.onChange();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#asking;
  }

  get document(): FetchedDocument | undefined {
    const { url } = this.#settings;
    return this.#octets && { url, octets: this.#octets, before: this.#used === this.#octets ? undefined : this.#used };
  }

  get inUse(): FetchedDocument | undefined {
    return this.#used && { url: this.#settings.url, octets: this.#used };
  }

  /** Told that a document is in use, or that it is refused; then the one before stays. */
  used({ url, octets }: FetchedDocument, refused: ReadonlyMap<string, RefusedObject>): void {
    const problem = refused.get(url)?.problem;
    if (problem === undefined) this.#used = octets;
    if (problem !== undefined && problem !== this.#problem) {
      this.#parts.log.error('the document of the URL of the context cannot be used, going on with the one before', {
        ...this.#about(),
        problem,
      });
    }
    this.#problem = problem;
  }

  /** What is wrong with the document that came last, where it is not used. */
  get problems(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  get status(): SourceStatus {
    const bytes = this.#octets?.length ?? 0;
    return { kind: 'http', name: this.#settings.url, bytes, modifiedMs: this.#modifiedMs, trouble: this.#trouble };
  }

  async #goOn(isAnswered: boolean): Promise<void> {
    const { intervalMs } = this.#settings;
    for (let failures = isAnswered ? 0 : 1; !this.#stop.signal.aborted;) {
      const pause = failures === 0 ? intervalMs : Math.min(intervalMs, FIRST_PAUSE_MS * 2 ** (failures - 1));
      // not all collectors at the same moment
      const wait = sleep(pause * (0.8 + 0.4 * Math.random()), undefined, { signal: this.#stop.signal, ref: false });
      await wait.catch(() => {}); // eslint-disable-line no-await-in-loop
      failures = (await this.#ask()) ? 0 : failures + 1; // eslint-disable-line no-await-in-loop
    }
  }

  async #ask(): Promise<boolean> {
    if (this.#stop.signal.aborted) return false;
    try {
      const headers = this.#etag === undefined ? {} : { 'if-none-match': this.#etag };
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_MS)]);
      const response = await fetch(this.#settings.url, { headers, signal });
      if (response.status !== 304) await this.#take(response);
      if (this.#trouble !== undefined) this.#parts.log.info('the URL of the context answers', this.#about());
      this.#trouble = undefined;
      return true;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#fail(error);
      return false;
    }
  }

  async #take(response: Response): Promise<void> {
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const octets = await readUpTo(response, MAX_YAML_BYTES);
    this.#etag = response.headers.get('etag') ?? undefined;
    if (this.#octets !== undefined && Buffer.compare(octets, this.#octets) === 0) return;
    this.#octets = octets;
    const modified = Date.parse(response.headers.get('last-modified') ?? '');
    this.#modifiedMs = Number.isNaN(modified) ? Date.now() : modified;
    if (this.#follows) await this.#parts.onChange();
  }

  #fail(error: unknown): void {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const detail = cause instanceof Error ? cause.message : String(cause);
    this.#parts.counters.add('context_errors');
    if (this.#trouble !== detail) {
      this.#parts.log.warn('the URL of the context does not answer, going on with what it has said', {
        ...this.#about(),
        detail,
      });
    }
    this.#trouble = detail;
  }

  #about(): { readonly url: string } {
    return { url: this.#settings.url };
  }
}

async function readUpTo(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > limit) throw new RangeError(`answered with more than the ${limit} octets allowed`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

import { problemOf } from '../enrich/context/json-document.ts';
import type { KeyedObject } from '../enrich/context/json-document.ts';
import type { Logger } from '../log/logger.ts';
import type { Counters } from '../metrics/counters.ts';
import { KvBucket } from '../transport/nats/kv-bucket.ts';
import type { KvChange, KvSettings } from '../transport/nats/kv-bucket.ts';

/** What the start waits for the bucket, before it goes on without. */
const START_WAIT_MS = 3_000;

/** A change waits so long for others. */
const GATHER_MS = 50;

export interface ContextBucketParts {
  readonly counters: Counters;
  readonly log: Logger;
  /** Told of changes, some at once; the next ones are told when this has settled. */
  readonly onChange: () => Promise<void>;
}

/** The part of a context that a bucket of NATS KV has: an object a key. What cannot be used is refused by itself. */
export class ContextBucket {
  readonly #settings: KvSettings;
  readonly #parts: ContextBucketParts;
  readonly #bucket: KvBucket;
  #objects = new Map<string, string>();
  /** What is read anew after the connection was lost: what was deleted meanwhile is not in it. */
  #reading: Map<string, string> | undefined;
  readonly #problems = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #busy = true;
  #changed = false;

  constructor(settings: KvSettings, parts: ContextBucketParts) {
    this.#settings = settings;
    this.#parts = parts;
    const events = {
      opened: () => (this.#reading = new Map()),
      changed: (change: KvChange) => this.#take(change),
      caughtUp: () => this.#caughtUp(),
    };
    this.#bucket = new KvBucket(settings, events, parts);
  }

  /** Reads what is there, if the server is. */
  async start(): Promise<void> {
    const { bucket } = this.#settings;
    if (await this.#bucket.start(START_WAIT_MS)) return;
    this.#parts.log.warn('the NATS bucket of the context has not answered yet, starting without', { bucket });
  }

  /** From now on changes are told. */
  follow(): void {
    this.#busy = false;
    if (this.#changed) this.#schedule();
  }

  /** The objects, by their keys in order, so that all collectors have the same context. */
  get objects(): readonly KeyedObject[] {
    return [...this.#objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, text]) => ({ key, text }));
  }

  /** What is wrong with values that are not used. */
  get problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  async reload(): Promise<void> {
    await this.#bucket.reload();
  }

  async stop(): Promise<void> {
    this.#busy = true;
    clearTimeout(this.#timer);
    await this.#bucket.stop();
  }

  #take({ key, value }: KvChange): void {
    const objects = this.#reading ?? this.#objects;
    if (value === undefined) {
      this.#problems.delete(key);
      if (objects.delete(key)) this.#note();
      return;
    }
    const text = new TextDecoder().decode(value);
    const problem = problemOf({ key, text });
    if (problem !== undefined) return this.#refuse(key, problem, objects);
    this.#problems.delete(key);
    if (objects.get(key) === text) return;
    objects.set(key, text);
    this.#note();
  }

  /** What the key had before stays. */
  #refuse(key: string, problem: string, objects: Map<string, string>): void {
    const { counters, log } = this.#parts;
    const before = this.#objects.get(key);
    if (before !== undefined) objects.set(key, before);
    counters.add('kv_refused');
    if (this.#problems.get(key) === problem) return;
    this.#problems.set(key, problem);
    log.error('a value of the context cannot be used, going on with the one before', { key, problem });
  }

  #caughtUp(): void {
    for (const key of this.#problems.keys()) if (!this.#reading!.has(key)) this.#problems.delete(key);
    this.#objects = this.#reading!;
    this.#reading = undefined;
    this.#note();
  }

  #note(): void {
    this.#changed = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#busy || this.#reading !== undefined) return;
    this.#timer ??= setTimeout(() => void this.#tell(), GATHER_MS).unref();
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    this.#busy = true;
    this.#changed = false;
    await this.#parts.onChange();
    this.follow();
  }
}

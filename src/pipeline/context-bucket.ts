import { ObjectCheck } from '../enrich/context/json-document.ts';
import type { KeyedObject } from '../enrich/context/json-document.ts';
import type { RefusedObject } from '../enrich/live/messages.ts';
import type { ObjectSource, SourceStatus } from '../enrich/live/object-source.ts';
import type { Logger } from '../log/logger.ts';
import type { Counters } from '../metrics/counters.ts';
import { KvBucket } from '../transport/nats/kv-bucket.ts';
import type { KvChange, KvSettings } from '../transport/nats/kv-bucket.ts';

/** What the start waits for the bucket, before it goes on without. */
const START_WAIT_MS = 3_000;

/** A change waits so long for others. */
const GATHER_MS = 50;

/** Values that are refused together of which each has a line in the log. */
const TOLD_AT_ONCE = 20;

export interface ContextBucketParts {
  readonly counters: Counters;
  readonly log: Logger;
  /** Told of changes, some at once; the next ones are told when this has settled. */
  readonly onChange: () => Promise<void>;
}

/** The part of a context that a bucket of NATS KV has: an object a key. What cannot be used is refused by itself. */
export class ContextBucket implements ObjectSource {
  readonly #settings: KvSettings;
  readonly #parts: ContextBucketParts;
  readonly #bucket: KvBucket;
  readonly #check = new ObjectCheck();
  #values = new Values();
  /** What is read anew after the connection was lost: what was deleted meanwhile is not in it. */
  #reading: Values | undefined;
  /** What is wrong with values that can be used by themselves, together with the rest of the context. */
  #conflicts = new Map<string, string>();
  /** The values in use. */
  #used = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #busy = true;
  #changed = false;

  constructor(settings: KvSettings, parts: ContextBucketParts) {
    this.#settings = settings;
    this.#parts = parts;
    const events = {
      opened: () => (this.#reading = new Values()),
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
    return [...this.#values.objects]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, text]) => {
        const used = this.#used.get(key);
        return used === text ? { key, text } : { key, text, before: used };
      });
  }

  used(objects: readonly KeyedObject[], refused: ReadonlyMap<string, RefusedObject>): void {
    this.#used = new Map();
    for (const { key, text, before } of objects) {
      const refusal = refused.get(key);
      const value = refusal === undefined ? text : refusal.stays ? before : undefined;
      if (value !== undefined) this.#used.set(key, value);
    }
    const { objects: now } = this.#values;
    if (objects.length === now.size && objects.every(({ key, text }) => now.get(key) === text)) this.#changed = false;
    const known = this.#conflicts;
    this.#conflicts = new Map([...refused].map(([key, { problem }]) => [key, problem]));
    const fresh = [...this.#conflicts].filter(([key, problem]) => known.get(key) !== problem);
    for (const [key, problem] of fresh.slice(0, TOLD_AT_ONCE)) this.#tellRefused(key, problem);
    this.#parts.counters.add('kv_refused', fresh.length);
    if (fresh.length <= TOLD_AT_ONCE) return;
    this.#parts.log.error('more values of the context cannot be used', { count: fresh.length - TOLD_AT_ONCE });
  }

  get inUse(): readonly KeyedObject[] {
    return [...this.#used].map(([key, text]) => ({ key, text }));
  }

  get status(): SourceStatus {
    const { objects, bytes, modifiedMs } = this.#values;
    const { open, trouble } = this.#bucket;
    return {
      kind: 'kv',
      name: this.#settings.bucket,
      bytes,
      modifiedMs,
      objects: objects.size,
      trouble: open ? undefined : (trouble ?? 'has not answered yet'),
    };
  }

  /** What is wrong with values that are not used. */
  get problems(): readonly string[] {
    return [...this.#values.problems.values(), ...this.#conflicts.values()];
  }

  async reload(): Promise<void> {
    await this.#bucket.reload();
  }

  async stop(): Promise<void> {
    this.#busy = true;
    clearTimeout(this.#timer);
    await this.#bucket.stop();
  }

  #take({ key, value, atMs }: KvChange): void {
    const values = this.#reading ?? this.#values;
    const { objects, problems } = values;
    values.modifiedMs = Math.max(values.modifiedMs, atMs);
    if (value === undefined) {
      problems.delete(key);
      if (objects.delete(key)) this.#note();
      return;
    }
    const text = new TextDecoder().decode(value);
    const problem = this.#check.problemOf({ key, text });
    if (problem !== undefined) return this.#refuse(key, problem);
    problems.delete(key);
    if (objects.get(key) === text) return;
    objects.set(key, text);
    this.#note();
  }

  /** What the key had before stays. */
  #refuse(key: string, problem: string): void {
    const { objects, problems } = this.#reading ?? this.#values;
    const before = this.#values.objects.get(key);
    const isKnown = this.#values.problems.get(key) === problem;
    if (before !== undefined) objects.set(key, before);
    problems.set(key, problem);
    this.#parts.counters.add('kv_refused');
    if (!isKnown) this.#tellRefused(key, problem);
  }

  #tellRefused(key: string, problem: string): void {
    const message = 'a value of the context cannot be used, going on with the one before';
    this.#parts.log.error(message, { key, problem });
  }

  #caughtUp(): void {
    this.#values = this.#reading!;
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

/** What the keys of a bucket have. */
class Values {
  readonly objects = new Map<string, string>();
  /** What is wrong with values that cannot be used whatever else there is. */
  readonly problems = new Map<string, string>();
  modifiedMs = 0;

  /** Octets of keys and values, as they are held here. */
  get bytes(): number {
    return [...this.objects].reduce((sum, [key, text]) => sum + Buffer.byteLength(key) + Buffer.byteLength(text), 0);
  }
}

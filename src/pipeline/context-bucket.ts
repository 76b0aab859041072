import { ObjectCheck } from '../enrich/context/json-document.ts';
import type { KeyedObject } from '../enrich/context/json-document.ts';
import type { ObjectChanges, RefusedObject } from '../enrich/live/messages.ts';
import type { ObjectSource, SourceStatus } from '../enrich/live/object-source.ts';
import type { Logger } from '../log/logger.ts';
import type { Counters } from '../metrics/counters.ts';
import { KvBucket } from '../transport/nats/kv-bucket.ts';
import type { KvChange, KvSettings } from '../transport/nats/kv-bucket.ts';

/** What the start waits for the bucket, before it goes on without. */
const START_WAIT_MS = 3_000;

/**
 * A change waits for others as long as it took to have the last ones in use, within these bounds: small contexts follow
 * at once, and the model thread is idle for half of the time.
 */
const GATHER_MIN_MS = 10;
const GATHER_MAX_MS = 50;

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
  /** Values that can be used by themselves, and not together with the rest of the context. */
  #refused: ReadonlyMap<string, RefusedObject> = new Map();
  /** The values in use. */
  readonly #used = new Map<string, string>();
  /** Keys of which the model is told with the next question: their value, or the one in use beside it, is another one. */
  #news = new Set<string>();
  /** How often it was told, and what it was told of keys that is not in use yet. */
  #told = 0;
  readonly #unused = new Map<string, { readonly number: number; readonly text: string | undefined }>();
  #gatherMs = GATHER_MIN_MS;
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

  changes(whole: boolean): ObjectChanges {
    const { objects } = this.#values;
    const number = ++this.#told;
    const set: KeyedObject[] = [];
    const gone: string[] = [];
    for (const key of whole ? objects.keys() : this.#news) {
      const text = objects.get(key);
      this.#unused.set(key, { number, text });
      if (text === undefined) gone.push(key);
      else set.push({ key, text, ...this.#before(key, text) });
    }
    // what a model that knows nothing is not told has gone
    const others = whole ? this.#used.keys() : [];
    for (const key of others) if (!objects.has(key)) this.#unused.set(key, { number, text: undefined });
    this.#news = new Set();
    this.#changed = false;
    return { number, whole, set, gone };
  }

  #before(key: string, text: string): { readonly before?: string } {
    const before = this.#used.get(key);
    return before === undefined || before === text ? {} : { before };
  }

  used(number: number, refused: ReadonlyMap<string, RefusedObject>): void {
    const known = this.#refused;
    const now = new Map([...refused].filter(([, { object }]) => object !== undefined));
    // what was refused and is no more can be used, unless it is another value now
    for (const [key, { object }] of known) if (!now.has(key)) this.#use(key, object!.text);
    for (const [key, { number: told, text }] of this.#unused) {
      if (told > number) continue;
      this.#unused.delete(key);
      this.#use(key, text);
    }
    for (const [key, { object, stays }] of now) this.#use(key, stays ? object!.before : undefined);
    this.#refused = now;
    const fresh = [...now].filter(([key, { problem }]) => known.get(key)?.problem !== problem);
    for (const [key, { problem }] of fresh.slice(0, TOLD_AT_ONCE)) this.#tellRefused(key, problem);
    this.#parts.counters.add('kv_refused', fresh.length);
    if (fresh.length <= TOLD_AT_ONCE) return;
    this.#parts.log.error('more values of the context cannot be used', { count: fresh.length - TOLD_AT_ONCE });
  }

  #use(key: string, text: string | undefined): void {
    const before = this.#used.get(key);
    if (before === text) return;
    if (text === undefined) this.#used.delete(key);
    else this.#used.set(key, text);
    // the model has the one before as what stays
    if (before !== undefined) this.#news.add(key);
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
    return [...this.#values.problems.values(), ...this.#conflicts];
  }

  get #conflicts(): string[] {
    return [...this.#refused.values()].map(({ problem }) => problem);
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
      if (values.delete(key)) this.#note(key);
      return;
    }
    const text = new TextDecoder().decode(value);
    const problem = this.#check.problemOf({ key, text });
    if (problem !== undefined) return this.#refuse(key, problem);
    problems.delete(key);
    if (objects.get(key) === text) return;
    values.set(key, text);
    this.#note(key);
  }

  /** What the key had before stays. */
  #refuse(key: string, problem: string): void {
    const values = this.#reading ?? this.#values;
    const before = this.#values.objects.get(key);
    const isKnown = this.#values.problems.get(key) === problem;
    if (before !== undefined) values.set(key, before);
    values.problems.set(key, problem);
    this.#parts.counters.add('kv_refused');
    if (!isKnown) this.#tellRefused(key, problem);
  }

  #tellRefused(key: string, problem: string): void {
    const message = 'a value of the context cannot be used, going on with the one before';
    this.#parts.log.error(message, { key, problem });
  }

  #caughtUp(): void {
    const before = this.#values.objects;
    this.#values = this.#reading!;
    this.#reading = undefined;
    const { objects } = this.#values;
    for (const key of before.keys()) if (!objects.has(key)) this.#note(key);
    for (const [key, text] of objects) if (before.get(key) !== text) this.#note(key);
  }

  #note(key: string): void {
    if (this.#reading !== undefined) return;
    this.#news.add(key);
    this.#changed = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#busy) return;
    this.#timer ??= setTimeout(() => void this.#tell(), this.#gatherMs).unref();
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    this.#busy = true;
    const began = performance.now();
    await this.#parts.onChange();
    this.#gatherMs = Math.min(Math.max(performance.now() - began, GATHER_MIN_MS), GATHER_MAX_MS);
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
  bytes = 0;

  set(key: string, text: string): void {
    this.delete(key);
    this.objects.set(key, text);
    this.bytes += Buffer.byteLength(key) + Buffer.byteLength(text);
  }

  delete(key: string): boolean {
    const text = this.objects.get(key);
    if (text === undefined) return false;
    this.bytes -= Buffer.byteLength(key) + Buffer.byteLength(text);
    return this.objects.delete(key);
  }
}

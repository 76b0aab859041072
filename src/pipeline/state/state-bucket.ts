import { randomUUID } from 'node:crypto';
import { NAME_LIFETIME_MS } from '../../decode/limits.ts';
import { sameDefinition } from '../../decode/templates/template.ts';
import type { Owner, StoredTemplate } from '../../decode/templates/store.ts';
import type { ToldName } from '../../enrich/learned/told-name.ts';
import { errorFields } from '../../log/logger.ts';
import type { Logger } from '../../log/logger.ts';
import type { Counters } from '../../metrics/counters.ts';
import { KvBucket } from '../../transport/nats/kv-bucket.ts';
import type { KvChange, KvSettings } from '../../transport/nats/kv-bucket.ts';
import type { StateNews } from './news.ts';
import type { SharedState } from './shared-state.ts';
import { digestOfEntry, factsKey, readEntry, readTemplateKey, templateKey, valuesOf } from './shared-entries.ts';
import { digestOfNames, namesByKey } from './shared-names.ts';
import type { SharedDefinition, SharedEntry, SharedValue } from './shared-entries.ts';

/** What the start waits for the bucket, before it goes on without. */
const START_WAIT_MS = 3_000;

/** A change waits so long for others; one that could not be written is tried again after a second. */
const GATHER_MS = 50;
const RETRY_MS = 1_000;

/** What is still sent is written again so often. */
const REFRESH_MS = 5 * 60_000;

/** What a key lacks that this collector knows is added to it so often at most: two must not correct each other for ever. */
const MERGE_MS = 10_000;

/** Keys that are written at once. */
const WINDOW = 64;

/** An exporter's clock that falls by more than this was set back: what it sent then is newer all the same. */
const SET_BACK_SECONDS = 3_600;

export interface StateBucketOptions extends KvSettings {
  readonly state: SharedState;
  /** How long a template holds; 0: for ever. */
  readonly ttlMs: number;
  readonly counters: Counters;
  readonly log: Logger;
}

/** What is in the bucket under a key, as far as is known here. */
interface KnownKey {
  readonly digest: string;
  readonly hasClocks: boolean;
  /** When it was written last, by anybody, and when this collector last added to it. */
  readonly writtenMs: number;
  mergedMs: number;
}

/**
 * Shares the {@link SharedState} with other collectors by a bucket of NATS KV: a key for each template, one for the
 * sampling rates of each domain, and one for up to 256 names. Only exporters whose data was decoded are written (D-9). Without the
 * server each collector goes on alone; afterwards what has changed is written and read.
 */
export class StateBucket {
  readonly #options: StateBucketOptions;
  readonly #bucket: KvBucket;
  readonly #refreshMs: number;
  /** Tells what this collector has written from what others have. */
  readonly #self = randomUUID();
  #refused = false;
  /** Whether a change is taken from the bucket: what ends by it has ended there already. */
  #taking = false;
  /** Templates of the bucket while it is read: rates go first, for data that waits for both. */
  #templates: KvChange[] = [];
  readonly #known = new Map<string, KnownKey>();
  /** Keys whose names nobody has told for longer than they hold. */
  readonly #over = new Set<string>();
  /** Addresses about which there is something to write, and those that are being written. */
  readonly #changed = new Set<string>();
  #writing: ReadonlySet<string> = new Set();
  /** Keys of definitions that do not hold any more, by address, with the digest of what is in the bucket. */
  readonly #gone = new Map<string, Map<string, string>>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #stopped = false;

  constructor(options: StateBucketOptions) {
    const { counters, log, ttlMs } = options;
    this.#options = options;
    this.#refreshMs = ttlMs > 0 ? Math.min(REFRESH_MS, ttlMs / 4) : REFRESH_MS;
    const events = {
      opened: () => {
        this.#known.clear();
        this.#templates = [];
        this.#over.clear();
      },
      changed: (change: KvChange) => this.#read(change),
      caughtUp: () => this.#caughtUp(),
    };
    this.#bucket = new KvBucket(options, events, { counters, log });
  }

  /** Takes what other collectors know, if the server is there, and shares from now on. */
  async start(): Promise<void> {
    const { state, bucket, log } = this.#options;
    state.subscribe((news, from, isNew) => {
      if (from !== this) this.#note(news, isNew);
    });
    state.subscribeGone((stored) => this.#noteGone(stored));
    const inTime = await this.#bucket.start(START_WAIT_MS);
    if (inTime) log.info('templates are shared', { bucket, keys: this.#known.size });
    else log.warn('the NATS bucket of templates has not answered yet, starting without', { bucket });
  }

  /** Writes what has changed, if that can be done at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#flushing;
    if (this.#bucket.open) await this.#flush();
    await this.#bucket.stop();
  }

  async reload(): Promise<void> {
    await this.#bucket.reload();
  }

  #note(news: StateNews, isNew: boolean): void {
    switch (news.about) {
      case 'template':
        if (isNew || this.#isOld(templateKey({ ...news.template, address: news.address }))) this.#change(news.address);
        break;
      case 'proven':
        if (isNew) this.#change(news.address);
        break;
      case 'clocks':
        for (const { owner } of news.clocks) if (this.#lacksClock(owner)) this.#change(owner.address);
        break;
      case 'facts':
        if (isNew) for (const { address } of news.facts) this.#change(address);
        break;
      case 'names':
        if (isNew) for (const { address } of news.names) this.#change(address);
    }
  }

  /** Whether a domain is in the bucket without its clock, or with one of long ago. */
  #lacksClock({ address, domain }: Owner): boolean {
    return this.#options.state.templatesOf(address).some(({ template }) => {
      if (template.version !== 9 || template.domain !== domain) return false;
      const key = templateKey({ ...template, address });
      return this.#isOld(key) || this.#known.get(key ?? '')?.hasClocks === false;
    });
  }

  #willEnd(address: string, key: string, digest: string): void {
    const gone = this.#gone.get(address);
    if (gone === undefined) this.#gone.set(address, new Map([[key, digest]]));
    else gone.set(key, digest);
  }

  #noteGone({ address, template, proven }: StoredTemplate): void {
    const key = proven && !this.#taking ? templateKey({ ...template, address }) : undefined;
    if (key === undefined) return;
    this.#willEnd(address, key, this.#known.get(key)?.digest ?? '');
    this.#change(address);
  }

  #isOld(key: string | undefined): boolean {
    const known = key === undefined ? undefined : this.#known.get(key);
    return known !== undefined && performance.now() - known.writtenMs > this.#refreshMs;
  }

  #change(address: string): void {
    this.#changed.add(address);
    this.#schedule(GATHER_MS);
  }

  #schedule(waitMs: number): void {
    if (this.#timer !== undefined || this.#flushing !== undefined || !this.#bucket.open || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flushing = this.#flushOnce();
    }, waitMs).unref();
  }

  async #flushOnce(): Promise<void> {
    const allDone = await this.#flush();
    this.#flushing = undefined;
    if (this.#changed.size > 0) this.#schedule(allDone ? GATHER_MS : RETRY_MS);
  }

  #read(change: KvChange): void {
    const waits = !this.#bucket.open && change.value !== undefined && readTemplateKey(change.key) !== undefined;
    if (waits) this.#templates.push(change);
    else this.#takeIn(change);
  }

  /** The bucket was read: whatever it lacks is written. */
  #caughtUp(): void {
    for (const change of this.#templates) this.#takeIn(change);
    this.#templates = [];
    for (const key of this.#over) void this.#delete(key);
    this.#over.clear();
    for (const { address, proven } of this.#options.state.templates()) if (proven) this.#changed.add(address);
    this.#schedule(GATHER_MS);
  }

  /** Writes what has changed; whether all of it could be. */
  async #flush(): Promise<boolean> {
    const addresses = new Set(this.#changed);
    this.#changed.clear();
    this.#writing = addresses;
    let open: Promise<boolean>[] = [];
    let allDone = true;
    for (const address of addresses) {
      for (const change of this.#changesOf(address)) {
        open.push(change.then((done) => done || (this.#changed.add(address), false)));
        if (open.length < WINDOW) continue;
        allDone = (await Promise.all(open)).every(Boolean) && allDone; // eslint-disable-line no-await-in-loop
        open = [];
      }
    }
    allDone = (await Promise.all(open)).every(Boolean) && allDone;
    this.#writing = new Set();
    return allDone;
  }

  *#changesOf(address: string): Generator<Promise<boolean>, undefined> {
    const values = valuesOf(address, this.#options.state);
    for (const [key, value] of values) {
      const known = this.#known.get(key);
      const isNew = known?.digest !== value.digest || (value.hasClocks && !known.hasClocks);
      if (isNew || this.#isOld(key)) yield this.#put(key, value);
    }
    const gone = this.#gone.get(address);
    if (gone === undefined) return;
    this.#gone.delete(address);
    for (const key of gone.keys()) {
      if (values.has(key)) continue;
      yield this.#delete(key);
      if (values.size > 0) continue;
      // nothing of the exporter is left: neither are its rates and names
      const rates = factsKey(readTemplateKey(key)!)!;
      if (this.#known.has(rates)) yield this.#delete(rates);
      const names = `names.${key.split('.')[1]}.`;
      for (const known of [...this.#known.keys()].filter((each) => each.startsWith(names))) yield this.#delete(known);
    }
  }

  async #put(key: string, { json, digest, hasClocks }: SharedValue): Promise<boolean> {
    const outcome = await this.#bucket.put(key, JSON.stringify({ by: this.#self, ...json }));
    if (outcome === 'failed') return false;
    const mergedMs = this.#known.get(key)?.mergedMs ?? -Infinity;
    this.#known.set(key, { digest, hasClocks, writtenMs: performance.now(), mergedMs });
    return true;
  }

  async #delete(key: string): Promise<boolean> {
    const known = this.#known.get(key);
    const outcome = await this.#bucket.delete(key);
    if (outcome === 'failed') {
      const about = readTemplateKey(key);
      if (about !== undefined) this.#willEnd(about.address, key, known?.digest ?? '');
      return false;
    }
    this.#known.delete(key);
    return true;
  }

  #takeIn(change: KvChange): void {
    this.#taking = true;
    try {
      this.#take(change);
    } finally {
      this.#taking = false;
    }
  }

  /** Takes in a value that another collector has written, or the end of one. */
  #take({ key, value }: KvChange): void {
    if (value === undefined) return this.#takeEnd(key);
    const { counters, log, bucket } = this.#options;
    try {
      const json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value)) as { by?: unknown };
      const entry = readEntry(key, json);
      const digest = digestOfEntry(entry);
      const mergedMs = this.#known.get(key)?.mergedMs ?? -Infinity;
      const hasClocks = entry.about === 'template' && entry.clocks.length > 0;
      this.#known.set(key, { digest, hasClocks, writtenMs: performance.now(), mergedMs });
      if (json.by === this.#self) return;
      if (entry.about === 'template') {
        const gone = this.#gone.get(entry.address);
        if (gone?.get(key) === digest) return; // it has ended here, and is about to be deleted
        gone?.delete(key);
      }
      this.#takeEntry(key, entry);
      counters.add('kv_taken');
    } catch (error) {
      counters.add('kv_refused');
      if (!this.#refused) log.warn('a value in a NATS bucket cannot be used', { bucket, key, ...errorFields(error) });
      this.#refused = true;
    }
  }

  #takeEntry(key: string, entry: SharedEntry): void {
    const { state } = this.#options;
    if (entry.about === 'facts') {
      const { facts } = entry;
      if (this.#isOurs(facts.address)) return; // what was learned here a moment ago is newer
      state.take({ about: 'facts', facts: [facts] }, this);
      return;
    }
    if (entry.about === 'names') return this.#takeNames(key, entry.names);
    const { address, definitions, clocks } = entry;
    for (const definition of definitions) this.#takeDefinition(address, definition);
    state.take({ about: 'proven', address }, this);
    if (clocks.length > 0) state.take({ about: 'clocks', clocks }, this);
    if (this.#lacks(key, entry)) this.#merge(key, address);
  }

  /** Of each name what was told last holds. */
  #takeNames(key: string, names: readonly ToldName[]): void {
    const { state } = this.#options;
    const first = names[0];
    if (names.every(({ heardMs }) => Date.now() - heardMs > NAME_LIFETIME_MS)) this.#over.add(key);
    if (first === undefined) return;
    state.take({ about: 'names', names }, this);
    const ours = namesByKey(state.names(first.address)).get(key) ?? [];
    if (this.#bucket.open && digestOfNames(ours) !== digestOfNames(names)) this.#merge(key, first.address);
  }

  /** The newer export time wins; of the same second, what was learned here a moment ago. */
  #takeDefinition(address: string, { ports, exportSeconds, template }: SharedDefinition): void {
    const { state } = this.#options;
    for (const port of ports) {
      const ours = state.lookUp({ ...template, address, port }, template.id);
      if (ours !== undefined && ours.ports.includes(port) && !sameDefinition(ours.template, template)) {
        const newer = ours.exportSeconds - exportSeconds;
        const isSetBack = newer > SET_BACK_SECONDS && exportSeconds > 0;
        if ((newer > 0 && !isSetBack) || (newer === 0 && this.#isOurs(address))) continue;
      }
      state.take({ about: 'template', address, port, template, exportSeconds }, this);
    }
  }

  /** Whether something is known here under a key that its value does not have. */
  #lacks(key: string, { definitions, address }: SharedEntry & { about: 'template' }): boolean {
    return this.#options.state
      .templatesOf(address)
      .some(
        (stored) =>
          templateKey({ ...stored.template, address }) === key &&
          !definitions.some(({ template }) => sameDefinition(template, stored.template)),
      );
  }

  #merge(key: string, address: string): void {
    const known = this.#known.get(key)!;
    if (performance.now() - known.mergedMs < MERGE_MS) return;
    known.mergedMs = performance.now();
    this.#change(address);
  }

  #takeEnd(key: string): void {
    const { state } = this.#options;
    const isOurs = this.#known.delete(key);
    const about = readTemplateKey(key);
    if (about === undefined || (!isOurs && this.#bucket.open) || this.#isOurs(about.address)) return;
    for (const { template, ports, exportSeconds } of state.templatesOf(about.address)) {
      if (template.version !== about.version || template.domain !== about.domain || template.id !== about.id) continue;
      for (const port of ports.length > 0 ? [...ports] : [0]) {
        state.take({ about: 'gone', address: about.address, port, template, exportSeconds }, this);
      }
    }
  }

  /** Whether what is known here of an address waits to be written. */
  #isOurs(address: string): boolean {
    return this.#changed.has(address) || this.#writing.has(address);
  }
}

import { EXPORTER_NAME_SHARE, MAX_LEARNED_NAME_BYTES, NAME_LIFETIME_MS, PROBATION_SHARE } from '../../decode/limits.ts';
import { LruList } from '../../decode/templates/lru-list.ts';
import type { Counters } from '../../metrics/counters.ts';
import { DomainNames, ExporterNames, NameEntry } from './name-entries.ts';
import { isWritable, readId } from './told-name.ts';
import type { NameId, NameKind, ToldName } from './told-name.ts';

/** Octets of memory beside texts, and of a text: as a string, in the memory of fragments, and as two formats show it. */
const ENTRY_BYTES = 400;
const TEXT_FACTOR = 8;
const DOMAIN_BYTES = 600;
const EXPORTER_BYTES = 600;

/** Part of a lifetime after which others are told that a name is still told. */
const AGAIN = 1 / 8;

/** How often names whose lifetime is over are given up; until then they are passed over. */
const PRUNE_MS = 60_000;

export interface LearnedNamesOptions {
  readonly counters?: Counters | undefined;
  /** Whether data of an address was decoded; what may be forged has a part of the memory only. */
  readonly isProven?: ((address: string) => boolean) | undefined;
  readonly maxBytes?: number | undefined;
  /** How long a name holds that its exporter does not tell again. */
  readonly lifetimeMs?: number | undefined;
  /** Unix milliseconds. */
  readonly now?: (() => number) | undefined;
}

/**
 * Names of interfaces, VRFs, applications and exporters, as options data has told them, by address (not port), version
 * and domain. A record replaces what was told before of the same thing.
 *
 * Bounded: names of exporters that may be forged give up each other, one exporter has a part of the memory, and then
 * the exporter goes first that was silent for the longest time.
 */
export class LearnedNames {
  readonly #options: LearnedNamesOptions;
  readonly #maxBytes: number;
  readonly #lifetimeMs: number;
  readonly #now: () => number;
  readonly #exporters = new Map<string, ExporterNames>();
  readonly #established = new LruList<ExporterNames>();
  readonly #probation = new LruList<ExporterNames>();
  /** Names with news since {@link news}. */
  readonly #changed = new Set<NameEntry>();
  #bytes = 0;
  #probationBytes = 0;
  #count = 0;
  #nowMs: number;
  #prunedMs = 0;
  // whose packet is at hand
  #address = '';
  #version: 9 | 10 = 9;
  #domain = 0;
  #current: DomainNames | undefined;

  constructor(options: LearnedNamesOptions = {}) {
    const { maxBytes = MAX_LEARNED_NAME_BYTES, lifetimeMs = NAME_LIFETIME_MS, now = Date.now } = options;
    this.#options = options;
    this.#maxBytes = maxBytes;
    this.#lifetimeMs = lifetimeMs;
    this.#now = now;
    this.#nowMs = now();
  }

  /** Octets of memory, by estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  /** A packet of this domain is at hand, until {@link end}. */
  begin(address: string, version: 9 | 10, domain: number): void {
    this.#address = address;
    this.#version = version;
    this.#domain = domain;
    this.#current = this.#exporters
      .get(address)
      ?.domains(version)
      .get(domain | 0);
  }

  end(): void {
    this.#current = undefined;
  }

  /** The names of the packet at hand; undefined where there are none. */
  get current(): DomainNames | undefined {
    return this.#current;
  }

  /** Whether a name still holds. */
  holds(entry: NameEntry): boolean {
    return !this.#isOver(entry.heardMs);
  }

  /** Takes what an options record of the packet at hand says; what it says nothing of (undefined) stays as it was. */
  learn(kind: NameKind, id: NameId, name: string | undefined, description: string | undefined): void {
    if (!isWritable(id)) return;
    let domain = this.#current;
    const known = domain?.find(kind, id.high, id.low);
    if (known === undefined && (name ?? '') === '' && (description ?? '') === '') return;
    domain ??= this.#open(this.#address, this.#version, this.#domain, this.#options.isProven?.(this.#address) ?? true);
    this.#current = domain;
    const entry = known ?? this.#add(domain, kind, id);
    const isNews = this.#put(entry, name ?? entry.name, description ?? entry.description);
    if (isNews) this.#options.counters?.add('names_learned');
    entry.heardMs = this.#nowMs = this.#now();
    if (domain.exporter.proven && (isNews || entry.heardMs - entry.toldMs >= AGAIN * this.#lifetimeMs)) {
      this.#changed.add(entry);
    }
    this.#touch(entry);
    this.#makeRoom(domain.exporter);
  }

  /** Takes in what another thread, a file or another collector knows; whether anything of it is news. */
  restore({ address, version, domain, kind, id, name, description, heardMs }: ToldName): boolean {
    const nowMs = (this.#nowMs = this.#now());
    const lastMs = Math.min(heardMs, nowMs);
    if (this.#isOver(lastMs)) return false;
    const numbers = readId(kind, id);
    this.prove(address); // nobody tells of an exporter that is not
    const home =
      this.#exporters
        .get(address)
        ?.domains(version)
        .get(domain | 0) ?? this.#open(address, version, domain, true);
    const known = home.find(kind, numbers.high, numbers.low);
    if (known !== undefined && known.heardMs > lastMs) return false;
    const entry = known ?? this.#add(home, kind, numbers);
    const isNews = this.#put(entry, name, description) || lastMs - entry.toldMs >= AGAIN * this.#lifetimeMs;
    entry.heardMs = lastMs;
    if (isNews) entry.toldMs = lastMs;
    this.#touch(entry);
    this.#makeRoom(home.exporter);
    return isNews;
  }

  /** Data of an address was decoded: its names are no mere claim any more. */
  prove(address: string): void {
    const exporter = this.#exporters.get(address);
    if (exporter === undefined || exporter.proven) return;
    exporter.proven = true;
    this.#probationBytes -= exporter.bytes;
    this.#established.touch(exporter);
    for (const entry of exporter.entries) this.#changed.add(entry);
  }

  /** What exporters that are proven have told since the last call, `most` names of it. */
  news(most: number): ToldName[] {
    const told: ToldName[] = [];
    for (const entry of this.#changed) {
      if (told.length === most) break;
      this.#changed.delete(entry);
      entry.toldMs = entry.heardMs;
      told.push(entry.tell());
    }
    return told;
  }

  /** All names that hold; of one address, where it is given. */
  *all(address?: string): Generator<ToldName, undefined> {
    this.#nowMs = this.#now();
    const one = address === undefined ? undefined : this.#exporters.get(address);
    const exporters = address === undefined ? this.#exporters.values() : one === undefined ? [] : [one];
    for (const { entries } of exporters) {
      for (const entry of entries) if (!this.#isOver(entry.heardMs)) yield entry.tell();
    }
  }

  /** About once a second. */
  tick(): void {
    this.#nowMs = this.#now();
    if (this.#nowMs - this.#prunedMs < PRUNE_MS) return;
    this.#prunedMs = this.#nowMs;
    for (const { entries } of this.#exporters.values()) {
      for (const entry of entries) if (this.#isOver(entry.heardMs)) this.#remove(entry);
    }
  }

  #isOver(heardMs: number): boolean {
    return this.#nowMs - heardMs > this.#lifetimeMs;
  }

  #open(address: string, version: 9 | 10, domain: number, proven: boolean): DomainNames {
    let exporter = this.#exporters.get(address);
    if (exporter === undefined) {
      exporter = new ExporterNames(address, proven);
      this.#exporters.set(address, exporter);
      this.#charge(exporter, EXPORTER_BYTES);
    }
    const names = new DomainNames(exporter, version, domain);
    exporter.domains(version).set(domain | 0, names);
    this.#charge(exporter, DOMAIN_BYTES);
    return names;
  }

  #add(home: DomainNames, kind: NameKind, { high, low }: NameId): NameEntry {
    const entry = new NameEntry(home, kind, high, low);
    home.add(entry);
    this.#count++;
    return entry;
  }

  /** Whether that is news. */
  #put(entry: NameEntry, name: string, description: string): boolean {
    if (entry.cost > 0 && entry.name === name && entry.description === description) return false;
    entry.name = name;
    entry.description = description;
    entry.bank = 0;
    const cost = ENTRY_BYTES + TEXT_FACTOR * (Buffer.byteLength(name) + Buffer.byteLength(description));
    this.#charge(entry.home.exporter, cost - entry.cost);
    entry.cost = cost;
    return true;
  }

  #charge(exporter: ExporterNames, bytes: number): void {
    exporter.bytes += bytes;
    this.#bytes += bytes;
    if (!exporter.proven) this.#probationBytes += bytes;
  }

  #touch(entry: NameEntry): void {
    const { exporter } = entry.home;
    exporter.entries.touch(entry);
    (exporter.proven ? this.#established : this.#probation).touch(exporter);
  }

  #makeRoom(exporter: ExporterNames): void {
    while (exporter.bytes > this.#maxBytes * EXPORTER_NAME_SHARE) this.#evict(exporter);
    while (this.#probationBytes > this.#maxBytes * PROBATION_SHARE) this.#evict(this.#probation.oldest!);
    while (this.#bytes > this.#maxBytes) this.#evict(this.#probation.oldest ?? this.#established.oldest!);
  }

  #evict({ entries }: ExporterNames): void {
    this.#options.counters?.add('notices:name_evicted');
    this.#remove(entries.oldest!);
  }

  #remove(entry: NameEntry): void {
    const { home } = entry;
    const { exporter } = home;
    exporter.entries.remove(entry);
    this.#changed.delete(entry);
    this.#charge(exporter, -entry.cost);
    this.#count--;
    home.delete(entry);
    if (home.size > 0) return;
    this.#charge(exporter, -DOMAIN_BYTES);
    exporter.domains(home.version).delete(home.domain | 0);
    if (this.#current === home) this.#current = undefined;
    if (!exporter.isEmpty) return;
    this.#charge(exporter, -EXPORTER_BYTES);
    this.#exporters.delete(exporter.address);
    this.#established.remove(exporter); // whichever list it is in: the links are its own
  }
}

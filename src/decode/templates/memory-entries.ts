import { ExporterClocks } from './exporter-clock.ts';
import type { Layout } from './layouts.ts';
import { LruNode } from './lru-list.ts';
import type { Owner, StoredTemplate } from './store.ts';
import { sameDefinition } from './template.ts';
import type { Template } from './template.ts';

/** A definition that is in use, in the list of definitions of its id. */
export class Entry extends LruNode implements StoredTemplate {
  readonly template: Template;
  readonly layout: Layout;
  readonly home: Domain;
  readonly ports: number[];
  readonly exportSeconds: number;
  readonly addedMs: number;
  updatedMs: number;
  usedMs = -1;
  heardMs = -1;
  /** Octets that its exporter answers for. */
  readonly cost: number;
  /** The definition of the same id that was the latest before this one, and is still in use. */
  earlier: Entry | undefined;

  constructor(
    home: Domain,
    template: Template,
    layout: Layout,
    port: number,
    exportSeconds: number,
    nowMs: number,
    cost: number,
  ) {
    super();
    this.home = home;
    this.template = template;
    this.layout = layout;
    this.ports = [port];
    this.exportSeconds = exportSeconds;
    this.addedMs = this.updatedMs = nowMs;
    this.cost = cost;
  }

  get proven(): boolean {
    return this.home.exporter.proven;
  }

  get address(): string {
    return this.home.exporter.address;
  }
}

/** A source id or observation domain of an address. */
export class Domain {
  readonly exporter: Exporter;
  readonly version: 9 | 10;
  readonly domain: number;
  /** The store that it is in; undefined once it is closed. */
  store: object | undefined;
  /** Who has the shortcut to it. */
  source: Owner['source'] = undefined;
  readonly #byId = new Map<number, Entry>();
  /** The one that was asked for last. */
  #last: Entry | undefined;
  readonly clocks = new ExporterClocks();

  constructor(store: object, exporter: Exporter, owner: Owner) {
    this.store = store;
    this.exporter = exporter;
    this.version = owner.version;
    this.domain = owner.domain;
  }

  /** How many ids have definitions. */
  get size(): number {
    return this.#byId.size;
  }

  /** The latest definition of each id, which links to the others. */
  latest(): Iterable<Entry> {
    return this.#byId.values();
  }

  get(id: number): Entry | undefined {
    const last = this.#last;
    if (last !== undefined && last.template.id === id) return last;
    return (this.#last = this.#byId.get(id));
  }

  /** Makes a definition the latest of its id. */
  set(entry: Entry): void {
    this.#last = entry;
    this.#byId.set(entry.template.id, entry);
  }

  delete(id: number): void {
    this.#last = undefined;
    this.#byId.delete(id);
  }

  get siblings(): Map<number, Domain> {
    return this.version === 9 ? this.exporter.v9 : this.exporter.ipfix;
  }
}

/** An address that templates came from. Its domains have signed 32-bit keys, which a Map holds without boxes. */
export class Exporter {
  readonly address: string;
  readonly v9 = new Map<number, Domain>();
  readonly ipfix = new Map<number, Domain>();
  /** Ports that templates came from, the longest unused first. */
  readonly ports = new Set<number>();
  /** Whether data of it was laid out by one of its templates. */
  proven = false;
  /** What its definitions cost. */
  bytes = 0;

  constructor(address: string) {
    this.address = address;
  }
}

/** The definition that an exporter has had the longest, about. */
export function firstOf({ v9, ipfix }: Exporter): Entry | undefined {
  for (const domains of [v9, ipfix]) {
    for (const domain of domains.values()) for (const entry of domain.latest()) return entry;
  }
  return undefined;
}

/** Of the definitions from `entry` on, the one that this port has sent. */
export function ofPort(entry: Entry | undefined, port: number): Entry | undefined {
  while (entry !== undefined && !entry.ports.includes(port)) entry = entry.earlier;
  return entry;
}

export function equalTo(entry: Entry | undefined, template: Template): Entry | undefined {
  while (entry !== undefined && !sameDefinition(entry.template, template)) entry = entry.earlier;
  return entry;
}

/** Takes `entry` out of the definitions that follow `latest`; false when it is not among them. */
export function unlink(entry: Entry, latest: Entry): boolean {
  let later: Entry | undefined = latest;
  while (later !== undefined && later.earlier !== entry) later = later.earlier;
  if (later === undefined) return false;
  later.earlier = entry.earlier;
  entry.earlier = undefined;
  return true;
}

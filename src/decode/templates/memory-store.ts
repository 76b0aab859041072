import type { Counters } from '../../metrics/counters.ts';
import { MAX_PORTS_PER_ADDRESS, MAX_TEMPLATE_BYTES } from '../limits.ts';
import { ExporterClocks } from './exporter-clock.ts';
import type { ClockFacts } from './exporter-clock.ts';
import { Layouts } from './layouts.ts';
import type { Layout } from './layouts.ts';
import { LruList, LruNode } from './lru-list.ts';
import type { Owner, StoredTemplate, TemplateEvent, TemplateListener, TemplateStore } from './store.ts';
import { makeTemplate, sameDefinition } from './template.ts';
import type { Template } from './template.ts';

/** Heap octets beside the fields, measured (test/decode/templates/memory-store.test.ts holds them to it). */
const ENTRY_BYTES = 320;
const DOMAIN_BYTES = 700;
const ADDRESS_BYTES = 700;
const CLOCK_BYTES = 90;
/** A port in the list of an address, and in that of a definition. */
const ADDRESS_PORT_BYTES = 40;
const ENTRY_PORT_BYTES = 16;

/** A definition that is in use, in the list of definitions of its id. */
class Entry extends LruNode implements StoredTemplate {
  readonly template: Template;
  readonly layout: Layout;
  readonly home: Domain;
  readonly ports: number[];
  readonly exportSeconds: number;
  readonly addedMs: number;
  updatedMs: number;
  usedMs = -1;
  /** The definition of the same id that was the latest before this one, and is still in use. */
  earlier: Entry | undefined;

  constructor(home: Domain, template: Template, layout: Layout, port: number, exportSeconds: number, nowMs: number) {
    super();
    this.home = home;
    this.template = template;
    this.layout = layout;
    this.ports = [port];
    this.exportSeconds = exportSeconds;
    this.addedMs = this.updatedMs = nowMs;
  }

  get address(): string {
    return this.home.exporter.address;
  }
}

/** A source id or observation domain of an address. */
class Domain {
  readonly exporter: Exporter;
  readonly version: 9 | 10;
  readonly domain: number;
  /** By template id: the latest definition, which links to the others. */
  readonly byId = new Map<number, Entry>();
  readonly clocks = new ExporterClocks();

  constructor(exporter: Exporter, owner: Owner) {
    this.exporter = exporter;
    this.version = owner.version;
    this.domain = owner.domain;
  }

  get siblings(): Map<number, Domain> {
    return this.version === 9 ? this.exporter.v9 : this.exporter.ipfix;
  }
}

/** An address that templates came from. Its domains have signed 32-bit keys, which a Map holds without boxes. */
class Exporter {
  readonly address: string;
  readonly v9 = new Map<number, Domain>();
  readonly ipfix = new Map<number, Domain>();
  /** Ports that templates came from, the longest unused first. */
  readonly ports = new Set<number>();

  constructor(address: string) {
    this.address = address;
  }
}

export interface MemoryTemplateStoreOptions {
  readonly counters: Counters;
  /** Heap octets, estimated, that all templates may take. */
  readonly maxBytes?: number;
}

/**
 * Templates in memory, bounded by octets and not by number, because a template has up to 16,370 fields.
 *
 * A port matters only where one id has several definitions in use; each definition then knows the ports that have
 * sent it. So an exporter that changes its port with every datagram adds nothing, and a look-up by port is only paid
 * where there is a conflict.
 */
export class MemoryTemplateStore implements TemplateStore {
  readonly #counters: Counters;
  readonly #maxBytes: number;
  readonly #exporters = new Map<string, Exporter>();
  readonly #layouts = new Layouts();
  readonly #use = new LruList<Entry>();
  readonly #listeners: TemplateListener[] = [];
  /** The domain of the last call: the sets of a datagram have the same. */
  #last: Domain | undefined;
  #nowMs = 0;
  #bytes = 0;

  constructor(options: MemoryTemplateStoreOptions) {
    this.#counters = options.counters;
    this.#maxBytes = options.maxBytes ?? MAX_TEMPLATE_BYTES;
  }

  /** Heap octets in use, estimated. */
  get bytes(): number {
    return this.#bytes + this.#layouts.bytes;
  }

  find(owner: Owner, id: number): Template | undefined {
    const entry = this.#choose(owner, id);
    if (entry === undefined) return undefined;
    entry.usedMs = this.#nowMs;
    this.#use.touch(entry);
    return entry.template;
  }

  lookUp(owner: Owner, id: number): StoredTemplate | undefined {
    return this.#choose(owner, id);
  }

  add(owner: Owner, template: Template, exportSeconds: number): Template {
    return this.#store(owner, template, exportSeconds, true);
  }

  put(owner: Owner, template: Template, exportSeconds: number): void {
    if (template.minimumLength === 0) return; // a decoder never lets one through (C-040), a file may
    this.#store(owner, template, exportSeconds, false);
  }

  observe(owner: Owner, facts: ClockFacts): 'running' | 'restarted' | 'unknown' {
    const domain = this.#domain(owner);
    if (domain === undefined) return 'unknown';
    const { clocks } = domain;
    const before = clocks.ports;
    const restarted = clocks.observe(owner.port, facts);
    this.#bytes += (clocks.ports - before) * CLOCK_BYTES;
    if (!restarted) return 'running';
    this.#restart(domain, owner.port);
    return 'restarted';
  }

  remove(stored: StoredTemplate): void {
    if (stored instanceof Entry) this.#discard(stored, 'removed', 0);
  }

  entries(): IterableIterator<StoredTemplate> {
    return this.#use[Symbol.iterator]();
  }

  subscribe(listener: TemplateListener): void {
    this.#listeners.push(listener);
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  #domain(owner: Owner): Domain | undefined {
    const last = this.#last;
    if (
      last !== undefined &&
      last.domain === owner.domain &&
      last.version === owner.version &&
      last.exporter.address === owner.address
    ) {
      return last;
    }
    const exporter = this.#exporters.get(owner.address);
    if (exporter === undefined) return undefined;
    const domain = (owner.version === 9 ? exporter.v9 : exporter.ipfix).get(owner.domain | 0);
    if (domain !== undefined) this.#last = domain;
    return domain;
  }

  #choose(owner: Owner, id: number): Entry | undefined {
    const latest = this.#domain(owner)?.byId.get(id);
    if (latest === undefined || latest.earlier === undefined) return latest;
    return ofPort(latest, owner.port) ?? latest;
  }

  #store(owner: Owner, template: Template, exportSeconds: number, announce: boolean): Template {
    const domain = this.#domain(owner) ?? this.#open(owner);
    this.#usePort(domain.exporter, owner.port);
    const latest = domain.byId.get(template.id);
    const own = latest === undefined ? undefined : ofPort(latest, owner.port);
    const equal = equalTo(latest, template);
    if (equal !== undefined) this.#refresh(equal, latest!, owner.port, announce);
    const entry = equal ?? this.#insert(domain, template, latest, owner.port, exportSeconds, announce);
    if (own !== undefined && own !== entry) {
      if (announce) this.#counters.add('notices:template_changed');
      this.#leavePort(own, owner.port);
    }
    const others = this.#dropUnused(entry, owner.port);
    if (others > 0 && equal === undefined && announce) this.#counters.add('notices:template_conflict');
    this.#use.touch(entry);
    this.#makeRoom();
    return entry.template;
  }

  #refresh(entry: Entry, latest: Entry, port: number, announce: boolean): void {
    entry.updatedMs = this.#nowMs;
    this.#leavePort(entry, port);
    entry.ports.push(port);
    this.#bytes += ENTRY_PORT_BYTES;
    if (entry.ports.length > MAX_PORTS_PER_ADDRESS) this.#leavePort(entry, entry.ports[0]!);
    if (entry === latest) return;
    unlink(entry, latest);
    entry.earlier = latest;
    entry.home.byId.set(entry.template.id, entry);
    if (announce) this.#tell('latest', entry, port);
  }

  #insert(
    domain: Domain,
    template: Template,
    latest: Entry | undefined,
    port: number,
    exportSeconds: number,
    announce: boolean,
  ): Entry {
    const layout = this.#layouts.acquire(template.fields);
    const shared = layout.fields === template.fields ? template : makeTemplate(template, layout.fields);
    const entry = new Entry(domain, shared, layout, port, exportSeconds, this.#nowMs);
    entry.earlier = latest;
    domain.byId.set(template.id, entry);
    this.#bytes += ENTRY_BYTES + ENTRY_PORT_BYTES;
    if (announce) {
      this.#counters.add('templates_added');
      this.#tell('added', entry, port);
    }
    return entry;
  }

  /** Gives up the earlier definitions of this id that no port is left for; how many are still in use. */
  #dropUnused(latest: Entry, port: number): number {
    const { ports } = latest.home.exporter;
    let others = 0;
    for (let entry = latest.earlier; entry !== undefined;) {
      const next: Entry | undefined = entry.earlier;
      const gone = entry.ports.filter((known) => !ports.has(known));
      for (const known of gone) this.#leavePort(entry, known);
      if (entry.ports.length === 0) this.#discard(entry, 'replaced', port);
      else others++;
      entry = next;
    }
    return others;
  }

  #leavePort(entry: Entry, port: number): void {
    const at = entry.ports.indexOf(port);
    if (at < 0) return;
    entry.ports.splice(at, 1);
    this.#bytes -= ENTRY_PORT_BYTES;
  }

  /** Makes a port the most recently used one of its address. */
  #usePort({ ports }: Exporter, port: number): void {
    const before = ports.size;
    ports.delete(port);
    ports.add(port);
    if (ports.size > MAX_PORTS_PER_ADDRESS) ports.delete(ports.values().next().value!);
    this.#bytes += (ports.size - before) * ADDRESS_PORT_BYTES;
  }

  /** Drops what a restarted exporter has sent; all of its domain unless ports tell it from another one. */
  #restart(domain: Domain, port: number): void {
    const all = !domain.clocks.repeats || domain.clocks.ports === 1;
    for (const latest of domain.byId.values()) {
      for (let entry: Entry | undefined = latest; entry !== undefined;) {
        const next: Entry | undefined = entry.earlier;
        this.#leavePort(entry, port);
        if (all || entry.ports.length === 0) this.#discard(entry, 'restarted', port);
        entry = next;
      }
    }
    this.#counters.add('notices:exporter_restart');
  }

  #open(owner: Owner): Domain {
    let exporter = this.#exporters.get(owner.address);
    if (exporter === undefined) {
      exporter = new Exporter(owner.address);
      this.#exporters.set(owner.address, exporter);
      this.#bytes += ADDRESS_BYTES;
    }
    const domain = new Domain(exporter, owner);
    domain.siblings.set(owner.domain | 0, domain);
    this.#bytes += DOMAIN_BYTES;
    return (this.#last = domain);
  }

  #makeRoom(): void {
    while (this.bytes > this.#maxBytes) {
      const oldest = this.#use.oldest;
      if (oldest === undefined) return;
      this.#counters.add('notices:template_evicted');
      this.#discard(oldest, 'evicted', 0);
    }
  }

  /** Takes a definition out, and its domain and address when nothing is left of them. */
  #discard(entry: Entry, event: TemplateEvent, port: number): void {
    const { home } = entry;
    const latest = home.byId.get(entry.template.id);
    if (latest === entry && entry.earlier !== undefined) home.byId.set(entry.template.id, entry.earlier);
    else if (latest === entry) home.byId.delete(entry.template.id);
    else if (latest === undefined || !unlink(entry, latest)) return;
    this.#use.remove(entry);
    this.#layouts.release(entry.layout);
    this.#bytes -= ENTRY_BYTES + entry.ports.length * ENTRY_PORT_BYTES;
    if (home.byId.size === 0) this.#close(home);
    this.#tell(event, entry, port);
  }

  #close(domain: Domain): void {
    const { exporter } = domain;
    domain.siblings.delete(domain.domain | 0);
    this.#bytes -= DOMAIN_BYTES + domain.clocks.ports * CLOCK_BYTES;
    if (this.#last === domain) this.#last = undefined;
    if (exporter.v9.size > 0 || exporter.ipfix.size > 0) return;
    this.#exporters.delete(exporter.address);
    this.#bytes -= ADDRESS_BYTES + exporter.ports.size * ADDRESS_PORT_BYTES;
  }

  #tell(event: TemplateEvent, entry: Entry, port: number): void {
    for (const listener of this.#listeners) listener(event, entry, port);
  }
}

/** Of the definitions from `entry` on, the one that this port has sent. */
function ofPort(entry: Entry | undefined, port: number): Entry | undefined {
  while (entry !== undefined && !entry.ports.includes(port)) entry = entry.earlier;
  return entry;
}

function equalTo(entry: Entry | undefined, template: Template): Entry | undefined {
  while (entry !== undefined && !sameDefinition(entry.template, template)) entry = entry.earlier;
  return entry;
}

/** Takes `entry` out of the definitions that follow `latest`; false when it is not among them. */
function unlink(entry: Entry, latest: Entry): boolean {
  let later: Entry | undefined = latest;
  while (later !== undefined && later.earlier !== entry) later = later.earlier;
  if (later === undefined) return false;
  later.earlier = entry.earlier;
  entry.earlier = undefined;
  return true;
}

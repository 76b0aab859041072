import type { Counters } from '../../metrics/counters.ts';
import {
  EXPORTER_TEMPLATE_SHARE,
  MAX_PORTS_PER_ADDRESS,
  MAX_TEMPLATE_BYTES,
  PROBATION_RESERVE,
  PROBATION_SHARE,
} from '../limits.ts';
import type { ClockFacts } from './exporter-clock.ts';
import { Layouts } from './layouts.ts';
import { LruList } from './lru-list.ts';
import { Domain, Entry, Exporter, equalTo, firstOf, ofPort, unlink } from './memory-entries.ts';
import type { OwnedClock, Owner, StoredTemplate, TemplateEvent, TemplateListener, TemplateStore } from './store.ts';
import { makeTemplate } from './template.ts';
import type { Template } from './template.ts';

/** Heap octets beside the fields, measured (test/decode/templates/memory-store.test.ts holds them to it). */
const ENTRY_BYTES = 320;
const DOMAIN_BYTES = 700;
const ADDRESS_BYTES = 700;
const CLOCK_BYTES = 90;
/** A port in the list of an address, and in that of a definition. */
const ADDRESS_PORT_BYTES = 40;
const ENTRY_PORT_BYTES = 16;

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
  /** Definitions of exporters that are proven, and of those that are not. */
  readonly #established = new LruList<Entry>();
  readonly #probation = new LruList<Entry>();
  #probationBytes = 0;
  readonly #listeners: TemplateListener[] = [];
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

  /** Of these, what exporters answer for of which no data was decoded. */
  get probationBytes(): number {
    return this.#probationBytes;
  }

  find(owner: Owner, id: number): Template | undefined {
    const entry = this.#choose(owner, id);
    if (entry === undefined) return undefined;
    // the order of use is one of seconds, as the clock is; who was used before is proven
    if (entry.usedMs !== this.#nowMs) {
      if (!entry.home.exporter.proven) this.#prove(entry.home.exporter, entry, owner.port);
      entry.usedMs = this.#nowMs;
      this.#established.touch(entry);
    }
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
    this.#hasClocks(domain, before);
    if (!restarted) return 'running';
    this.#restart(domain, owner.port);
    return 'restarted';
  }

  noteClock(owner: Owner, facts: ClockFacts): void {
    const domain = this.#domain(owner);
    if (domain === undefined) return;
    const before = domain.clocks.ports;
    domain.clocks.observe(owner.port, facts);
    this.#hasClocks(domain, before);
  }

  #hasClocks(domain: Domain, before: number): void {
    const more = domain.clocks.ports - before;
    if (more === 0) return;
    this.#bytes += more * CLOCK_BYTES;
    this.#makeRoom(domain.exporter);
  }

  *clocks(of?: string): Generator<OwnedClock, undefined> {
    const one = of === undefined ? undefined : this.#exporters.get(of);
    const exporters = of === undefined ? this.#exporters.values() : one === undefined ? [] : [one];
    for (const { address, proven, v9 } of exporters) {
      if (!proven) continue;
      for (const { domain, clocks } of v9.values()) {
        for (const [port, clock] of clocks.byPort) yield { owner: { address, port, version: 9, domain }, clock };
      }
    }
  }

  prove(address: string): boolean {
    const exporter = this.#exporters.get(address);
    if (exporter === undefined || exporter.proven) return false;
    this.#establish(exporter);
    return true;
  }

  remove(stored: StoredTemplate): void {
    if (stored instanceof Entry) this.#discard(stored, 'removed', 0);
  }

  *entries(): Generator<StoredTemplate, undefined> {
    yield* this.#probation;
    yield* this.#established;
  }

  entriesOf(address: string): StoredTemplate[] {
    const exporter = this.#exporters.get(address);
    const found: StoredTemplate[] = [];
    if (exporter === undefined) return found;
    for (const domains of [exporter.v9, exporter.ipfix]) {
      for (const domain of domains.values()) {
        for (const latest of domain.latest()) {
          const first = found.length;
          for (let entry: Entry | undefined = latest; entry !== undefined; entry = entry.earlier) {
            found.splice(first, 0, entry);
          }
        }
      }
    }
    return found;
  }

  subscribe(listener: TemplateListener): void {
    this.#listeners.push(listener);
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  #domain(owner: Owner): Domain | undefined {
    const last = owner.source?.templates as Domain | undefined; // nobody else writes it
    if (last !== undefined && last.store === this && last.domain === owner.domain && last.version === owner.version) {
      return last;
    }
    const exporter = this.#exporters.get(owner.address);
    if (exporter === undefined) return undefined;
    const domain = (owner.version === 9 ? exporter.v9 : exporter.ipfix).get(owner.domain | 0);
    return domain && remember(domain, owner);
  }

  #choose(owner: Owner, id: number): Entry | undefined {
    const latest = this.#domain(owner)?.get(id);
    if (latest === undefined || latest.earlier === undefined) return latest;
    return ofPort(latest, owner.port) ?? latest;
  }

  #store(owner: Owner, template: Template, exportSeconds: number, announce: boolean): Template {
    const domain = this.#domain(owner) ?? this.#open(owner);
    this.#usePort(domain.exporter, owner.port);
    const latest = domain.get(template.id);
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
    if (announce) entry.heardMs = this.#nowMs;
    this.#placeOf(entry).touch(entry);
    this.#makeRoom(domain.exporter);
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
    entry.home.set(entry);
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
    const before = this.#layouts.bytes;
    const layout = this.#layouts.acquire(template.fields);
    const cost = ENTRY_BYTES + this.#layouts.bytes - before + (domain.size === 0 ? DOMAIN_BYTES + ADDRESS_BYTES : 0);
    const shared = layout.fields === template.fields ? template : makeTemplate(template, layout.fields);
    const entry = new Entry(domain, shared, layout, port, exportSeconds, this.#nowMs, cost);
    entry.earlier = latest;
    domain.set(entry);
    this.#bytes += ENTRY_BYTES + ENTRY_PORT_BYTES;
    domain.exporter.bytes += cost;
    if (!domain.exporter.proven) this.#probationBytes += cost;
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
    for (const latest of domain.latest()) {
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
    const domain = new Domain(this, exporter, owner);
    domain.siblings.set(owner.domain | 0, domain);
    this.#bytes += DOMAIN_BYTES;
    return remember(domain, owner);
  }

  #placeOf({ home }: Entry): LruList<Entry> {
    return home.exporter.proven ? this.#established : this.#probation;
  }

  /** Data of the exporter was laid out by `entry`: it is no mere claim any more. */
  #prove(exporter: Exporter, entry: Entry, port: number): void {
    this.#establish(exporter);
    this.#tell('proven', entry, port);
  }

  #establish(exporter: Exporter): void {
    exporter.proven = true;
    this.#probationBytes -= exporter.bytes;
    for (const domains of [exporter.v9, exporter.ipfix]) {
      for (const domain of domains.values()) {
        for (const entry of domain.latest()) {
          for (let next: Entry | undefined = entry; next !== undefined; next = next.earlier)
            this.#established.touch(next);
        }
      }
    }
  }

  /**
   * Forged sources must not push out real ones (S-03): definitions of exporters that are not proven have a part of the
   * memory only and are given up first, down to what is theirs alone: forged sources that send data as well must not
   * keep out who comes new. One exporter has a part of it only, and gives up its own.
   */
  #makeRoom(exporter: Exporter): void {
    while (this.#probationBytes > this.#maxBytes * PROBATION_SHARE) this.#evict(this.#probation.oldest!);
    while (exporter.bytes > this.#maxBytes * EXPORTER_TEMPLATE_SHARE) this.#evict(firstOf(exporter)!);
    while (this.bytes > this.#maxBytes) {
      const spare = this.#probationBytes > this.#maxBytes * PROBATION_RESERVE ? this.#probation.oldest : undefined;
      const oldest = spare ?? this.#established.oldest ?? this.#probation.oldest;
      if (oldest === undefined) return;
      this.#evict(oldest);
    }
  }

  #evict(entry: Entry): void {
    this.#counters.add('notices:template_evicted');
    this.#discard(entry, 'evicted', 0);
  }

  /** Takes a definition out, and its domain and address when nothing is left of them. */
  #discard(entry: Entry, event: TemplateEvent, port: number): void {
    const { home } = entry;
    const latest = home.get(entry.template.id);
    if (latest === entry && entry.earlier !== undefined) home.set(entry.earlier);
    else if (latest === entry) home.delete(entry.template.id);
    else if (latest === undefined || !unlink(entry, latest)) return;
    this.#placeOf(entry).remove(entry);
    home.exporter.bytes -= entry.cost;
    if (!home.exporter.proven) this.#probationBytes -= entry.cost;
    this.#layouts.release(entry.layout);
    this.#bytes -= ENTRY_BYTES + entry.ports.length * ENTRY_PORT_BYTES;
    if (home.size === 0) this.#close(home);
    this.#tell(event, entry, port);
  }

  #close(domain: Domain): void {
    const { exporter } = domain;
    domain.siblings.delete(domain.domain | 0);
    this.#bytes -= DOMAIN_BYTES + domain.clocks.ports * CLOCK_BYTES;
    forget(domain);
    if (exporter.v9.size > 0 || exporter.ipfix.size > 0) return;
    this.#exporters.delete(exporter.address);
    this.#bytes -= ADDRESS_BYTES + exporter.ports.size * ADDRESS_PORT_BYTES;
  }

  #tell(event: TemplateEvent, entry: Entry, port: number): void {
    for (const listener of this.#listeners) listener(event, entry, port);
  }
}

/** Leaves a domain where the next datagram of its exporter finds it at once. */
function remember(domain: Domain, { source }: Owner): Domain {
  if (source !== undefined) {
    source.templates = domain;
    domain.source = source;
  }
  return domain;
}

function forget(domain: Domain): void {
  domain.store = undefined;
  if (domain.source?.templates === domain) domain.source.templates = undefined;
}

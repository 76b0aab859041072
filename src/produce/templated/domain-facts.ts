import { MAX_DOMAIN_FACTS } from '../../decode/limits.ts';
import { LruList, LruNode } from '../../decode/templates/lru-list.ts';
import { DomainRates } from '../sampling.ts';
import type { ScopedRate } from '../sampling.ts';

/** What is known of a domain, for another thread or a file. */
export interface ToldFacts {
  readonly address: string;
  readonly version: 9 | 10;
  readonly domain: number;
  /** When the exporter started, Unix milliseconds; -1 while not known. */
  readonly exporterStartMs: number;
  readonly rates: readonly ScopedRate[];
}

/** What options data has told about one domain of an exporter. */
export class DomainFacts extends LruNode {
  readonly exporter: ExporterFacts;
  readonly version: 9 | 10;
  readonly domain: number;
  readonly rates = new DomainRates();
  /** When the exporter started (element 160), Unix milliseconds; -1 while not known. */
  exporterStartMs = -1;

  constructor(exporter: ExporterFacts, version: 9 | 10, domain: number) {
    super();
    this.exporter = exporter;
    this.version = version;
    this.domain = domain;
  }

  /** Rates and other facts that are remembered, 1 at least. */
  get size(): number {
    return 1 + this.rates.size;
  }

  tell(): ToldFacts {
    const { exporter, version, domain, exporterStartMs } = this;
    return { address: exporter.address, version, domain, exporterStartMs, rates: [...this.rates] };
  }
}

/** The domains of an address; keys are domains as signed 32-bit numbers, which a Map holds without boxes. */
class ExporterFacts {
  readonly address: string;
  readonly v9 = new Map<number, DomainFacts>();
  readonly ipfix = new Map<number, DomainFacts>();

  constructor(address: string) {
    this.address = address;
  }

  domains(version: 9 | 10): Map<number, DomainFacts> {
    return version === 9 ? this.v9 : this.ipfix;
  }
}

/**
 * The facts of all domains, by address (not port), version and domain. Bounded: the domain that nothing was told
 * about for the longest time is given up.
 */
export class DomainFactsTable {
  readonly #exporters = new Map<string, ExporterFacts>();
  readonly #told = new LruList<DomainFacts>();
  /** Domains with news, as options data has told it, since {@link news}. */
  readonly #changed = new Set<DomainFacts>();
  readonly #maxFacts: number;
  #size = 0;

  constructor(maxFacts = MAX_DOMAIN_FACTS) {
    this.#maxFacts = maxFacts;
  }

  /** Facts of all domains. */
  get size(): number {
    return this.#size;
  }

  find(address: string, version: 9 | 10, domain: number): DomainFacts | undefined {
    if (this.#exporters.size === 0) return undefined;
    return this.#exporters
      .get(address)
      ?.domains(version)
      .get(domain | 0);
  }

  /** Has `learn` change the facts of a domain, which are made if need be. */
  update(address: string, version: 9 | 10, domain: number, learn: (facts: DomainFacts) => void): void {
    const facts = this.#change(address, version, domain, learn);
    if (facts !== undefined) this.#changed.add(facts);
  }

  /** Takes in what another thread or a file knows; whether anything of it is news. */
  restore({ address, version, domain, exporterStartMs, rates }: ToldFacts): boolean {
    const changed = this.#change(address, version, domain, (facts) => {
      if (exporterStartMs >= 0) facts.exporterStartMs = exporterStartMs;
      for (const { scope, rate } of rates) facts.rates.learn(scope, rate);
    });
    return changed !== undefined;
  }

  /** What options data has told since the last call, `most` domains of it. */
  news(most: number): ToldFacts[] {
    const told: ToldFacts[] = [];
    for (const facts of this.#changed) {
      if (told.length === most) break;
      this.#changed.delete(facts);
      told.push(facts.tell());
    }
    return told;
  }

  /** All that is known. */
  *all(): Generator<ToldFacts, undefined> {
    for (const facts of this.#told) yield facts.tell();
  }

  /** All that is known of an address. */
  of(address: string): ToldFacts[] {
    const exporter = this.#exporters.get(address);
    if (exporter === undefined) return [];
    return [...exporter.v9.values(), ...exporter.ipfix.values()].map((facts) => facts.tell());
  }

  /** The facts when something in them has changed. */
  #change(
    address: string,
    version: 9 | 10,
    domain: number,
    learn: (facts: DomainFacts) => void,
  ): DomainFacts | undefined {
    const facts = this.find(address, version, domain) ?? this.#open(address, version, domain);
    const { exporterStartMs, size } = facts;
    const { changes } = facts.rates;
    learn(facts);
    this.#size += facts.size - size;
    this.#told.touch(facts);
    while (this.#size > this.#maxFacts) this.#close(this.#told.oldest!);
    return facts.rates.changes !== changes || facts.exporterStartMs !== exporterStartMs ? facts : undefined;
  }

  #open(address: string, version: 9 | 10, domain: number): DomainFacts {
    let exporter = this.#exporters.get(address);
    if (exporter === undefined) this.#exporters.set(address, (exporter = new ExporterFacts(address)));
    const facts = new DomainFacts(exporter, version, domain);
    exporter.domains(version).set(domain | 0, facts);
    this.#size += facts.size;
    return facts;
  }

  #close(facts: DomainFacts): void {
    const { exporter } = facts;
    this.#told.remove(facts);
    this.#changed.delete(facts);
    this.#size -= facts.size;
    exporter.domains(facts.version).delete(facts.domain | 0);
    if (exporter.v9.size + exporter.ipfix.size === 0) this.#exporters.delete(exporter.address);
  }
}

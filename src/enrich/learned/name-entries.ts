import { LruList, LruNode } from '../../decode/templates/lru-list.ts';
import { idText, kindNumbers, nameKinds } from './told-name.ts';
import type { NameId, NameKind, ToldName } from './told-name.ts';

/** A name, and what it is of. */
export class NameEntry extends LruNode implements NameId {
  readonly home: DomainNames;
  readonly kind: NameKind;
  readonly high: number;
  readonly low: number;
  name = '';
  description = '';
  /** Octets of memory, by estimate. */
  cost = 0;
  /** When its exporter told it last, and when the other threads were told so: Unix milliseconds. */
  heardMs = 0;
  toldMs = -Infinity;
  /** Fragments that were made of it, in memory of this number; see `NameFragments`. */
  bank = 0;
  first = 0;
  second = 0;

  constructor(home: DomainNames, kind: NameKind, high: number, low: number) {
    super();
    this.home = home;
    this.kind = kind;
    this.high = high;
    this.low = low;
  }

  tell(): ToldName {
    const { home, kind, name, description, heardMs } = this;
    const { exporter, version, domain } = home;
    return { address: exporter.address, version, domain, kind, id: idText(kind, this), name, description, heardMs };
  }
}

/** Names of one kind by what they are of; keys are signed 32-bit numbers, which a Map holds without boxes. */
export class NamesById {
  readonly #low = new Map<number, NameEntry>();
  /** Those whose high word is not 0, by that word. */
  readonly #wide = new Map<number, Map<number, NameEntry>>();

  get(high: number, low: number): NameEntry | undefined {
    return (high === 0 ? this.#low : this.#wide.get(high | 0))?.get(low | 0);
  }

  add(entry: NameEntry): void {
    const { high, low } = entry;
    let byLow = high === 0 ? this.#low : this.#wide.get(high | 0);
    if (byLow === undefined) this.#wide.set(high | 0, (byLow = new Map()));
    byLow.set(low | 0, entry);
  }

  delete({ high, low }: NameEntry): void {
    const byLow = high === 0 ? this.#low : this.#wide.get(high | 0);
    byLow?.delete(low | 0);
    if (byLow?.size === 0 && high !== 0) this.#wide.delete(high | 0);
  }
}

/** The names that are told in one domain of an exporter. */
export class DomainNames {
  readonly exporter: ExporterNames;
  readonly version: 9 | 10;
  readonly domain: number;
  size = 0;
  /** By the number of the kind; undefined for one that nothing was told of. */
  readonly kinds: (NamesById | undefined)[] = nameKinds.map(() => undefined);

  constructor(exporter: ExporterNames, version: 9 | 10, domain: number) {
    this.exporter = exporter;
    this.version = version;
    this.domain = domain;
  }

  find(kind: NameKind, high: number, low: number): NameEntry | undefined {
    return this.kinds[kindNumbers[kind]]?.get(high, low);
  }

  add(entry: NameEntry): void {
    (this.kinds[kindNumbers[entry.kind]] ??= new NamesById()).add(entry);
    this.size++;
  }

  delete(entry: NameEntry): void {
    this.kinds[kindNumbers[entry.kind]]!.delete(entry);
    this.size--;
  }
}

/** The names of an exporter, of all its domains. */
export class ExporterNames extends LruNode {
  readonly address: string;
  /** In the order in which they were told last. */
  readonly entries = new LruList<NameEntry>();
  /** Octets of memory, by estimate. */
  bytes = 0;
  /** Whether data of it was decoded: otherwise it may be forged. */
  proven: boolean;
  readonly #v9 = new Map<number, DomainNames>();
  readonly #ipfix = new Map<number, DomainNames>();

  constructor(address: string, proven: boolean) {
    super();
    this.address = address;
    this.proven = proven;
  }

  /** By number, as a signed one. */
  domains(version: 9 | 10): Map<number, DomainNames> {
    return version === 9 ? this.#v9 : this.#ipfix;
  }

  get isEmpty(): boolean {
    return this.#v9.size + this.#ipfix.size === 0;
  }
}

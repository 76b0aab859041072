import { PrefixList } from '../lpm/prefix-list.ts';
import type { AddressOctets } from '../lpm/prefix-list.ts';
import type { Prefix } from '../../flow/prefix-text.ts';
import { TextTable, WordTable } from './sequence-table.ts';

/**
 * A context as it was read, from all its sources: the input of `compileContext`, and of `explain`.
 *
 * Sources are added one after the other, those that win last. Texts and attributes are numbers of tables, so that a
 * million networks are a few typed arrays.
 */
export class ContextDraft {
  readonly sources: Source[] = [];
  readonly networks = new NetworkDraft();
  readonly exporters = new ExporterDrafts();
  readonly applications = new ApplicationDrafts();
  /** Whether there is a source that anything may come from at any time: what refers to nothing now waits for it. */
  isOpen = false;

  /** Number of a source that is added. */
  addSource(source: Source): number {
    return this.sources.push(source) - 1;
  }
}

/** Where a part of a context came from. */
export interface Source {
  /** From the weakest to the strongest: of equal prefixes in several sources, the attributes of the stronger one win. */
  readonly kind: 'database' | 'learned' | 'http' | 'kv' | 'file';
  /** A path or an address. */
  readonly name: string;
}

/** Where something stands: a source by its number, line and column counted from 1; 0 = not known. */
export interface Place {
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

/** Value of an attribute that is taken away from what inherits it. */
export const CLEARED = 0xffffffff;

/** Texts and lists of attributes of one kind of object. */
export class TextTables {
  readonly texts = new TextTable();
  /** Lists of attributes: words, by twos, of the number of a name and that of a value, or {@link CLEARED}. */
  readonly attributes = new WordTable();
  /** The list without attributes. */
  readonly none = this.attributes.intern(new Uint32Array(0));
}

/** Words of a row: subject, list of attributes, source, line, column. */
const ROW = 5;
const NO_INHERITANCE = 0x80000000;

/** One prefix with what was said about it. */
export interface PrefixRow extends Place {
  /** What the prefix is of: the number of a name, of an exporter, or of a reference. */
  readonly subject: number;
  readonly attributes: number;
  readonly inherit: boolean;
}

/** Prefixes of one family, each with a row. */
export class DraftPrefixes {
  readonly list: PrefixList;
  #rows = new Uint32Array(64 * ROW);

  constructor(family: AddressOctets) {
    this.list = new PrefixList(family);
  }

  add(prefix: Prefix, { subject, attributes, inherit, source, line, column }: PrefixRow): void {
    const at = this.list.add(prefix.octets, prefix.length) * ROW;
    if (at === this.#rows.length) {
      const grown = new Uint32Array(Math.ceil((at / ROW) * 1.5) * ROW);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[at] = subject;
    this.#rows[at + 1] = attributes | (inherit ? 0 : NO_INHERITANCE);
    this.#rows[at + 2] = source;
    this.#rows[at + 3] = line;
    this.#rows[at + 4] = column;
  }

  row(index: number): PrefixRow {
    const at = index * ROW;
    const rows = this.#rows;
    return {
      subject: rows[at]!,
      attributes: rows[at + 1]! & ~NO_INHERITANCE,
      inherit: (rows[at + 1]! & NO_INHERITANCE) === 0,
      source: rows[at + 2]!,
      line: rows[at + 3]!,
      column: rows[at + 4]!,
    };
  }

  prefix(index: number): Prefix {
    const { octets, lengths, family } = this.list;
    return { octets: octets.slice(index * family, (index + 1) * family), length: lengths[index]! };
  }
}

/** Prefixes of both families. */
export class PrefixTables {
  readonly v4 = new DraftPrefixes(4);
  readonly v6 = new DraftPrefixes(16);

  add(prefix: Prefix, row: PrefixRow): void {
    (prefix.octets.length === 4 ? this.v4 : this.v6).add(prefix, row);
  }

  get count(): number {
    return this.v4.list.count + this.v6.list.count;
  }
}

/** Networks: the subject of a prefix is the number of its name. */
export class NetworkDraft extends TextTables {
  readonly prefixes = new PrefixTables();
}

/** An interface or a VRF of an exporter. */
export interface PortDraft {
  /** ifIndex, or id of the VRF. */
  readonly number: number;
  readonly name: number;
  readonly attributes: number;
  readonly place: Place;
}

export interface ExporterDraft {
  readonly name: number;
  readonly interfaces: readonly PortDraft[];
  readonly vrfs: readonly PortDraft[];
  /** Sampling rates; 0 = none. */
  readonly sampling: { readonly override: number; readonly default: number };
}

/** Exporters: the subject of a prefix is an index of the list. */
export class ExporterDrafts extends TextTables {
  readonly prefixes = new PrefixTables();
  readonly list: ExporterDraft[] = [];
}

/** A rule that names the application of a flow. */
export interface ApplicationDraft {
  readonly name: number;
  readonly attributes: number;
  /** IP protocol; undefined = any. */
  readonly protocol: number | undefined;
  /** Ranges of ports, both ends included; empty = any, also none. */
  readonly ports: readonly (readonly [from: number, to: number])[];
  /** What the side of the port is in: a network by name, or a prefix. */
  readonly network: string | Prefix | undefined;
  /** Among the rules of its source, or of all keys, those with smaller numbers are tried first. */
  readonly order: number;
  readonly place: Place;
}

export class ApplicationDrafts extends TextTables {
  readonly list: ApplicationDraft[] = [];
}

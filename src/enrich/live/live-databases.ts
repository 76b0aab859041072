import { GoFlowError } from '../../config/errors.ts';
import { fileAppearance } from '../../config/file-appearance.ts';
import { errorFields } from '../../log/logger.ts';
import type { Logger } from '../../log/logger.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { AddressTableMemory } from '../geoip/address-table.ts';
import type { AttributeName } from '../geoip/attribute.ts';
import type { GeoIpTables } from '../geoip/geoip-enricher.ts';
import type { MmdbMetadata } from '../geoip/mmdb-file.ts';
import { FileWatch } from './file-watch.ts';
import { Model } from './model.ts';

/** Paths of databases; empty: none. */
export type DatabasePaths = Readonly<Record<AttributeName, string>>;

/** Asks the database thread for a table. */
export interface DatabaseRequest {
  readonly path: string;
  readonly attribute: AttributeName;
}

export type DatabaseResult =
  | {
      readonly kind: 'read';
      /** What the file looked like before it was read. */
      readonly appearance: string;
      readonly table: AddressTableMemory;
      readonly metadata: MmdbMetadata;
      readonly tookMs: number;
    }
  | { readonly kind: 'refused'; readonly appearance: string; readonly problem: string };

type ReadDatabase = DatabaseResult & { readonly kind: 'read'; readonly name: AttributeName; readonly path: string };

export interface LiveDatabasesParts {
  readonly counters: Counters;
  readonly log: Logger;
  /** Takes the tables after each change; not those that are there when {@link LiveDatabases.start} resolves. */
  readonly onTables: (tables: GeoIpTables) => void;
}

/**
 * Databases of AS numbers and countries, followed as their files change. A file that cannot be used is refused whole:
 * the table that was made of the one before stays in use.
 */
export class LiveDatabases {
  readonly #paths: DatabasePaths;
  readonly #names: readonly AttributeName[];
  readonly #parts: LiveDatabasesParts;
  readonly #thread = new Model<DatabaseRequest, DatabaseResult>('database');
  readonly #watch = new FileWatch(() => void this.#follow());
  readonly #appearances = new Map<string, string>();
  #tables: GeoIpTables = { asn: undefined, country: undefined };
  /** Files are read one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(paths: DatabasePaths, parts: LiveDatabasesParts) {
    this.#paths = paths;
    this.#names = (['asn', 'country'] as const).filter((name) => paths[name] !== '');
    this.#parts = parts;
  }

  /** Undefined when there is no database to follow. */
  static of(paths: DatabasePaths | undefined, parts: LiveDatabasesParts): LiveDatabases | undefined {
    return paths === undefined || (paths.asn === '' && paths.country === '')
      ? undefined
      : new LiveDatabases(paths, parts);
  }

  /** The tables in use. */
  get tables(): GeoIpTables {
    return this.#tables;
  }

  /** @throws GoFlowError when one of the databases cannot be used */
  async start(): Promise<void> {
    this.#use(await this.#read(this.#names));
  }

  /**
   * Reads all databases again (SIGHUP), whether they have changed or not.
   *
   * @returns what takes them into use
   * @throws GoFlowError when one of them cannot be used; everything stays as it is
   */
  async prepare(): Promise<() => void> {
    const read = await this.#read(this.#names);
    return () => {
      this.#use(read);
      this.#parts.onTables(this.#tables);
    };
  }

  /** {@link prepare} and what it gives; what cannot be used is logged and counted. */
  async reload(): Promise<void> {
    await this.#attempt(this.#names);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch.stop();
    await this.#thread.stop();
  }

  /** Files have changed: each one is taken or refused for itself. */
  async #follow(): Promise<void> {
    for (const name of this.#names) {
      const path = this.#paths[name];
      if (fileAppearance(path) !== this.#appearances.get(path)) await this.#attempt([name]);
    }
  }

  async #attempt(names: readonly AttributeName[]): Promise<void> {
    try {
      this.#use(await this.#read(names));
      if (!this.#stopped) this.#parts.onTables(this.#tables);
    } catch (error) {
      if (this.#stopped) return;
      const { counters, log } = this.#parts;
      counters.add('reload_failures');
      counters.add('geoip_errors');
      log.error('a database cannot be used, going on with the one before', errorFields(error));
    }
  }

  /**
   * Reads files, one after the other.
   *
   * @throws GoFlowError when one of them cannot be used
   */
  #read(names: readonly AttributeName[]): Promise<ReadDatabase[]> {
    const before = this.#queue;
    const read = (async () => {
      await before;
      const all: ReadDatabase[] = [];
      for (const name of names) all.push(await this.#readOne(name));
      return all;
    })();
    this.#queue = Promise.allSettled([read]);
    return read;
  }

  async #readOne(name: AttributeName): Promise<ReadDatabase> {
    const path = this.#paths[name];
    const result = await this.#thread.build({ path, attribute: name });
    this.#appearances.set(path, result.appearance);
    if (!this.#stopped && this.#appearances.size === this.#names.length) this.#watch.watch(this.#appearances);
    if (result.kind === 'refused') throw new GoFlowError('GF_GEOIP_FILE', `${path}: ${result.problem}`);
    return { name, path, ...result };
  }

  #use(databases: readonly ReadDatabase[]): void {
    for (const { name, path, table, metadata, tookMs } of databases) {
      this.#tables = { ...this.#tables, [name]: table };
      this.#parts.counters.add('geoip_loads');
      this.#parts.log.info('database in use', {
        database: name,
        path,
        type: metadata.databaseType,
        built: metadata.buildEpoch,
        nodes: metadata.nodeCount,
        ms: Math.round(tookMs),
      });
    }
  }
}

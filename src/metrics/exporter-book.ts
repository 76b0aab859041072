import type { Address } from './exporter-key.ts';
import { KEY_LENGTH, exporterKey, hashOfAddress, hashOfKey, readExporterKey } from './exporter-key.ts';
import { HALF_BUCKETS, agentShape, exporterColumn, exporterShape } from './exporter-columns.ts';
import type { ExporterColumn } from './exporter-columns.ts';
import { SeriesTable } from './series-table.ts';

/** After so long without a datagram a row may go to another address, when all are taken. */
const IDLE_MS = 3_600_000;

/** Half of the ten minutes that quantiles look back. */
const HALF_MS = 300_000;

/** Places for addresses that were seen once. */
const SEEN_ONCE = 4_096;

/** Counts the states of all books, so that what was found in one of them is not taken for another's. */
let states = 0;

const LAST_SEEN = exporterColumn('last_seen');
const FIRST_SEEN = exporterColumn('first_seen');

/** The memory of a book, which the main thread reads. */
export interface BookMemory {
  readonly exporters: SharedArrayBuffer;
  readonly agents: SharedArrayBuffer;
}

/**
 * What one thread counts of each exporter. An address gets a row when data of it was decoded; what is counted before,
 * or of addresses beyond the rows that there are, is in row 0.
 *
 * Forged addresses do not take the rows of real ones: who comes when the table is half full has to come twice, and a
 * row changes hands after an hour of silence only.
 */
export class ExporterBook {
  readonly exporters: SeriesTable;
  readonly agents: SeriesTable;
  /** Row of the datagram at hand. */
  row = 0;
  /** Where the buckets of the running half begin in a row. */
  bucketsFrom = 0;
  readonly #rows = new Map<string, number>();
  readonly #agentRows = new Map<number, number>();
  readonly #seenOnce = new Uint32Array(SEEN_ONCE);
  readonly #key = new Uint8Array(agentShape.keyLength);
  /** Which addresses have which rows: another number whenever one is given to an address. */
  #state = ++states;
  #halfSince = 0;
  #lastSource: Address | undefined;
  #lastAgent = 0;
  #mayReuse = true;

  /** @param memory of a thread before this one, whose counts go on */
  constructor(memory?: BookMemory) {
    this.exporters = new SeriesTable(exporterShape, memory?.exporters);
    this.agents = new SeriesTable(agentShape, memory?.agents);
    const { exporters, agents } = this;
    for (let row = 1; row < exporters.used; row++) this.#rows.set(readExporterKey(exporters.key(row)), row);
    for (let row = 1; row < agents.used; row++) this.#agentRows.set(hashOfKey(agents.key(row)), row);
  }

  /** Row of an address; 0 when it has none. */
  find(source: Address): number {
    if (source.rowAsOf === this.#state) return source.row;
    source.rowAsOf = this.#state;
    return (source.row = this.rowOf(source.text));
  }

  /** Row of an address, by its text; 0 when it has none. */
  rowOf(address: string): number {
    return this.#rows.get(address) ?? 0;
  }

  /** Row of an address that data was decoded from; 0 when there is none for it. */
  admit(source: Address, nowMs: number): number {
    const known = this.find(source);
    const { exporters } = this;
    if (known !== 0) return known;
    if (exporters.used > exporterShape.rows / 2 && !this.#hasComeBefore(source)) return 0;
    if (exporters.full && !this.#mayReuse) return 0;
    exporterKey(this.#key, 0, source.octets, 0, source.length);
    const key = this.#key.subarray(0, exporterShape.keyLength);
    const row = exporters.full ? this.#reuse(key, nowMs) : exporters.open(key);
    if (row === 0) return 0;
    this.#rows.set(source.text, row);
    source.row = row;
    source.rowAsOf = this.#state = ++states;
    exporters.values[row * exporterShape.columns + FIRST_SEEN] = nowMs;
    exporters.values[row * exporterShape.columns + LAST_SEEN] = nowMs;
    return row;
  }

  /** Row of an sFlow agent behind an address; 0 when there is none for it. */
  agent(source: Address, bytes: Uint8Array, agentAt: number, agentLength: number): number {
    if (
      source === this.#lastSource &&
      this.agents.isKeyAt(this.#lastAgent, KEY_LENGTH + 1, bytes, agentAt, agentLength)
    ) {
      return this.#lastAgent;
    }
    this.#lastSource = source;
    return (this.#lastAgent = this.#agent(source, bytes, agentAt, agentLength));
  }

  #agent(source: Address, bytes: Uint8Array, agentAt: number, agentLength: number): number {
    const key = this.#key;
    exporterKey(key, 0, source.octets, 0, source.length);
    exporterKey(key, KEY_LENGTH, bytes, agentAt, agentLength);
    const hash = hashOfKey(key);
    const known = this.#agentRows.get(hash);
    const { agents } = this;
    if (known !== undefined) return agents.isKey(known, key) ? known : 0;
    if (agents.full) return 0;
    const row = agents.open(key);
    this.#agentRows.set(hash, row);
    return row;
  }

  /** Adds to a column of the row at hand. */
  add(column: number, by: number): void {
    this.exporters.values[this.row * exporterShape.columns + column]! += by;
  }

  /** Sets a column of the row at hand. */
  set(column: number, value: number): void {
    this.exporters.values[this.row * exporterShape.columns + column] = value;
  }

  /** A column of a row: for tests and reports. */
  get(row: number, column: ExporterColumn): number {
    return this.exporters.values[row * exporterShape.columns + exporterColumn(column)]!;
  }

  /** About once a second: `nowMs` of a monotonic clock. */
  tick(nowMs: number): void {
    this.#mayReuse = true;
    if (nowMs - this.#halfSince < HALF_MS) return;
    this.#halfSince = nowMs;
    this.bucketsFrom = this.bucketsFrom === 0 ? HALF_BUCKETS : 0;
    const { buckets, used } = this.exporters;
    for (let row = 0; row < used; row++) {
      const from = row * exporterShape.buckets + this.bucketsFrom;
      buckets.fill(0, from, from + HALF_BUCKETS);
    }
  }

  #hasComeBefore(source: Address): boolean {
    const hash = hashOfAddress(source);
    const before = this.#seenOnce[hash % SEEN_ONCE] === hash;
    this.#seenOnce[hash % SEEN_ONCE] = hash;
    return before;
  }

  /** Looks for a row without a datagram in the last hour, once a second at most. */
  #reuse(key: Uint8Array, nowMs: number): number {
    this.#mayReuse = false;
    const { exporters } = this;
    for (let row = 1; row < exporters.used; row++) {
      if (nowMs - exporters.values[row * exporterShape.columns + LAST_SEEN]! < IDLE_MS) continue;
      this.#rows.delete(readExporterKey(exporters.key(row)));
      exporters.reuse(row, key);
      return row;
    }
    return 0;
  }
}

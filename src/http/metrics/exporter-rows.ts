import { exporterColumn, exporterShape } from '../../metrics/exporter-columns.ts';
import type { ExporterColumn } from '../../metrics/exporter-columns.ts';
import { readExporterKey } from '../../metrics/exporter-key.ts';
import { bucketMiddle, quantile } from '../../metrics/log-buckets.ts';
import type { SeriesTable } from '../../metrics/series-table.ts';
import type { ListenerView } from '../view.ts';

/** Stands for all exporters that have no row, or none within the bounds of the metrics. */
export const OTHER = 'other';

/** Buckets that are added up. */
const scratch = new Float64Array(exporterShape.buckets);

/** Rows of one exporter, in the books of several workers. */
export class ExporterRows {
  readonly address: string;
  readonly #rows: { readonly table: SeriesTable; readonly row: number }[] = [];

  constructor(address: string) {
    this.address = address;
  }

  add(table: SeriesTable, row: number): void {
    this.#rows.push({ table, row });
  }

  addAll(other: ExporterRows): void {
    this.#rows.push(...other.#rows);
  }

  /** A count, added up. */
  sum(column: ExporterColumn): number {
    const at = exporterColumn(column);
    let sum = 0;
    for (const { table, row } of this.#rows) sum += table.values[row * exporterShape.columns + at]!;
    return sum;
  }

  /** The greatest value, such as the time of the latest datagram; for {@link OTHER} it means nothing. */
  max(column: ExporterColumn): number {
    return Math.max(...this.#values(column));
  }

  /** The least value that is there. */
  min(column: ExporterColumn): number {
    return Math.min(...this.#values(column).filter((value) => value > 0));
  }

  /** The value in the row whose datagram is the latest. */
  latest(column: ExporterColumn): number {
    let [best, at] = [0, -1];
    this.#values('last_seen').forEach((value, i) => {
      if (value > at) [best, at] = [i, value];
    });
    return this.#values(column)[best]!;
  }

  /** Quantiles over buckets of which `count` begin at `from` in each half of a row. */
  quantiles(from: number, count: number, shares: readonly number[], middle: (bucket: number) => number): number[] {
    const half = exporterShape.buckets / 2;
    const counts = scratch.subarray(0, count).fill(0);
    for (const { table, row } of this.#rows) {
      const { buckets } = table;
      const at = row * exporterShape.buckets + from;
      for (let i = 0; i < count; i++) counts[i]! += buckets[at + i]! + buckets[at + half + i]!;
    }
    return shares.map((share) => quantile(counts, share, middle));
  }

  #values(column: ExporterColumn): number[] {
    const at = exporterColumn(column);
    return this.#rows.map(({ table, row }) => table.values[row * exporterShape.columns + at]!);
  }
}

/** The number in the middle of a bucket of delays: those ahead of us come first, the furthest in front. */
export function delayMiddle(bucket: number, aheadBuckets: number): number {
  return bucket < aheadBuckets ? -bucketMiddle(aheadBuckets - 1 - bucket) : bucketMiddle(bucket - aheadBuckets);
}

/** The rows of a listener by address; those of addresses that are not `admitted` go to {@link OTHER}. */
export function rowsOf({ books }: ListenerView, admitted?: ReadonlySet<string>): Map<string, ExporterRows> {
  const rows = new Map<string, ExporterRows>([[OTHER, new ExporterRows(OTHER)]]);
  for (const { exporters } of books) {
    for (let row = 0; row < exporters.used; row++) {
      const text = row === 0 ? OTHER : readExporterKey(exporters.key(row));
      const address = row === 0 || admitted === undefined || admitted.has(text) ? text : OTHER;
      let found = rows.get(address);
      if (found === undefined) rows.set(address, (found = new ExporterRows(address)));
      found.add(exporters, row);
    }
  }
  return rows;
}

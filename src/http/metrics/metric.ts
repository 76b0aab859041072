import type { Snapshot } from './snapshot.ts';

/** One value of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Name of the series where it is not that of the metric: `_sum`, `_count`, `_bucket`. */
  readonly suffix?: '_sum' | '_count' | '_bucket';
}

/** A row of the table of metrics: `/metrics` and `docs/metrics.md` are made from it. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'summary' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  readonly collect: (snapshot: Snapshot) => Iterable<Sample>;
}

/** Quantiles of summaries. */
export const QUANTILES = [0.5, 0.9, 0.99] as const;

/** The series of one summary. */
export function* summary(
  labels: Sample['labels'],
  quantiles: readonly number[],
  sum: number,
  count: number,
): Generator<Sample> {
  for (const [i, quantile] of QUANTILES.entries()) {
    yield { labels: { ...labels, quantile }, value: quantiles[i]! };
  }
  yield { labels, value: sum, suffix: '_sum' };
  yield { labels, value: count, suffix: '_count' };
}

/** An address with a port, as it stands in labels: IPv6 in brackets. */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

import type { SequencedProtocol } from '../metrics/reasons.ts';

/** Sums of sequence numbers by protocol, those that are not zero. */
export type Sequences = Partial<Record<SequencedProtocol, Record<string, number>>>;

/** One exporter, as `/exporters` shows it. */
export interface ExporterEntry {
  readonly address: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly silent_seconds: number;
  readonly datagrams: Record<string, number>;
  readonly bytes: number;
  readonly flows: number;
  /** A second, since the look before. */
  readonly rates: { readonly datagrams: number; readonly bytes: number; readonly flows: number };
  readonly sequences: Sequences;
  readonly dropped_datagrams: number;
  readonly failed_datagrams: number;
  readonly sets_without_template: number;
  readonly templates: number;
  /** Sampling rates that its options data has told, at most 64 a domain; one without a scope is the whole domain's. */
  readonly sampling: readonly {
    readonly version: 9 | 10;
    readonly domain: number;
    readonly rates: readonly Record<string, number>[];
  }[];
  /** Seconds. */
  readonly export_delay: number | null;
  readonly clock_skew: number | null;
  readonly sflow: { readonly drops: number; readonly sample_pool: number } | null;
  readonly streams: readonly unknown[];
  readonly problems: readonly string[];
}

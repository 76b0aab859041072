import { exporterProblems } from './exporter-problems.ts';
import { OTHER, rowsOf } from './metrics/exporter-rows.ts';
import type { ExporterRows } from './metrics/exporter-rows.ts';
import { sequencedProtocols } from '../metrics/reasons.ts';
import type { SequencedProtocol } from '../metrics/reasons.ts';
import { rateToJson } from '../produce/rate-json.ts';
import type { ToldFacts } from '../produce/templated/domain-facts.ts';
import type { ExporterEntry, Sequences } from './exporter-entry.ts';
import type { CollectorView } from './view.ts';

/** Rates are over this time at least. */
const RATE_MS = 10_000;

/** An answer serves everybody who asks within this time. */
const FRESH_MS = 250;

/** Of a domain. */
const MAX_RATES_SHOWN = 64;

/** Counts of an exporter at one moment. */
interface Counts {
  readonly atMs: number;
  readonly datagrams: number;
  readonly bytes: number;
  readonly flows: number;
}

/** `/exporters`: who sends what, and what is wrong with it. */
export class ExporterPage {
  readonly #view: CollectorView;
  #earlier = new Map<string, Counts>();
  #latest = new Map<string, Counts>();
  #latestMs = -Infinity;
  #answer: Promise<readonly ExporterEntry[]> | undefined;
  #madeMs = -Infinity;

  constructor(view: CollectorView) {
    this.#view = view;
  }

  make(): Promise<readonly ExporterEntry[]> {
    const nowMs = performance.now();
    if (this.#answer === undefined || nowMs - this.#madeMs > FRESH_MS) {
      this.#madeMs = nowMs;
      this.#answer = this.#make(nowMs);
    }
    return this.#answer;
  }

  async #make(nowMs: number): Promise<readonly ExporterEntry[]> {
    const details = new Map((await this.#view.details()).map((detail) => [detail.address, detail]));
    const templates = this.#templates();
    const rows = this.#rows();
    this.#look(rows, nowMs);
    return rows.map((of) => {
      const detail = details.get(of.address);
      const entry = {
        ...describe(of),
        rates: this.#rates(of.address, nowMs),
        templates: templates.get(of.address) ?? 0,
        sampling: samplingOf(this.#view.sampling(of.address)),
        streams: detail?.streams ?? [],
      };
      return { ...entry, problems: exporterProblems(entry, Date.now()) };
    });
  }

  #rows(): ExporterRows[] {
    const all = new Map<string, ExporterRows>();
    for (const listener of this.#view.listeners) {
      for (const [address, rows] of rowsOf(listener)) {
        const known = all.get(address);
        if (known === undefined) all.set(address, rows);
        else known.addAll(rows);
      }
    }
    all.delete(OTHER);
    return [...all.values()];
  }

  #templates(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { address } of this.#view.templates()) counts.set(address, (counts.get(address) ?? 0) + 1);
    return counts;
  }

  /** Keeps the counts of now for later, and those of ten seconds ago or more for now. */
  #look(rows: readonly ExporterRows[], nowMs: number): void {
    if (nowMs - this.#latestMs < RATE_MS) return;
    this.#earlier = this.#latest;
    this.#latestMs = nowMs;
    this.#latest = new Map(
      rows.map((of) => [
        of.address,
        { atMs: nowMs, datagrams: of.sum('datagrams'), bytes: of.sum('bytes'), flows: of.sum('flows') },
      ]),
    );
  }

  #rates(address: string, nowMs: number): ExporterEntry['rates'] {
    const now = this.#latest.get(address);
    const before = this.#earlier.get(address);
    if (now === undefined || before === undefined || now.atMs > nowMs) return { datagrams: 0, bytes: 0, flows: 0 };
    const rate = (what: 'datagrams' | 'bytes' | 'flows') =>
      Number((((now[what] - before[what]) * 1e3) / (now.atMs - before.atMs)).toFixed(3));
    return { datagrams: rate('datagrams'), bytes: rate('bytes'), flows: rate('flows') };
  }
}

const protocols = {
  netflow_v1: 'v1',
  netflow_v5: 'v5',
  netflow_v7: 'v7',
  netflow_v9: 'v9',
  ipfix: 'ipfix',
  sflow: 'sflow',
} as const;

function describe(
  rows: ExporterRows,
): Omit<ExporterEntry, 'rates' | 'templates' | 'sampling' | 'streams' | 'problems'> {
  const [first, last] = [rows.min('first_seen'), rows.max('last_seen')];
  const datagrams = Object.entries(protocols).map(([name, column]) => [name, rows.sum(`datagrams_${column}`)] as const);
  const hasSFlow = rows.sum('datagrams_sflow') > 0;
  const hasClock = datagrams.some(([name, count]) => name !== 'sflow' && count > 0);
  return {
    address: rows.address,
    first_seen: new Date(first).toISOString(),
    last_seen: new Date(last).toISOString(),
    silent_seconds: Math.max(0, Math.round((Date.now() - last) / 1e3)),
    datagrams: Object.fromEntries(datagrams.filter(([, count]) => count > 0)),
    bytes: rows.sum('bytes'),
    flows: rows.sum('flows'),
    sequences: sequencesOf(rows),
    dropped_datagrams: rows.sum('dropped_datagrams'),
    failed_datagrams: rows.sum('failed'),
    sets_without_template: rows.sum('template_not_found'),
    export_delay: hasClock ? seconds(rows.latest('export_delay')) : null,
    clock_skew: hasClock ? seconds(rows.latest('clock_skew')) : null,
    sflow: hasSFlow ? { drops: rows.sum('sflow_drops'), sample_pool: rows.sum('sflow_sample_pool') } : null,
  };
}

function samplingOf(facts: readonly ToldFacts[]): ExporterEntry['sampling'] {
  return facts
    .filter(({ rates }) => rates.length > 0)
    .map(({ version, domain, rates }) => ({
      version,
      domain,
      rates: rates
        .slice(0, MAX_RATES_SHOWN)
        .map(rateToJson)
        .filter((rate) => rate !== undefined),
    }));
}

/** Milliseconds as seconds, to one millisecond. */
function seconds(ms: number): number {
  return Math.round(ms) / 1e3;
}

function sequencesOf(rows: ExporterRows): Sequences {
  const found: Sequences = {};
  for (const protocol of Object.keys(sequencedProtocols) as SequencedProtocol[]) {
    const counts = (['missed', 'reordered', 'duplicate', 'stray', 'reset'] as const)
      .map((count) => [count, rows.sum(`sequence_${count}_${protocol}`)] as const)
      .filter(([, value]) => value > 0);
    if (counts.length > 0) found[protocol] = Object.fromEntries(counts);
  }
  return found;
}

import type { Balance } from '../../metrics/accounting.ts';
import type { Counters } from '../../metrics/counters.ts';
import { agentColumn, agentShape, netFlowVersions } from '../../metrics/exporter-columns.ts';
import type { NetFlowVersion } from '../../metrics/exporter-columns.ts';
import type { AgentColumn } from '../../metrics/exporter-columns.ts';
import { KEY_LENGTH, readExporterKey } from '../../metrics/exporter-key.ts';
import type { SeriesTable } from '../../metrics/series-table.ts';
import { TemplateColumn, readTemplateKey, templateShape } from '../../metrics/template-columns.ts';
import type { TemplateKey } from '../../metrics/template-columns.ts';
import type { CollectorView, ListenerView } from '../view.ts';
import { ExporterRows, OTHER, rowsOf } from './exporter-rows.ts';

/** Exporters that are told apart in metrics (the others are one, `other`), and series in all. */
export const seriesLimits = { exporters: 1_000, series: 20_000 } as const;

/** Series that are not of an exporter or a template, at most. */
const OWN_SERIES = 500;

/** Series of one template. */
const TEMPLATE_SERIES = 4;

/** An sFlow agent behind an exporter. */
export interface AgentRow {
  readonly router: string;
  readonly agent: string;
  readonly get: (column: AgentColumn) => number;
}

/** A template with how often it was sent and when: Unix seconds, 0 for never. */
export interface TemplateRow extends TemplateKey {
  received: number;
  added: number;
  updated: number;
  accessed: number;
}

/** What one answer to `/metrics` is made from, with its series bounded. */
export interface Snapshot {
  readonly view: CollectorView;
  readonly counters: Counters;
  readonly books: readonly Balance[];
  readonly listeners: readonly { readonly listener: ListenerView; readonly rows: ReadonlyMap<string, ExporterRows> }[];
  /** Rows by address, whatever the listener. */
  readonly routers: ReadonlyMap<string, ExporterRows>;
  readonly agents: readonly AgentRow[];
  readonly templates: readonly TemplateRow[];
  /** Exporters that were seen, also those that have no series of their own. */
  readonly exporters: number;
}

export function takeSnapshot(view: CollectorView): Snapshot {
  const all = allRouters(view.listeners.map((listener) => ({ listener, rows: rowsOf(listener) })));
  const [admitted, left] = admit(all);
  const listeners = view.listeners.map((listener) => ({ listener, rows: rowsOf(listener, admitted) }));
  return {
    view,
    ...view.accounting(),
    listeners,
    routers: allRouters(listeners),
    agents: agentRows(view.listeners, admitted),
    templates: templateRows(view.listeners).slice(0, Math.max(0, Math.floor(left / TEMPLATE_SERIES))),
    exporters: all.size - 1,
  };
}

function allRouters(listeners: Snapshot['listeners']): Map<string, ExporterRows> {
  const routers = new Map<string, ExporterRows>();
  for (const { rows } of listeners) {
    for (const [address, found] of rows) {
      let router = routers.get(address);
      if (router === undefined) routers.set(address, (router = new ExporterRows(address)));
      router.addAll(found);
    }
  }
  return routers;
}

/** Exporters that get series of their own, who came first first, and how many series are left then. */
function admit(routers: ReadonlyMap<string, ExporterRows>): [admitted: Set<string>, left: number] {
  const admitted = new Set<string>();
  let left = seriesLimits.series - OWN_SERIES;
  const known = [...routers.values()].filter(({ address }) => address !== OTHER);
  const first = new Map(known.map((rows) => [rows, rows.min('first_seen')]));
  known.sort((a, b) => first.get(a)! - first.get(b)!);
  for (const rows of known) {
    const series = seriesOf(rows);
    if (admitted.size === seriesLimits.exporters || series > left) break;
    admitted.add(rows.address);
    left -= series;
  }
  return [admitted, left];
}

/** About how many series an exporter has. */
function seriesOf(rows: ExporterRows): number {
  const has = (column: Parameters<ExporterRows['sum']>[0]) => Number(rows.sum(column) > 0);
  const perVersion = (version: NetFlowVersion) =>
    has(`datagrams_${version}`) +
    (['template', 'options_template', 'options_data', 'data'] as const).reduce(
      (sum, kind) => sum + 2 * has(`sets_${version}_${kind}`),
      0,
    );
  const delays = 5 * (has('delay_count_v9') + has('delay_count_ipfix'));
  const netflow = netFlowVersions.reduce((sum, version) => sum + perVersion(version), delays);
  return 7 + 8 + netflow + 11 * has('datagrams_sflow');
}

function agentRows(listeners: readonly ListenerView[], admitted: ReadonlySet<string>): AgentRow[] {
  const rows = new Map<string, { router: string; agent: string; at: { table: SeriesTable; row: number }[] }>();
  for (const { books } of listeners) {
    for (const { agents } of books) {
      for (let row = 0; row < agents.used; row++) {
        const key = agents.key(row);
        const router = row === 0 ? OTHER : readExporterKey(key);
        const isKnown = admitted.has(router);
        const agent = isKnown ? readExporterKey(key, KEY_LENGTH) : OTHER;
        const name = `${isKnown ? router : OTHER} ${agent}`;
        let found = rows.get(name);
        if (found === undefined) rows.set(name, (found = { router: isKnown ? router : OTHER, agent, at: [] }));
        found.at.push({ table: agents, row });
      }
    }
  }
  return [...rows.values()].map(({ router, agent, at }) => ({
    router,
    agent,
    get: (column) => {
      const index = agentColumn(column);
      return at.reduce((sum, { table, row }) => sum + table.values[row * agentShape.columns + index]!, 0);
    },
  }));
}

function templateRows(listeners: readonly ListenerView[]): TemplateRow[] {
  const rows = new Map<string, TemplateRow>();
  for (const { books } of listeners) {
    for (const { templates } of books) {
      const { values } = templates;
      for (let row = 1; row < templates.used; row++) {
        const at = row * templateShape.columns;
        if (values[at + TemplateColumn.live] !== 1) continue;
        const key = readTemplateKey(templates.key(row));
        const name = Object.values(key).join(' ');
        let found = rows.get(name);
        if (found === undefined) {
          rows.set(name, (found = { ...key, received: 0, added: Infinity, updated: 0, accessed: 0 }));
        }
        found.received += values[at + TemplateColumn.received]!;
        found.added = Math.min(found.added, values[at + TemplateColumn.added]!);
        found.updated = Math.max(found.updated, values[at + TemplateColumn.updated]!);
        found.accessed = Math.max(found.accessed, values[at + TemplateColumn.accessed]!);
      }
    }
  }
  return [...rows.values()];
}

import { counterFamilies, plainCounters } from '../../metrics/counters.ts';
import type { Family } from '../../metrics/counters.ts';
import { sequencedProtocols } from '../../metrics/reasons.ts';
import type { SequencedProtocol } from '../../metrics/reasons.ts';
import { levelTable } from '../../metrics/levels.ts';
import type { Level } from '../../metrics/levels.ts';
import type { ExporterColumn } from '../../metrics/exporter-columns.ts';
import type { PlaceBooks } from '../../metrics/place-books.ts';
import type { CollectorView } from '../view.ts';
import { contextMetrics } from './context-metrics.ts';
import { OTHER } from './exporter-rows.ts';
import type { ExporterRows } from './exporter-rows.ts';
import type { Metric } from './metric.ts';
import type { Snapshot } from './snapshot.ts';

const prefix = 'goflow2plus_';

/** The label that tells the members of a family of counters apart. */
const familyLabels: Partial<Record<Family, string>> = {
  notices: 'notice',
  unsupported: 'version',
  sequence_missed: 'protocol',
  sequence_reordered: 'protocol',
  sequence_duplicate: 'protocol',
  sequence_stray: 'protocol',
  sequence_reset: 'protocol',
};

const plain: Metric[] = plainCounters.map(({ name, doc }) => ({
  name: `${prefix}${name}_total`,
  type: 'counter',
  labels: [],
  help: sentence(doc),
  collect: ({ counters }) => [{ labels: {}, value: counters.get(name) }],
}));

const families: Metric[] = counterFamilies.map(({ family, doc, reasons }) => {
  const label = familyLabels[family] ?? 'reason';
  return {
    name: `${prefix}${family}_total`,
    type: 'counter',
    labels: [label],
    help: sentence(doc),
    collect: ({ counters }) =>
      reasons.map((reason) => ({ labels: { [label]: reason }, value: counters.getReason(family, reason) })),
  };
});

const levels: Metric[] = (Object.entries(levelTable) as [Level, string][]).map(([level, doc]) => ({
  name: prefix + level,
  type: 'gauge',
  labels: ['listener'],
  help: sentence(doc),
  collect: ({ view }) =>
    view.listeners.map(({ name, books }) => ({
      labels: { listener: name },
      value: books.reduce((sum, book) => sum + book.levels.get(level), 0),
    })),
}));

function sentence(doc: string): string {
  return `${doc[0]!.toUpperCase()}${doc.slice(1)}.`;
}

function gauge(name: string, help: string, value: (snapshot: Snapshot) => number): Metric {
  return { name: prefix + name, type: 'gauge', labels: [], help, collect: (of) => [{ labels: {}, value: value(of) }] };
}

function ofExporter(name: string, type: Metric['type'], help: string, value: (rows: ExporterRows) => number): Metric {
  return {
    name: `${prefix}exporter_${name}`,
    type,
    labels: ['exporter'],
    help,
    *collect({ routers }) {
      for (const [exporter, rows] of routers) {
        if (exporter === OTHER && type === 'gauge') continue;
        const found = value(rows);
        if (found !== 0 || exporter === OTHER) yield { labels: { exporter }, value: found };
      }
    },
  };
}

/** What became of the numbers of each exporter. */
function sequence(count: 'missed' | 'reordered' | 'duplicate' | 'stray' | 'reset', help: string): Metric {
  return {
    name: `${prefix}exporter_sequence_${count}_total`,
    type: 'counter',
    labels: ['exporter', 'protocol'],
    help,
    *collect({ routers }) {
      for (const [exporter, rows] of routers) {
        for (const protocol of Object.keys(sequencedProtocols) as SequencedProtocol[]) {
          const column: ExporterColumn = `sequence_${count}_${protocol}`;
          const value = rows.sum(column);
          if (value > 0) yield { labels: { exporter, protocol }, value };
        }
      }
    },
  };
}

/** A counter of each worker's place, so that the share that each gets of the work is seen. */
function ofWorker(name: string, help: string, value: (books: PlaceBooks) => number): Metric {
  return {
    name: `${prefix}worker_${name}_total`,
    type: 'counter',
    labels: ['listener', 'worker'],
    help,
    *collect({ view }) {
      for (const { name: listener, books } of view.listeners) {
        for (const [worker, each] of books.entries()) yield { labels: { listener, worker }, value: value(each) };
      }
    },
  };
}

/** The levels of an output, by the names that it gives them. */
export function outputMetrics(view: CollectorView): Metric[] {
  return Object.keys(view.output().gauges).map((name) =>
    gauge(name, 'A level of the output.', (snapshot) => snapshot.view.output().gauges[name] ?? 0),
  );
}

export const ownMetrics: readonly Metric[] = [
  {
    name: `${prefix}build_info`,
    type: 'gauge',
    labels: ['version', 'node_version'],
    help: 'Always 1; the labels say what is running.',
    collect: ({ view }) => [{ labels: { version: view.version, node_version: process.versions.node }, value: 1 }],
  },
  {
    name: `${prefix}accounting_imbalance`,
    type: 'gauge',
    labels: ['identity'],
    help: 'What is missing in the books: 0 whenever nothing is being worked on. See /accounting.',
    collect: ({ books }) => books.map(({ identity, imbalance }) => ({ labels: { identity }, value: imbalance })),
  },
  gauge('output_ready', '1 while what is handed to the output gets delivered.', ({ view }) =>
    Number(view.output().ready),
  ),
  gauge('ready', '1 while /ready says so.', ({ view }) => (view.problems().length === 0 ? 1 : 0)),
  gauge(
    'exporters',
    'Exporters that were seen since the start, as far as they have a row.',
    ({ exporters }) => exporters,
  ),
  gauge('templates', 'Templates known.', ({ view }) => [...view.templates()].length),
  gauge('workers', 'Worker threads.', ({ view }) => view.listeners.reduce((sum, { books }) => sum + books.length, 0)),
  ofWorker('datagrams', 'Datagrams that a worker took through the chain.', ({ timing }) => timing.count),
  ofWorker('busy_seconds', 'Time that a worker spent on them.', ({ timing }) => timing.sum),
  ...levels,
  ...contextMetrics,
  {
    name: `${prefix}receive_buffer_bytes`,
    type: 'gauge',
    labels: ['listener', 'size'],
    help: 'Receive buffer of a socket: as asked for, and as the kernel has granted it.',
    *collect({ view }) {
      for (const { name, info } of view.listeners) {
        if (info === undefined) continue;
        yield { labels: { listener: name, size: 'asked' }, value: info.bufferAsked };
        yield { labels: { listener: name, size: 'granted' }, value: info.bufferGranted };
      }
    },
  },
  {
    name: `${prefix}delivery_latency_seconds`,
    type: 'histogram',
    labels: ['le'],
    help: 'Time from the receipt of a flow until the output has taken it: the first of a batch stands for all.',
    *collect({ view: { latency } }) {
      for (const [bound, flows] of latency.buckets()) {
        yield { labels: { le: bound === Infinity ? '+Inf' : bound }, value: flows, suffix: '_bucket' };
      }
      yield { labels: {}, value: latency.sum, suffix: '_sum' };
      yield { labels: {}, value: latency.count, suffix: '_count' };
    },
  },
  ...plain,
  ...families,
  ofExporter('flows_total', 'counter', 'Flow messages produced.', (rows) => rows.sum('flows')),
  ofExporter(
    'last_seen_timestamp_seconds',
    'gauge',
    'When its latest datagram came, Unix time.',
    (rows) => rows.max('last_seen') / 1e3,
  ),
  sequence('missed', 'What never came, in the unit of the protocol: see goflow2plus_sequence_missed_total.'),
  sequence('reordered', 'Datagrams and samples that another one has overtaken.'),
  sequence('duplicate', 'Datagrams and samples that had come before.'),
  sequence('stray', 'Datagrams and samples with a number that nothing bore out.'),
  sequence('reset', 'Times that it began to count anew.'),
  ofExporter('sflow_drops_total', 'counter', 'Packets that its sFlow agents could not sample.', (rows) =>
    rows.sum('sflow_drops'),
  ),
];

import { SIZE_BUCKETS, AHEAD_BUCKETS, DELAY_BUCKETS, bucketsAt } from '../../metrics/exporter-columns.ts';
import type { ExporterColumn } from '../../metrics/exporter-columns.ts';
import { bucketMiddle } from '../../metrics/log-buckets.ts';
import { Timing } from '../../metrics/timing.ts';
import { OTHER, delayMiddle } from './exporter-rows.ts';
import type { ExporterRows } from './exporter-rows.ts';
import { QUANTILES, endpoint, summary } from './metric.ts';
import type { Metric, Sample } from './metric.ts';
import type { Snapshot, TemplateRow } from './snapshot.ts';

/** The names and labels of the original, which dashboards and alerts know. */
const prefix = 'goflow2_flow_';

/** Labels of what a listener received. */
function* byListener(
  { listeners }: Snapshot,
  withType: boolean,
  samples: (labels: Record<string, string>, rows: ExporterRows) => Iterable<Sample>,
): Generator<Sample> {
  for (const { listener, rows } of listeners) {
    const { info, type, name } = listener;
    const local = { local_ip: info?.address ?? name, local_port: String(info?.port ?? 0) };
    for (const [remote_ip, found] of rows) {
      yield* samples({ remote_ip, ...local, ...(withType ? { type } : {}) }, found);
    }
  }
}

/** A count for each exporter that has one; {@link OTHER} has it always, so that the metric is there from the start. */
function* counted(labels: Record<string, string>, rows: ExporterRows, column: ExporterColumn): Generator<Sample> {
  const value = rows.sum(column);
  if (value > 0 || rows.address === OTHER) yield { labels, value };
}

function listenerCount(name: string, column: ExporterColumn, withType: boolean, help: string): Metric {
  return {
    name: prefix + name,
    type: 'counter',
    labels: ['remote_ip', 'local_ip', 'local_port', ...(withType ? ['type'] : [])],
    help,
    collect: (snapshot) => byListener(snapshot, withType, (labels, rows) => counted(labels, rows, column)),
  };
}

/** Columns with the labels that stand for them. */
type LabelledColumns = readonly (readonly [column: ExporterColumn, labels: Record<string, string>])[];

function routerCount(name: string, labels: readonly string[], columns: LabelledColumns, help: string): Metric {
  return {
    name: prefix + name,
    type: 'counter',
    labels: ['router', ...labels],
    help,
    *collect({ routers }) {
      for (const [router, rows] of routers) {
        for (const [column, more] of columns) yield* counted({ router, ...more }, rows, column);
      }
    },
  };
}

const setTypes = {
  template: 'TemplateFlowSet',
  options_template: 'OptionsTemplateFlowSet',
  options_data: 'OptionsDataFlowSet',
  data: 'DataFlowSet',
} as const;

const fixedSets = (['1', '5', '7'] as const).map(
  (version) => [`sets_v${version}_data` as const, { version, type: 'DataFlowSet' }] as const,
);

function sets(what: 'sets' | 'records'): LabelledColumns {
  const kinds = Object.entries(setTypes) as [keyof typeof setTypes, string][];
  return (
    [
      ['v9', '9'],
      ['ipfix', '10'],
    ] as const
  ).flatMap(([name, version]) =>
    kinds.map(([kind, type]) => [`${what}_${name}_${kind}` as const, { version, type }] as const),
  );
}

const sampleTypes = {
  FlowSample: 'flow',
  ExpandedFlowSample: 'expanded_flow',
  CounterSample: 'counter',
  ExpandedCounterSample: 'expanded_counter',
  unknown: 'unknown',
} as const;

function samples(name: string, what: 'samples' | 'records', help: string): Metric {
  return {
    name: prefix + name,
    type: 'counter',
    labels: ['router', 'agent', 'version', 'type'],
    help,
    *collect({ agents }) {
      for (const { router, agent, get } of agents) {
        for (const [type, kind] of Object.entries(sampleTypes)) {
          const value = get(`${what}_${kind}`);
          if (value > 0 || router === OTHER) yield { labels: { router, agent, version: '5', type }, value };
        }
      }
    },
  };
}

function template(name: string, type: Metric['type'], value: (row: TemplateRow) => number, help: string): Metric {
  return {
    name: `${prefix}process_nf_${name}`,
    type,
    labels: ['router', 'version', 'obs_domain_id', 'template_id', 'type'],
    help,
    *collect({ templates }) {
      for (const row of templates) {
        const found = value(row);
        if (found === 0) continue;
        const labels = {
          router: endpoint(row.address, row.port),
          version: row.version,
          obs_domain_id: row.domain,
          template_id: row.id,
          type: row.options ? 'options_template' : 'template',
        };
        yield { labels, value: found };
      }
    },
  };
}

export const originalMetrics: readonly Metric[] = [
  listenerCount('dropped_packets_total', 'dropped_datagrams', false, 'Datagrams dropped because the way out was full.'),
  listenerCount('dropped_bytes_total', 'dropped_bytes', false, 'Payload octets of the datagrams dropped.'),
  listenerCount('traffic_bytes_total', 'bytes', true, 'Payload octets handed to a decoder.'),
  listenerCount('traffic_packets_total', 'datagrams', true, 'Datagrams handed to a decoder.'),
  {
    name: `${prefix}traffic_size_bytes`,
    type: 'summary',
    labels: ['remote_ip', 'local_ip', 'local_port', 'type', 'quantile'],
    help: 'Payload octets of a datagram; quantiles of the last five to ten minutes, to 3 %.',
    collect: (snapshot) =>
      byListener(snapshot, true, function* (labels, rows) {
        const count = rows.sum('datagrams');
        if (count === 0) return;
        const quantiles = rows.quantiles(bucketsAt.size, SIZE_BUCKETS, QUANTILES, bucketMiddle);
        yield* summary(labels, quantiles, rows.sum('bytes'), count);
      }),
  },
  {
    name: `${prefix}decoder_error_total`,
    type: 'counter',
    labels: ['router', 'name'],
    help: 'Datagrams that were discarded whole.',
    *collect({ listeners }) {
      const types = new Set(listeners.map(({ listener }) => listener.type));
      for (const name of types) {
        const sums = new Map<string, number>();
        for (const { listener, rows } of listeners) {
          if (listener.type !== name) continue;
          for (const [router, found] of rows) sums.set(router, (sums.get(router) ?? 0) + found.sum('failed'));
        }
        for (const [router, value] of sums)
          if (value > 0 || router === OTHER) yield { labels: { router, name }, value };
      }
    },
  },
  {
    name: `${prefix}decoding_time_seconds`,
    type: 'summary',
    labels: ['name', 'quantile'],
    help: 'Time from the receipt of a datagram until its flows are written to a batch, the mean of a burst.',
    *collect({ listeners }) {
      for (const name of new Set(listeners.map(({ listener }) => listener.type))) {
        const counts = Timing.buckets();
        let [sum, count] = [0, 0];
        for (const { listener } of listeners) {
          if (listener.type !== name) continue;
          for (const { timing } of listener.books) {
            timing.addBuckets(counts);
            sum += timing.sum;
            count += timing.count;
          }
        }
        const quantiles = QUANTILES.map((share) => Timing.quantile(counts, share));
        yield* summary({ name }, quantiles, sum, count);
      }
    },
  },
  routerCount(
    'process_nf_total',
    ['version'],
    [
      ['datagrams_v1', { version: '1' }],
      ['datagrams_v5', { version: '5' }],
      ['datagrams_v7', { version: '7' }],
      ['datagrams_v9', { version: '9' }],
      ['datagrams_ipfix', { version: '10' }],
    ],
    'NetFlow and IPFIX datagrams decoded.',
  ),
  routerCount(
    'process_nf_errors_total',
    ['error'],
    [['template_not_found', { error: 'template_not_found' }]],
    'Data sets whose template was not known when they came; most are decoded when it does.',
  ),
  routerCount(
    'process_nf_flowset_total',
    ['version', 'type'],
    [...fixedSets, ...sets('sets')],
    'Sets (FlowSets) decoded; of NetFlow v1, v5 and v7 their records.',
  ),
  routerCount('process_nf_flowset_records_total', ['version', 'type'], sets('records'), 'Records in the sets decoded.'),
  {
    name: `${prefix}process_nf_delay_seconds`,
    type: 'summary',
    labels: ['router', 'version', 'quantile'],
    help: 'Time from the end of a flow to its receipt, below 0 for one that ends in the future; the last of a datagram stands for all.',
    *collect({ routers }) {
      for (const [router, rows] of routers) {
        for (const [name, version] of [
          ['v9', '9'],
          ['ipfix', '10'],
        ] as const) {
          const count = rows.sum(`delay_count_${name}`);
          if (count === 0) continue;
          const seconds = (bucket: number) => delayMiddle(bucket, AHEAD_BUCKETS) / 1e3;
          const quantiles = rows.quantiles(bucketsAt[`delay_${name}`], DELAY_BUCKETS, QUANTILES, seconds);
          yield* summary({ router, version }, quantiles, rows.sum(`delay_sum_${name}`), count);
        }
      }
    },
  },
  template('templates_total', 'counter', ({ received }) => received, 'Times that a template was received.'),
  template(
    'template_added_timestamp_seconds',
    'gauge',
    ({ added }) => added,
    'When a template was stored first, Unix time.',
  ),
  template(
    'template_updated_timestamp_seconds',
    'gauge',
    ({ updated }) => updated,
    'When a template was received again last, Unix time.',
  ),
  template(
    'template_accessed_timestamp_seconds',
    'gauge',
    ({ accessed }) => accessed,
    'When a template was used for data last, Unix time, to five seconds.',
  ),
  {
    name: `${prefix}process_sf_total`,
    type: 'counter',
    labels: ['router', 'agent', 'version'],
    help: 'sFlow datagrams decoded.',
    *collect({ agents }) {
      for (const { router, agent, get } of agents) {
        const value = get('datagrams');
        if (value > 0 || router === OTHER) yield { labels: { router, agent, version: '5' }, value };
      }
    },
  },
  samples(
    'process_sf_samples_total',
    'samples',
    'sFlow samples decoded; `unknown`: of other kinds, dropped packets among them.',
  ),
  samples(
    'process_sf_samples_records_total',
    'records',
    'Records that the sFlow samples announce, as far as their octets can hold them.',
  ),
];

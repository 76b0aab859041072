// docs/metrics.md: every metric, from the tables in src/http/metrics.
import { metricTable, seriesLimits } from '../../dist/http/metrics/exposition.js';
import { code, page, table } from '../markdown.mjs';

const row = ({ name, type, labels, help }) => [
  code(name),
  type,
  labels
    .filter((label) => label !== 'quantile' && label !== 'le')
    .map(code)
    .join(', '),
  help,
];

const list = (prefix) =>
  table(['metric', 'type', 'labels', 'meaning'], metricTable.filter(({ name }) => name.startsWith(prefix)).map(row));

function render() {
  const { exporters, series } = seriesLimits;
  return page(
    '# Metrics',
    '`/metrics` on the address of `-addr` answers Prometheus. This page is made from `src/http/metrics`: `npm run generate`.',
    'Counters are kept by the threads that count, in shared memory, and added up when somebody asks. ' +
      'An answer is made four times a second at most.',
    '## Names of the original',
    'Names and labels are those that dashboards of GoFlow2 know. `remote_ip` and `router` are the address that ' +
      'datagrams come from; `local_ip` and `local_port` are those of the socket, `type` and `name` the scheme of the listener. ' +
      'Summaries have the quantiles 0.5, 0.9 and 0.99 of the last five to ten minutes; their values are within 3 %.',
    list('goflow2_'),
    '## Our own',
    list('goflow2plus_'),
    'Outputs add levels of their own, such as `goflow2plus_nats_buffer_bytes`. Beside all these stand `process_*` and ' +
      '`nodejs_*`, which tell of the process and of Node.js.',
    '## Bounds',
    `An exporter has series of its own when data of it was decoded, and as long as there are fewer than ${exporters.toLocaleString('en')} of ` +
      `such exporters and fewer than ${series.toLocaleString('en')} series: who came first keeps them. All others together are \`other\`. ` +
      'So forged addresses cost neither memory here nor in Prometheus, and every sum stays right. ' +
      'Templates have series as long as there is room.',
    'A counter of one exporter appears when it is not zero; the one of `other` is there from the start.',
    '## Alerts worth having',
    [
      '- `goflow2plus_accounting_imbalance != 0` for five minutes: a fault of the program, please report it.',
      '- `goflow2plus_ready == 0` for a minute: what comes in is not delivered.',
      '- `rate(goflow2plus_kernel_drops_total[5m]) > 0`: the receive buffer is too small, or the machine too slow.',
      '- `rate(goflow2plus_datagrams_dropped_total{reason="pool_full"}[5m]) > 0`: the output is slower than the input.',
      '- `rate(goflow2plus_flows_dropped_total[5m]) > 0`: flows are lost at the output; the reason says why.',
      '- `rate(goflow2plus_exporter_sequence_missed_total[15m]) > 0`: losses between an exporter and us.',
      '- `time() - goflow2plus_exporter_last_seen_timestamp_seconds > 600`: an exporter is silent.',
      '- `goflow2plus_context_problems > 0` for five minutes: a file of the context has a mistake, an older one is in use.',
      '- `rate(goflow2plus_worker_restarts_total[1h]) > 0`: a thread had to be replaced.',
    ].join('\n'),
  );
}

export const pages = [{ file: 'docs/metrics.md', render }];

import type { ContextStatus } from '../../enrich/live/live-context.ts';
import type { SourceStatus } from '../../enrich/live/object-source.ts';
import type { Metric } from './metric.ts';

const prefix = 'goflow2plus_context_';

/** A level of the context; there is none without a context. */
function gauge(name: string, help: string, value: (context: ContextStatus) => number): Metric {
  return {
    name: prefix + name,
    type: 'gauge',
    labels: [],
    help,
    collect: ({ view: { context } }) => (context === undefined ? [] : [{ labels: {}, value: value(context) }]),
  };
}

function ofSource(name: string, help: string, value: (source: SourceStatus) => number | undefined): Metric {
  return {
    name: `${prefix}source_${name}`,
    type: 'gauge',
    labels: ['kind', 'source'],
    help,
    collect: ({ view: { context } }) =>
      (context?.sources ?? []).flatMap((source) => {
        const found = value(source);
        return found === undefined ? [] : [{ labels: { kind: source.kind, source: source.name }, value: found }];
      }),
  };
}

/** How the context is doing, beside what is counted like everything else (`goflow2plus_context_hits_total`). */
export const contextMetrics: readonly Metric[] = [
  {
    name: `${prefix}misses_total`,
    type: 'counter',
    labels: [],
    help: 'Of the addresses looked up, those that lie in no network of the context.',
    collect: ({ counters }) => [{ labels: {}, value: counters.get('context_lookups') - counters.get('context_hits') }],
  },
  gauge('generation', 'Generation of the context in use, counted from 1.', ({ generation }) => generation),
  gauge('problems', 'Mistakes that keep what the sources have now from being used; 0 when it is in use.', (context) => {
    return context.problems.length;
  }),
  gauge('networks', 'Prefixes of networks.', ({ networks }) => networks),
  gauge('exporters', 'Prefixes of exporters.', ({ exporters }) => exporters),
  gauge('applications', 'Application rules.', ({ applications }) => applications),
  ofSource('bytes', 'Size of a source of the context in use.', ({ bytes }) => bytes),
  ofSource('age_seconds', 'Time since a source of the context in use was changed.', ({ modifiedMs }) =>
    modifiedMs === 0 ? undefined : Math.max(0, Date.now() - modifiedMs) / 1e3,
  ),
];

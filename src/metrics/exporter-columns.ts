import { bucketCount } from './log-buckets.ts';
import { sequencedProtocols } from './reasons.ts';
import type { SequencedProtocol } from './reasons.ts';
import type { TableShape } from './series-table.ts';

/** Addresses that have a row of their own, in one thread. */
export const MAX_EXPORTER_ROWS = 1_024;

/** Pairs of an address and an sFlow agent that have a row of their own, in one thread. */
export const MAX_AGENT_ROWS = 1_024;

const versions = ['v1', 'v5', 'v7', 'v9', 'ipfix'] as const;
const setKinds = ['template', 'options_template', 'options_data', 'data'] as const;
export const netFlowVersions = versions;
export type NetFlowVersion = (typeof versions)[number];
export type CountedSet = (typeof setKinds)[number];

const sequenceCounts = ['missed', 'reordered', 'duplicate', 'stray', 'reset'] as const;
export type SequenceCount = (typeof sequenceCounts)[number];

const sequenced = Object.keys(sequencedProtocols) as SequencedProtocol[];

/** What is counted of each address; times are Unix milliseconds, `dropped` for want of room in the thread. */
const columns = [
  'first_seen',
  'last_seen',
  'port',
  'datagrams',
  'bytes',
  'dropped_datagrams',
  'dropped_bytes',
  'failed',
  'template_not_found',
  'flows',
  ...versions.map((version) => `datagrams_${version}` as const),
  'datagrams_sflow',
  ...versions.flatMap((version) => setKinds.map((kind) => `sets_${version}_${kind}` as const)),
  ...versions.flatMap((version) => setKinds.map((kind) => `records_${version}_${kind}` as const)),
  'delay_sum_v9',
  'delay_count_v9',
  'delay_sum_ipfix',
  'delay_count_ipfix',
  ...sequenceCounts.flatMap((count) => sequenced.map((protocol) => `sequence_${count}_${protocol}` as const)),
  'sflow_drops',
  'sflow_sample_pool',
  'export_delay',
  'clock_skew',
] as const;
export type ExporterColumn = (typeof columns)[number];

const indexes = new Map<ExporterColumn, number>(columns.map((name, index) => [name, index]));

/** Index of a column in its row. */
export function exporterColumn(name: ExporterColumn): number {
  return indexes.get(name)!;
}

/** Buckets of payload lengths. */
export const SIZE_BUCKETS = bucketCount(16);

/** Buckets of the milliseconds between the end of a flow and its receipt: those ahead of us, then those behind. */
export const AHEAD_BUCKETS = bucketCount(20);
export const DELAY_BUCKETS = AHEAD_BUCKETS + bucketCount(31);

/** Buckets of one half of the time that quantiles look back. */
export const HALF_BUCKETS = SIZE_BUCKETS + 2 * DELAY_BUCKETS;

/** Where the buckets of each summary begin in a half. */
export const bucketsAt = { size: 0, delay_v9: SIZE_BUCKETS, delay_ipfix: SIZE_BUCKETS + DELAY_BUCKETS } as const;

/** Key: the length of the address, then its octets. */
export const exporterShape: TableShape = {
  rows: 1 + MAX_EXPORTER_ROWS,
  keyLength: 24,
  columns: columns.length,
  buckets: 2 * HALF_BUCKETS,
};

const agentColumns = [
  'datagrams',
  ...(['flow', 'expanded_flow', 'counter', 'expanded_counter', 'unknown'] as const).flatMap(
    (kind) => [`samples_${kind}`, `records_${kind}`] as const,
  ),
] as const;
export type AgentColumn = (typeof agentColumns)[number];

const agentIndexes = new Map<AgentColumn, number>(agentColumns.map((name, index) => [name, index]));

/** Index of a column in the row of an sFlow agent. */
export function agentColumn(name: AgentColumn): number {
  return agentIndexes.get(name)!;
}

/** Key: that of the exporter, then the length of the agent's address and its octets. */
export const agentShape: TableShape = {
  rows: 1 + MAX_AGENT_ROWS,
  keyLength: 48,
  columns: agentColumns.length,
  buckets: 0,
};

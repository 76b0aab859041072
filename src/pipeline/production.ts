import { ConfigError, GoFlowError } from '../config/errors.ts';
import { ElementRegistry } from '../decode/elements/registry.ts';
import { columnsBeside } from '../flow/fields.ts';
import type { Enricher } from '../enrich/enricher.ts';
import type { Format, FormatOptions } from '../format/format.ts';
import { formats } from '../format/formats.ts';
import { defaultColumns } from '../format/output-column.ts';
import { parseSubjectPattern } from '../format/subject-pattern.ts';
import { layoutOf, outputColumns } from '../mapping/apply.ts';
import type { Counters } from '../metrics/counters.ts';
import { RawProducer } from '../produce/raw/raw-producer.ts';
import { SampleProducer } from '../produce/sample.ts';
import type { DomainFactsTable } from '../produce/templated/domain-facts.ts';
import type { NameSink } from '../produce/templated/name-sink.ts';
import type { CollectorOptions } from './collector-options.ts';
import type { WorkerStart } from './messages.ts';
import type { Parts } from './pipeline.ts';

/** What outlives what is made. */
interface Surroundings {
  /** The memory that messages are written to, but for rare ones. */
  readonly view: DataView;
  /** What works on flows between producer and format. */
  readonly enrichers: readonly Enricher[];
  /** What options data has told. */
  readonly facts?: DomainFactsTable;
  /** What takes the names that it tells; undefined: nothing does. */
  readonly names?: NameSink | undefined;
  /** A format of the user's own, in the place of the one that is named. */
  readonly makeFormat?: ((given: FormatOptions) => Format) | undefined;
}

/** What makes messages of packets, by the names in the settings. */
export function buildProduction(
  start: Pick<
    WorkerStart,
    'produce' | 'format' | 'codegen' | 'rawNames' | 'elements' | 'scale' | 'tunnels' | 'context' | 'geoip' | 'mapping'
  >,
  counters: Counters,
  { view, enrichers, facts, names, makeFormat }: Surroundings,
): Parts['produce'] {
  const { produce, format, codegen, rawNames, elements, scale = false, tunnels, context, geoip, mapping } = start;
  if (makeFormat === undefined) checkProduction(produce, format);
  if (produce === 'raw') {
    const names = rawNames ? ElementRegistry.bundled(elements) : undefined;
    return { raw: new RawProducer(format === 'text' ? 'text' : 'json', names) };
  }
  const layout = layoutOf(mapping);
  const anything = enrichers.some(({ columns }) => columns === undefined);
  const enriched = anything ? undefined : enrichers.flatMap(({ columns = [] }) => columns);
  const settings = { codegen, facts, names, enriched, tunnels };
  const producer = new SampleProducer(counters, settings, mapping && { ...mapping, layout });
  const more = columnsBeside(scale, geoip?.tables.country !== undefined);
  const options = {
    codegen,
    columns: mapping === undefined ? defaultColumns(more) : outputColumns(mapping, layout),
    custom: layout.fields.length === 0 ? undefined : layout,
    // protobuf has it whatever the columns of JSON and text are
    context: context !== undefined && (format === 'bin' || mapping?.context !== false),
    home: { flow: producer.flow, view },
  };
  return { producer, format: (makeFormat ?? formats.get(format)!)(options) };
}

/** @throws GoFlowError for a producer or format that does not exist, and for a pair that does not go together */
export function checkProduction(produce: string, format: string): void {
  if (produce !== 'sample' && produce !== 'raw') {
    throw new GoFlowError('GF_PRODUCER_UNKNOWN', `producer does not exist: ${produce}`);
  }
  if (!formats.has(format)) throw new GoFlowError('GF_FORMAT_UNKNOWN', `format error ${format} not found`);
  if (produce === 'raw' && format === 'bin') {
    throw new GoFlowError(
      'GF_FORMAT_UNKNOWN',
      '-format bin: a raw message is not serializable for it: use json or text',
    );
  }
}

/** @throws ConfigError for a subject pattern with keys of the context, of which there is none */
export function checkSubject(pattern: string, { context, contextBucket, learned }: CollectorOptions): void {
  const option = 'transport.nats.subject';
  if ((context?.files.length ?? 0) > 0 || contextBucket !== undefined || learned === 'on') return;
  if (!parseSubjectPattern(pattern, option).usesContext) return;
  throw new ConfigError(
    'GF_OPTION_VALUE',
    { option },
    `${JSON.stringify(pattern)} needs a -context.config, a -context.nats.bucket or -context.learned on`,
  );
}

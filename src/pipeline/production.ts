import { ElementRegistry } from '../decode/elements/registry.ts';
import { columnsBeside } from '../flow/fields.ts';
import type { Enricher } from '../enrich/enricher.ts';
import type { Format, FormatOptions } from '../format/format.ts';
import { formats } from '../format/formats.ts';
import { defaultColumns } from '../format/output-column.ts';
import { layoutOf, outputColumns } from '../mapping/apply.ts';
import type { Counters } from '../metrics/counters.ts';
import { RawProducer } from '../produce/raw/raw-producer.ts';
import { SampleProducer } from '../produce/sample.ts';
import type { DomainFactsTable } from '../produce/templated/domain-facts.ts';
import type { NameSink } from '../produce/templated/name-sink.ts';
import { checkProduction } from './check-production.ts';
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

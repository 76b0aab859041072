import { GoFlowError } from '../config/errors.ts';
import { ElementRegistry } from '../decode/elements/registry.ts';
import { countryColumns, optionalColumns } from '../flow/fields.ts';
import { formats } from '../format/formats.ts';
import { defaultColumns } from '../format/output-column.ts';
import type { Counters } from '../metrics/counters.ts';
import { RawProducer } from '../produce/raw/raw-producer.ts';
import { SampleProducer } from '../produce/sample.ts';
import type { DomainFactsTable } from '../produce/templated/domain-facts.ts';
import type { WorkerStart } from './messages.ts';
import type { Parts } from './pipeline.ts';

/**
 * What makes messages of packets, by the names in the settings.
 *
 * @param view the memory that messages are written to, but for rare ones
 */
export function buildProduction(
  start: Pick<WorkerStart, 'produce' | 'format' | 'codegen' | 'rawNames' | 'elements' | 'scale' | 'context' | 'geoip'>,
  counters: Counters,
  view: DataView,
  facts?: DomainFactsTable,
): Parts['produce'] {
  const { produce, format, codegen, rawNames, elements, scale = false, context, geoip } = start;
  checkProduction(produce, format);
  if (produce === 'raw') {
    const names = rawNames ? ElementRegistry.bundled(elements) : undefined;
    return { raw: new RawProducer(format === 'text' ? 'text' : 'json', names) };
  }
  const producer = new SampleProducer(counters, { codegen, facts });
  const home = { flow: producer.flow, view };
  const more = [...(scale ? optionalColumns : []), ...(geoip?.tables.country === undefined ? [] : countryColumns)];
  const options = { codegen, columns: defaultColumns(more), context: context !== undefined, home };
  return { producer, format: formats.get(format)!(options) };
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

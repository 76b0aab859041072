import { GoFlowError } from '../config/errors.ts';
import { ElementRegistry } from '../decode/elements/registry.ts';
import { formats } from '../format/formats.ts';
import type { Counters } from '../metrics/counters.ts';
import { RawProducer } from '../produce/raw/raw-producer.ts';
import { SampleProducer } from '../produce/sample.ts';
import type { WorkerStart } from './messages.ts';
import type { Parts } from './pipeline.ts';

/** What makes messages of packets, by the names in the settings. */
export function buildProduction(
  { produce, format, codegen, rawNames }: Pick<WorkerStart, 'produce' | 'format' | 'codegen' | 'rawNames'>,
  counters: Counters,
): Parts['produce'] {
  checkProduction(produce, format);
  if (produce === 'raw') {
    const names = rawNames ? ElementRegistry.bundled() : undefined;
    return { raw: new RawProducer(format === 'text' ? 'text' : 'json', names) };
  }
  return { producer: new SampleProducer(counters, { codegen }), format: formats.get(format)!({ codegen }) };
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

/**
 * Examinations that every implementation of a stage has to pass, ours and yours. They are tests of `node:test`: call one
 * in a test file.
 *
 *     import { testFormat } from 'goflow2plus/testing';
 *     testFormat('avro', () => new AvroFormat());
 */
export { testTransport } from './transport.ts';
export type { TransportSubject } from './transport.ts';
export { testFormat, writtenBy } from './format.ts';
export { testDecoder } from './decoder.ts';
export { testEnricher } from './enricher.ts';
export { datagramOf, forSampleFlows, sampleDatagrams } from './flows.ts';
export { batchOf, messagesOf } from './batches.ts';

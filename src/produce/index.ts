/** 3. Flow messages out of packets, or one raw message of all of it. */
export type { Emit, Producer } from './producer.ts';
export { SampleProducer } from './sample.ts';
export { RawProducer } from './raw/raw-producer.ts';
export { putDatagramColumns } from './datagram-columns.ts';

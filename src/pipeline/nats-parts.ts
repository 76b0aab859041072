/** What a collector needs of NATS, loaded by one that uses it: the official client takes longer than a whole start. */
export { bucketSettings, natsSettings } from '../transport/nats/from-options.ts';
export { NatsTransport } from '../transport/nats/nats-transport.ts';
export { ContextBucket } from './context-bucket.ts';
export { StateBucket } from './state/state-bucket.ts';

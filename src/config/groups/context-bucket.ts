import type { OptionTable } from '../option.ts';
import { contextOptions } from './context.ts';
import { natsConnectionOptions, natsStreamOptions } from './nats.ts';

/** How a bucket is reached, and what it is made with. */
export const natsBucketOptions = {
  ...natsConnectionOptions,
  'transport.nats.stream.replicas': natsStreamOptions['transport.nats.stream.replicas'],
  'transport.nats.stream.storage': natsStreamOptions['transport.nats.stream.storage'],
  'transport.nats.domain': natsStreamOptions['transport.nats.domain'],
  'transport.nats.api_prefix': natsStreamOptions['transport.nats.api_prefix'],
} as const satisfies OptionTable;

/** The flags of `goflow2plus context push` and `context pull`. */
export const contextBucketOptions = {
  ...natsBucketOptions,
  'context.nats.bucket': contextOptions['context.nats.bucket'],
  prune: {
    type: 'bool',
    default: 'false',
    help: 'push: delete the keys of the bucket that the file does not have',
  },
} as const satisfies OptionTable;

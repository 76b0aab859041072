import type { OptionTable } from '../option.ts';
import { natsConnectionOptions, natsStreamOptions } from './nats.ts';

const { 'transport.nats.stream.mode': _, ...streamOptions } = natsStreamOptions;

/** The flags of `goflow2plus nats init`. */
export const natsInitOptions = {
  ...natsConnectionOptions,
  ...streamOptions,
  clickhouse: {
    type: 'bool',
    default: 'false',
    help: 'also make the durable pull consumer that ClickHouse reads by, and print the settings of its table',
  },
  consumer: {
    type: 'string',
    default: '',
    hint: 'NAME',
    help: 'also make a durable pull consumer of this name; with -clickhouse it is clickhouse unless given',
  },
} as const satisfies OptionTable;

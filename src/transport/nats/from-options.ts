import { ConfigError } from '../../config/errors.ts';
import type { natsBucketOptions } from '../../config/groups/context-bucket.ts';
import type { natsConnectionOptions, natsOptions, natsStreamOptions } from '../../config/groups/nats.ts';
import type { OptionValues } from '../../config/option.ts';
import { checkBucket } from './kv-bucket.ts';
import type { KvSettings } from './kv-bucket.ts';
import type { NatsConnectionSettings, NatsSettings, NatsStreamSettings } from './settings.ts';

/** Values by the names of their flags. */
type ConnectionValues = OptionValues<typeof natsConnectionOptions>;
type BucketValues = OptionValues<typeof natsBucketOptions>;
type StreamValues = OptionValues<typeof natsStreamOptions>;
type NatsValues = OptionValues<typeof natsOptions>;

/**
 * The settings that the flags `-transport.nats.*` stand for.
 *
 * @throws ConfigError for a value that cannot be.
 */
export function natsSettings(values: NatsValues): NatsSettings {
  atLeast(values, 'transport.nats.subjects.max', 1);
  atLeast(values, 'transport.nats.batch.flows', 1);
  atLeast(values, 'transport.nats.batch.bytes', 1);
  atLeast(values, 'transport.nats.batch.linger', 0);
  atLeast(values, 'transport.nats.window', 1);
  atLeast(values, 'transport.nats.buffer', 4096);
  return {
    ...natsConnectionSettings(values),
    stream: natsStreamSettings(values),
    subject: values['transport.nats.subject'],
    subjectsMax: values['transport.nats.subjects.max'],
    batchFlows: values['transport.nats.batch.flows'],
    batchBytes: values['transport.nats.batch.bytes'],
    lingerMs: values['transport.nats.batch.linger'],
    window: values['transport.nats.window'],
    bufferBytes: values['transport.nats.buffer'],
  };
}

/** The part of the settings that says how to reach NATS. */
export function natsConnectionSettings(values: ConnectionValues): NatsConnectionSettings {
  const prefix = values['transport.nats.inbox_prefix'];
  if (!/^[!-~]+$/.test(prefix) || /[*>]|^\.|\.$|\.\./.test(prefix)) {
    throw new ConfigError('GF_OPTION_VALUE', { option: 'transport.nats.inbox_prefix' }, 'it is no subject');
  }
  return {
    servers: values['transport.nats.servers'],
    auth: {
      user: values['transport.nats.user'],
      passwordFile: values['transport.nats.password_file'],
      tokenFile: values['transport.nats.token_file'],
      creds: values['transport.nats.creds'],
      nkeyFile: values['transport.nats.nkey_file'],
    },
    tls: {
      ca: values['transport.nats.tls.ca'],
      cert: values['transport.nats.tls.cert'],
      key: values['transport.nats.tls.key'],
      insecure: values['transport.nats.tls.insecure'],
      first: values['transport.nats.tls.first'],
    },
    name: values['transport.nats.name'],
    inboxPrefix: prefix,
  };
}

/**
 * The bucket that a flag names; undefined when it names none.
 *
 * @throws ConfigError for what no bucket can be called
 */
export function bucketSettings<Option extends string>(
  values: BucketValues & Readonly<Record<Option, string>>,
  option: Option,
): KvSettings | undefined {
  const bucket: string = values[option];
  if (bucket === '') return undefined;
  checkBucket(option, bucket);
  return { bucket, connection: natsConnectionSettings(values), stream: bucketStreamSettings(values) };
}

/** The part of the settings that says which stream. */
export function natsStreamSettings(values: StreamValues): NatsStreamSettings {
  const name = values['transport.nats.stream'];
  if (!/^[^\s.*>/\\]+$/.test(name)) {
    const why = `${JSON.stringify(name)}: a name of a stream has no blanks, dots, slashes or wildcards`;
    throw new ConfigError('GF_OPTION_VALUE', { option: 'transport.nats.stream' }, why);
  }
  atLeast(values, 'transport.nats.stream.max_age', 0);
  atLeast(values, 'transport.nats.stream.duplicate_window', 100);
  return {
    name,
    mode: values['transport.nats.stream.mode'],
    maxAgeMs: values['transport.nats.stream.max_age'],
    maxBytes: values['transport.nats.stream.max_bytes'],
    discard: values['transport.nats.stream.discard'],
    duplicateWindowMs: values['transport.nats.stream.duplicate_window'],
    ...bucketStreamSettings(values),
  };
}

/** What a stream and a bucket, which is one, have in common. */
function bucketStreamSettings(values: Omit<BucketValues, keyof ConnectionValues>): KvSettings['stream'] {
  if (values['transport.nats.domain'] !== '' && values['transport.nats.api_prefix'] !== '') {
    const why = 'a domain is a prefix of the API already: give one of them';
    throw new ConfigError('GF_OPTION_VALUE', { option: 'transport.nats.api_prefix' }, why);
  }
  atLeast(values, 'transport.nats.stream.replicas', 1);
  return {
    replicas: values['transport.nats.stream.replicas'],
    storage: values['transport.nats.stream.storage'],
    domain: values['transport.nats.domain'],
    apiPrefix: values['transport.nats.api_prefix'],
  };
}

function atLeast<Name extends string>(values: Readonly<Record<Name, unknown>>, option: Name, least: number): void {
  if ((values[option] as number) < least) {
    throw new ConfigError('GF_OPTION_VALUE', { option }, `it is at least ${least}`);
  }
}

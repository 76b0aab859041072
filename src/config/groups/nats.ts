import type { OptionTable } from '../option.ts';

/** How to reach NATS: shared by everything that uses it. */
export const natsConnectionOptions = {
  'transport.nats.servers': {
    type: 'list',
    default: 'nats://localhost:4222',
    hint: 'URL,...',
    aliases: ['transport.nats.url'],
    help: 'NATS servers, nats://HOST:PORT or tls://HOST:PORT; further ones of a cluster are found by themselves',
  },
  'transport.nats.user': {
    type: 'string',
    default: '',
    help: 'user name; its password comes from a file or from $GOFLOW2_NATS_PASSWORD',
  },
  'transport.nats.password_file': { type: 'string', default: '', hint: 'PATH', help: 'file with the password' },
  'transport.nats.token_file': {
    type: 'string',
    default: '',
    hint: 'PATH',
    help: 'file with a token; without it $GOFLOW2_NATS_TOKEN',
  },
  'transport.nats.creds': {
    type: 'string',
    default: '',
    hint: 'PATH',
    help: 'credentials file with a JWT and its seed; without it the content of $GOFLOW2_NATS_CREDS',
  },
  'transport.nats.nkey_file': {
    type: 'string',
    default: '',
    hint: 'PATH',
    help: 'file with the seed of an nkey; without it $GOFLOW2_NATS_NKEY',
  },
  'transport.nats.tls.ca': {
    type: 'string',
    default: '',
    hint: 'PATH',
    help: 'certificates that the one of the server is verified by; empty = those of the system',
  },
  'transport.nats.tls.cert': {
    type: 'string',
    default: '',
    hint: 'PATH',
    help: 'certificate to show to the server; needs tls.key',
  },
  'transport.nats.tls.key': { type: 'string', default: '', hint: 'PATH', help: 'private key of that certificate' },
  'transport.nats.tls.insecure': {
    type: 'bool',
    default: 'false',
    help: 'do not verify the certificate of the server: anybody on the way can read and change the flows',
  },
  'transport.nats.tls.first': {
    type: 'bool',
    default: 'false',
    help: 'TLS from the first octet on, for servers that are set up so (handshake_first)',
  },
  'transport.nats.name': {
    type: 'string',
    default: 'goflow2plus',
    hint: 'NAME',
    help: 'name of this client, as the server shows it',
  },
  'transport.nats.inbox_prefix': {
    type: 'string',
    default: '_INBOX',
    hint: 'SUBJECT',
    help: 'what the subjects begin with that answers come to, where permissions allow only some',
  },
} as const satisfies OptionTable;

/** Which stream, and what it is made with. */
export const natsStreamOptions = {
  'transport.nats.stream': { type: 'string', default: 'goflow2', hint: 'NAME', help: 'name of the JetStream stream' },
  'transport.nats.subject': {
    type: 'string',
    default: 'goflow2.messages',
    help: [
      'subject of the messages; columns in braces make it a pattern: flows.{type}.{context.source_group},',
      'and {partition:16} is a number below 16, by the formatter key or random',
    ].join('\n'),
  },
  'transport.nats.stream.mode': {
    type: 'string',
    default: 'create',
    choices: ['create', 'check', 'none'],
    help: 'create = make the stream when it is missing; check = it has to be there; none = do not ask',
  },
  'transport.nats.stream.max_age': {
    type: 'duration',
    default: '24h',
    help: 'when we make the stream: how long it keeps messages; 0 = without limit',
  },
  'transport.nats.stream.max_bytes': {
    type: 'size',
    default: '10GiB',
    help: 'when we make the stream: how large it may grow; 0 = without limit',
  },
  'transport.nats.stream.replicas': { type: 'int', default: '1', help: 'when we make the stream: copies in a cluster' },
  'transport.nats.stream.storage': {
    type: 'string',
    default: 'file',
    choices: ['file', 'memory'],
    help: 'when we make the stream: where it is kept',
  },
  'transport.nats.stream.discard': {
    type: 'string',
    default: 'old',
    choices: ['old', 'new'],
    help: 'when we make the stream: what a full one gives up; new = it refuses messages',
  },
  'transport.nats.stream.duplicate_window': {
    type: 'duration',
    default: '2m',
    help: 'when we make the stream: how long it knows ids, and so the longest outage without duplicates',
  },
  'transport.nats.domain': { type: 'string', default: '', hint: 'NAME', help: 'JetStream domain, behind leaf nodes' },
  'transport.nats.api_prefix': {
    type: 'string',
    default: '',
    hint: 'SUBJECT',
    help: 'prefix of the JetStream API, where it is imported under another one',
  },
} as const satisfies OptionTable;

/** How flows are published. */
export const natsPublishOptions = {
  'transport.nats.subjects.max': {
    type: 'int',
    default: '1000',
    help: 'distinct subjects of a pattern; flows of further ones get _other in place of their columns',
  },
  'transport.nats.batch.flows': {
    type: 'int',
    default: '1',
    help: 'flows in a message; with more than one they stand one behind the other, and a header has the number',
  },
  'transport.nats.batch.bytes': {
    type: 'size',
    default: '64KiB',
    help: 'most octets of flows in a message with several',
  },
  'transport.nats.batch.linger': {
    type: 'duration',
    default: '20ms',
    help: 'how long a flow waits for others to share its message',
  },
  'transport.nats.window': { type: 'int', default: '2048', help: 'messages sent and not yet acknowledged' },
  'transport.nats.buffer': {
    type: 'size',
    default: '256MiB',
    help: 'flows that wait while NATS is away or slow; then the oldest are dropped and counted',
  },
} as const satisfies OptionTable;

export const natsOptions = {
  ...natsConnectionOptions,
  ...natsStreamOptions,
  ...natsPublishOptions,
} as const satisfies OptionTable;

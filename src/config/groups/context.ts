import type { OptionTable } from '../option.ts';

export const contextOptions = {
  'context.config': {
    type: 'list',
    default: '',
    hint: 'FILE,...',
    help: 'who the addresses, interfaces, exporters and applications of flows are: YAML files,\nlater ones over earlier ones, read again when they change; empty = flows have no context',
  },
  'context.nats.bucket': {
    type: 'string',
    default: '',
    hint: 'NAME',
    help: 'NATS KV bucket with more of the context, an object a key, followed as it changes; files are over it;\nreached by the flags -transport.nats.*; empty = none',
  },
  'context.learned': {
    type: 'string',
    default: 'auto',
    choices: ['auto', 'on', 'off'],
    help: 'names of interfaces, VRFs, applications and exporters that options data tells:\nauto = where flows have a context, on = in any case, which gives them one, off = never',
  },
  'context.http.url': {
    type: 'string',
    default: '',
    hint: 'URL',
    help: 'more of the context from a web server: a document of the form of a file, YAML or JSON;\nfiles and keys of a bucket are over it; empty = none',
  },
  'context.http.interval': {
    type: 'duration',
    default: '1m',
    help: 'how often that is asked for; not taken again while it is the same (ETag)',
  },
  'context.keys': {
    type: 'list',
    default: '',
    hint: 'KEY,...',
    help: 'keys of the context that messages have, such as source_group; empty = all',
  },
} as const satisfies OptionTable;

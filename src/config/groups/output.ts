import type { OptionTable } from '../option.ts';

export const outputOptions = {
  format: {
    type: 'string',
    default: 'json',
    choices: ['json', 'text', 'bin'],
    refusal: {
      code: 'GF_FORMAT_UNKNOWN',
      message: (value) => `format error ${JSON.stringify(value)} not found`,
    },
    help: 'how a message is written: JSON, text, or protobuf behind its length',
  },
  transport: {
    type: 'string',
    default: 'file',
    choices: ['file', 'nats'],
    refusal: {
      code: 'GF_TRANSPORT_UNKNOWN',
      message: (value) => `transport error ${JSON.stringify(value)} not found`,
    },
    help: 'where messages go: a file or standard output, or a NATS JetStream stream',
  },
  'transport.file': {
    type: 'string',
    default: '',
    hint: 'PATH',
    help: 'output file, to which messages are appended; empty = standard output',
  },
  'transport.file.sep': {
    type: 'string',
    default: '\n',
    hint: 'TEXT',
    help: 'written after every message, as it stands; may be empty',
  },
} as const satisfies OptionTable;

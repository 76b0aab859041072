import type { OptionTable } from '../option.ts';

export const httpOptions = {
  addr: {
    type: 'string',
    default: ':8080',
    hint: 'HOST:PORT',
    help: 'where the HTTP server listens: metrics, health, templates; empty = no server',
  },
  'templates.path': {
    type: 'string',
    default: '/templates',
    hint: 'PATH',
    help: 'HTTP path of the templates of all exporters; empty = none',
  },
  'http.details': {
    type: 'string',
    default: 'local',
    choices: ['local', 'any'],
    hint: 'local|any',
    help: 'who is shown details, such as /exporters and /accounting: this machine alone, or anybody',
  },
} as const satisfies OptionTable;

import type { OptionTable } from '../option.ts';

export const httpOptions = {
  addr: {
    type: 'string',
    default: ':8080',
    hint: 'HOST:PORT',
    help: 'where the HTTP server listens; empty = no server\n(accepted for now: the HTTP server is not there yet)',
  },
} as const satisfies OptionTable;

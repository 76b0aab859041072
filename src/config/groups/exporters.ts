import type { OptionTable } from '../option.ts';

export const exporterOptions = {
  'exporters.allow': {
    type: 'list',
    default: '',
    hint: 'PREFIX,...',
    help: 'sources whose datagrams are taken: addresses, prefixes, and @FILE with one a line; empty = all',
  },
  'exporters.deny': {
    type: 'list',
    default: '',
    hint: 'PREFIX,...',
    help: 'sources whose datagrams are not taken, written the same way',
  },
  'exporters.rate': {
    type: 'int',
    default: '0',
    help: 'datagrams a second that are taken of one source; 0 = as many as come',
  },
} as const satisfies OptionTable;

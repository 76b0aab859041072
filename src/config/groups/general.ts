import type { OptionTable } from '../option.ts';

export const generalOptions = {
  v: {
    type: 'bool',
    default: 'false',
    help: 'print the version and exit',
  },
} as const satisfies OptionTable;

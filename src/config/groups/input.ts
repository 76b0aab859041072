import type { OptionTable } from '../option.ts';

export const inputOptions = {
  listen: {
    type: 'string',
    default: 'sflow://:6343,netflow://:2055',
    hint: 'URI,...',
    help: [
      'where flows come from: sflow://, netflow:// or flow:// (both) with HOST:PORT,',
      'or file:///CAPTURE to replay one; options follow ? as in netflow://:2055?count=4',
    ].join('\n'),
  },
} as const satisfies OptionTable;

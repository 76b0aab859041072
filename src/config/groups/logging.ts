import type { OptionTable } from '../option.ts';

export const loggingOptions = {
  loglevel: {
    type: 'string',
    default: 'info',
    hint: 'LEVEL',
    help: 'least level that is logged: debug, info, warn or error, with an offset where wanted: info+2',
  },
  logfmt: {
    type: 'string',
    default: 'normal',
    hint: 'normal|json',
    help: 'how the log is written to standard error; anything but json is normal',
  },
  'err.cnt': {
    type: 'int',
    default: '10',
    help: 'messages of one class that are logged in an interval, before the class is muted; 0 = never muted',
  },
  'err.int': {
    type: 'duration',
    default: '10s',
    help: 'length of that interval; 0 = never muted',
  },
} as const satisfies OptionTable;

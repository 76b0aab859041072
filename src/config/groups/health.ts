import type { OptionTable } from '../option.ts';
import { httpOptions } from './http.ts';

/** The flags of `goflow2plus health`. */
export const healthOptions = {
  addr: { ...httpOptions.addr, help: 'where the HTTP server of the collector listens: what its own -addr says' },
  ready: {
    type: 'bool',
    default: 'false',
    help: 'ask /ready, which is unhealthy also while what comes in is not delivered, in place of /live',
  },
  timeout: {
    type: 'duration',
    default: '3s',
    help: 'longest time that an answer may take',
  },
} as const satisfies OptionTable;

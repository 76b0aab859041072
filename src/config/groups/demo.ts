import type { OptionTable } from '../option.ts';

/** What `goflow2plus demo` has beside the flags of the collector. */
export const demoOptions = {
  'demo.rate': {
    type: 'int',
    default: '20',
    hint: 'FLOWS',
    help: 'flows a second of all simulated exporters together, 1 to 50000',
  },
  'demo.duration': {
    type: 'duration',
    default: '0',
    help: 'ends after this time; 0 = goes on until it is stopped',
  },
  'demo.netflow': {
    type: 'string',
    default: '',
    hint: 'HOST:PORT',
    help: 'send NetFlow and IPFIX to a collector there, and start none here',
  },
  'demo.sflow': {
    type: 'string',
    default: '',
    hint: 'HOST:PORT',
    help: 'send sFlow to a collector there, and start none here',
  },
} as const satisfies OptionTable;

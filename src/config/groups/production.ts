import type { OptionTable } from '../option.ts';

export const productionOptions = {
  produce: {
    type: 'string',
    default: 'sample',
    choices: ['sample'],
    refusal: {
      code: 'GF_PRODUCER_UNKNOWN',
      message: (value) =>
        value === 'raw' ? 'the raw producer is not there yet' : `producer does not exist: ${JSON.stringify(value)}`,
    },
    help: 'what is made of the packets: sample = one message a flow',
  },
} as const satisfies OptionTable;

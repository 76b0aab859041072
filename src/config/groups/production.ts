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
  'produce.codegen': {
    type: 'bool',
    default: 'true',
    help: 'whether code is generated for templates and formats; false = interpret them: slower, with the same output',
  },
} as const satisfies OptionTable;

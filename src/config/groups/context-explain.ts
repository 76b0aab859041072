import type { OptionTable } from '../option.ts';
import { contextOptions } from './context.ts';

/** The flags of `goflow2plus context`. */
export const contextExplainOptions = {
  'context.config': contextOptions['context.config'],
  exporter: {
    type: 'string',
    default: '',
    hint: 'ADDRESS',
    help: 'explain: the exporter that the flow comes from too',
  },
  ifindex: {
    type: 'int',
    default: '-1',
    help: 'explain: and this interface of it',
  },
} as const satisfies OptionTable;

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
  vrf: {
    type: 'int',
    default: '-1',
    help: 'explain: and this VRF of it',
  },
  state: {
    type: 'string',
    default: '',
    hint: 'FILE',
    help: 'explain: and what this exporter has told a collector, which keeps it in -templates.json.path with .state',
  },
  proto: {
    type: 'string',
    default: '',
    hint: 'PROTOCOL',
    help: 'explain: the application too, of flows of this IP protocol, by name or number',
  },
  port: {
    type: 'int',
    default: '-1',
    help: 'explain: and this port at the address',
  },
} as const satisfies OptionTable;

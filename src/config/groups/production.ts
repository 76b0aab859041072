import type { OptionTable } from '../option.ts';

export const productionOptions = {
  produce: {
    type: 'string',
    default: 'sample',
    choices: ['sample', 'raw'],
    refusal: {
      code: 'GF_PRODUCER_UNKNOWN',
      message: (value) => `producer does not exist: ${JSON.stringify(value)}`,
    },
    help: 'what is made of the packets: sample = one message a flow,\nraw = one a datagram, with all that was in it',
  },
  'produce.raw.names': {
    type: 'bool',
    default: 'false',
    help: 'add to each value of a raw message the name of its element and the value decoded by its type',
  },
  mapping: {
    type: 'string',
    default: '',
    hint: 'FILE',
    help: 'file with fields, columns and partition keys of your own; see docs/mapping.md',
  },
  'produce.elements': {
    type: 'string',
    default: '',
    hint: 'PATH',
    help: 'file with more information elements, in the form of data/ipfix-elements.tsv',
  },
  'produce.tunnels': {
    type: 'string',
    default: 'off',
    choices: ['off', 'inner'],
    help: 'which packet the columns of a sampled tunnel tell about: off = the outer one,\ninner = the one inside of VXLAN, Geneve, Teredo, GRE, IP in IP and Ethernet over MPLS',
  },
  'produce.scale': {
    type: 'bool',
    default: 'false',
    help: 'add scaled_bytes and scaled_packets to each flow: octets and packets times the sampling rate',
  },
  'produce.codegen': {
    type: 'bool',
    default: 'true',
    help: 'whether code is generated for templates and formats; false = interpret them: slower, with the same output',
  },
  filter: {
    type: 'string',
    default: '',
    hint: 'EXPRESSION',
    help: 'keep only the flows for which it is true, such as dst_port == 443 && bytes > 1000:\nCEL over the columns and the keys of the context; empty = keep all',
  },
} as const satisfies OptionTable;

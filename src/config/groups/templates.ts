import type { OptionTable } from '../option.ts';

export const templateOptions = {
  'templates.ttl': {
    type: 'duration',
    default: '0',
    help: 'how long a template holds after its exporter has sent it last; 0 = for ever',
  },
  'templates.sweep-interval': {
    type: 'duration',
    default: '1m',
    help: 'time between two looks for templates whose time is over;\n0 or less = none, and they expire when data comes for them',
  },
  'templates.ttl.extend-on-access': {
    type: 'bool',
    default: 'false',
    help: 'data that uses a template counts as if the template had been sent again',
  },
  'templates.json.path': {
    type: 'string',
    default: '',
    hint: 'FILE',
    help: 'file that keeps templates over a restart; what else was learned goes to FILE.state; empty = none',
  },
  'templates.json.interval': {
    type: 'duration',
    default: '10s',
    help: 'the longest that a change of a template waits to be written, which is half a second if writing is quick;\n0 or less = no wait',
  },
  'templates.nats.bucket': {
    type: 'string',
    default: '',
    hint: 'NAME',
    help: 'NATS KV bucket by which collectors share templates, sampling rates and learned names,\nwhatever the transport; reached by the flags -transport.nats.*; empty = none',
  },
  'templates.reorder': {
    type: 'duration',
    default: '0',
    help: 'a template exported up to so long before the one that is held was overtaken on its way,\nand does not replace it; 0 = the last to arrive holds',
  },
} as const satisfies OptionTable;

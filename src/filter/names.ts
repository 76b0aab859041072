import { FlowType, Layer } from '../flow/fields.ts';
import { etherTypeNames } from '../flow/names.ts';
import { parseProtocol } from '../flow/protocol-text.ts';
import { portNames } from './port-names.ts';
import type { Column } from './expression.ts';

/** The texts that stand for numbers of a column: `proto == "TCP"`. */
export interface Names {
  /** What they are, for messages. */
  readonly what: string;
  /** The number that a text stands for, in any case; undefined for one that stands for none. */
  number(text: string): number | undefined;
  /** Texts that may have been meant. */
  readonly known: Iterable<string>;
}

const protocols: Names = {
  what: 'protocol',
  number: parseProtocol,
  known: ['TCP', 'UDP', 'ICMP', 'ICMPv6', 'IGMP', 'GRE', 'ESP', 'AH', 'SCTP', 'OSPF', 'EIGRP', 'PIM', 'VRRP', 'L2TP'],
};

const ports = namesOf('port', portNames);
const etherTypes = namesOf('EtherType', new Map([...etherTypeNames].map(([number, name]) => [name, number])));
const flowTypes = namesOf('flow type', new Map(Object.entries(FlowType)));
const layers = namesOf('layer', new Map(Object.entries(Layer)));

/** Six octets in hexadecimal, with one kind of sign between them. */
const MAC = /^[0-9a-f]{1,2}([:-])(?:[0-9a-f]{1,2}\1){4}[0-9a-f]{1,2}$/i;

const macs: Names = {
  what: 'MAC address',
  number: (text) =>
    MAC.test(text) ? text.split(/[:-]/).reduce((sum, octet) => sum * 256 + parseInt(octet, 16), 0) : undefined,
  known: [],
};

/** The names of the numbers in a column; undefined where they have none. */
export function namesOfColumn({ name, renderer }: Column): Names | undefined {
  if (name === 'src_port' || name === 'dst_port') return ports;
  switch (renderer) {
    case 'proto':
      return protocols;
    case 'etype':
      return etherTypes;
    case 'type':
      return flowTypes;
    case 'layer':
      return layers;
    case 'mac':
      return macs;
    default:
      return undefined;
  }
}

function namesOf(what: string, numbers: ReadonlyMap<string, number>): Names {
  const lower = new Map([...numbers].map(([name, number]) => [name.toLowerCase(), number]));
  return { what, number: (text) => lower.get(text.toLowerCase()), known: numbers.keys() };
}

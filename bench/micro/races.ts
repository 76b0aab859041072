import { faultNames } from './input.ts';
import type { Entry } from './contestants.ts';
import type { Round } from './contestant.ts';

/** What is compared: more of it is better. */
export const measures = {
  flows: { unit: 'flows/s', of: ({ flows, seconds }) => flows / seconds },
  octets: { unit: 'octets/s', of: ({ octets, seconds }) => octets / seconds },
  datagrams: { unit: 'datagrams/s', of: ({ datagrams, seconds }) => datagrams / seconds },
} satisfies Record<string, { unit: string; of: (round: Round) => number }>;

export interface Race {
  /** Of the goals in the decision page on performance. */
  readonly id: string;
  readonly title: string;
  readonly measure: keyof typeof measures;
  /** The others are compared with the first. */
  readonly entries: readonly Entry[];
  /** What the first one has to reach. */
  readonly least?: number;
  /** What the ratio of the first to each named one has to be at least or at most. */
  readonly ratios?: readonly { readonly to: number; readonly least?: number; readonly most?: number }[];
}

const compiled = 'compiled, bin';

/** P-13 and P-15 as far as they are in memory; growth of networks is measured with the enrichers. */
export const races: readonly Race[] = [
  {
    id: 'P-01',
    title: 'NetFlow v9, 24 records of 20 fields, to protobuf',
    measure: 'flows',
    entries: [
      { kind: compiled, input: 'v9' },
      { kind: 'interpreted, bin', input: 'v9' },
      { kind: 'objects, protobufjs', input: 'v9' },
    ],
    least: 3.5e6,
    ratios: [{ to: 2, least: 20 }],
  },
  {
    id: 'P-02',
    title: 'the same to JSON',
    measure: 'flows',
    entries: [
      { kind: 'compiled, json', input: 'v9' },
      { kind: 'interpreted, json', input: 'v9' },
      { kind: 'objects, JSON.stringify', input: 'v9' },
    ],
    least: 2e6,
    ratios: [{ to: 2, least: 15 }],
  },
  {
    id: 'P-03',
    title: 'sFlow raw headers to protobuf',
    measure: 'flows',
    entries: [
      { kind: compiled, input: 'sFlow' },
      { kind: 'interpreted, bin', input: 'sFlow' },
    ],
    least: 2.5e6,
  },
  {
    id: 'P-04',
    title: 'octets of input, against P-01',
    measure: 'octets',
    entries: [
      { kind: compiled, input: 'v9' },
      { kind: compiled, input: 'IPFIX with variable lengths' },
      { kind: compiled, input: 'IPFIX' },
      { kind: compiled, input: 'v5' },
    ],
    ratios: [
      { to: 1, most: 2 },
      { to: 2, most: 2 },
      { to: 3, most: 2 },
    ],
  },
  {
    id: 'filter',
    title: 'NetFlow v9 to protobuf, with a filter of four conditions and without',
    measure: 'flows',
    entries: [
      { kind: 'compiled, bin', input: 'v9' },
      { kind: 'compiled, bin, filter', input: 'v9' },
    ],
  },
  {
    id: 'P-10',
    title: 'a context of 100,000 networks, six keys a flow, against the same octets without look-ups, and none',
    measure: 'flows',
    entries: [
      { kind: 'context looked up, bin', input: 'v9' },
      { kind: 'the same context, bin', input: 'v9' },
      { kind: compiled, input: 'v9' },
    ],
    ratios: [{ to: 1, least: 0.8 }],
  },
  {
    id: 'P-11',
    title: 'ten fields of a mapping file more, to protobuf',
    measure: 'flows',
    entries: [
      { kind: compiled, input: 'v9' },
      { kind: 'compiled, bin, 10 fields more', input: 'v9' },
    ],
    ratios: [{ to: 1, most: 1.3 }],
  },
  {
    id: 'P-11',
    title: 'the same to JSON',
    measure: 'flows',
    entries: [
      { kind: 'compiled, json', input: 'v9' },
      { kind: 'compiled, json, 10 fields more', input: 'v9' },
    ],
    ratios: [{ to: 1, most: 1.3 }],
  },
  {
    id: 'P-13',
    title: 'one and many exporters',
    measure: 'flows',
    entries: [
      { kind: compiled, input: '1 exporter' },
      { kind: compiled, input: '10,000 exporters' },
    ],
    ratios: [{ to: 1, most: 1 / 0.7 }],
  },
  {
    id: 'P-13',
    title: 'one and many templates',
    measure: 'flows',
    entries: [
      { kind: compiled, input: '1 template' },
      { kind: compiled, input: '10,000 templates of 40 layouts' },
      { kind: compiled, input: '10,000 templates, all different' },
    ],
    ratios: [{ to: 1, most: 1 / 0.7 }],
  },
  {
    id: 'P-15',
    title: 'malformed datagrams, against valid ones',
    measure: 'datagrams',
    entries: [{ kind: compiled, input: 'v9' }, ...faultNames.map((input): Entry => ({ kind: compiled, input }))],
    ratios: faultNames.map((_, i) => ({ to: i + 1, most: 1 })),
  },
];

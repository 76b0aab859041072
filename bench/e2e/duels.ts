import type { ContestantName } from './contestants.ts';
import type { LoadName } from './loads.ts';

/** One who takes part, and with what load. */
export interface Side {
  readonly contestant: ContestantName;
  readonly load: LoadName;
}

/** Two programs, or one under two loads, in turns. */
export interface Duel {
  /** Of the goals in the decision page on performance. */
  readonly id: string;
  readonly title: string;
  /** Datagrams a second. */
  readonly rate: number;
  readonly sides: readonly [Side, Side];
  /** What CPU for a datagram of the first is to be at most, in those of the second; undefined: for comparison alone. */
  readonly most?: number;
}

const v9 = (contestant: ContestantName): Side => ({ contestant, load: 'v9' });
const sFlow = (contestant: ContestantName): Side => ({ contestant, load: 'sFlow' });

/** A line is added here, with who takes part in it in `contestants.ts`. */
export const duels: readonly Duel[] = [
  ...[50_000, 110_000, 140_000].map((rate): Duel => ({
    id: 'P-05',
    title: 'NetFlow v9, 24 records of 20 fields, against nfcapd',
    rate,
    sides: [v9('ours, protobuf'), v9('nfcapd')],
    most: 1,
  })),
  {
    id: 'P-06',
    title: 'sFlow, 7 samples, against sfcapd',
    rate: 50_000,
    sides: [sFlow('ours, protobuf'), sFlow('sfcapd')],
    most: 0.8,
  },
  {
    id: 'P-07',
    title: 'NetFlow v9 to JSON, against nfacctd with its print plugin',
    rate: 5_000,
    sides: [v9('ours, JSON'), v9('nfacctd')],
    most: 0.3,
  },
  {
    id: 'P-08',
    title: 'node:dgram against recvmmsg',
    rate: 50_000,
    sides: [v9('ours, dgram, protobuf'), v9('ours, protobuf')],
    most: 1.6,
  },
  {
    id: 'P-08',
    title: 'of which node:dgram by itself',
    rate: 50_000,
    sides: [v9('node:dgram alone'), v9('ours, protobuf')],
  },
  {
    id: 'P-15',
    title: 'malformed datagrams, all faults in turns, against valid ones',
    rate: 50_000,
    sides: [{ contestant: 'ours, protobuf', load: 'malformed' }, v9('ours, protobuf')],
    most: 1,
  },
];

/** What a later version may cost beside an earlier one. */
const NO_WORSE = 1.05;

/** A duel with an earlier version of this program, of the same load at the same rate. */
const since = (id: string, load: LoadName, rate: number, what: 'protobuf' | 'JSON' | 'dgram, protobuf'): Duel => ({
  id,
  title: `${load} to ${what}, against an earlier version`,
  rate,
  sides: [
    { contestant: `ours, ${what}`, load },
    { contestant: `earlier, ${what}`, load },
  ],
  most: NO_WORSE,
});

/** Whether P-05 to P-08 have become worse: they say so whether or not they meet their goals. */
export const duelsWithEarlier: readonly Duel[] = [
  since('P-05', 'v9', 50_000, 'protobuf'),
  since('P-06', 'sFlow', 50_000, 'protobuf'),
  since('P-07', 'v9', 5_000, 'JSON'),
  since('P-08', 'v9', 50_000, 'dgram, protobuf'),
];

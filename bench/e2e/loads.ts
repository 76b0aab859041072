import type { PreparedDatagram } from '../load-sender.ts';
import { counting, faultNames, faults, inputs } from '../micro/input.ts';
import { prepare } from '../prepare.ts';

/** What an exporter sends in a circle. */
export interface Load {
  /** Flow messages that a datagram gives; 0 where that is not to be told. */
  readonly flows: number;
  /** @param stream number of the exporter */
  datagrams(seed: number, stream: number): PreparedDatagram[];
}

const HEADER = 20;
const V9_SEQUENCE = { offset: 12, step: 1 };

/** The datagrams of P-01; the template comes again with each round of the circle. */
function v9(seed: number): PreparedDatagram[] {
  const { before, turn } = inputs.v9(seed);
  return [...before, ...turn].map(({ octets }) => ({ bytes: octets, sequence: V9_SEQUENCE }));
}

/** An agent numbers its datagrams, and for each data source its samples. */
function sFlow(seed: number, stream: number): PreparedDatagram[] {
  const datagrams = prepare({ protocol: 'sflow', seed, records: 7, datagrams: 100, ipv6: 0 }, stream);
  return counting(datagrams.map(({ bytes }) => bytes)).map(({ octets, counts }) => ({ bytes: octets, counts }));
}

/** All faults of P-15 in turns; the first datagram, with the template, is whole. What has a header is numbered on. */
function malformed(seed: number): PreparedDatagram[] {
  return v9(seed).map((datagram, i) => {
    const fault = faultNames[i % faultNames.length]!;
    const damage: (octets: Uint8Array, i: number) => Uint8Array = faults[fault];
    if (i === 0) return datagram;
    const bytes = damage(datagram.bytes, i);
    return fault === 'noise' || bytes.length < HEADER ? { bytes } : { ...datagram, bytes };
  });
}

/** All loads by name; everything in them follows from the seed. */
export const loads = {
  v9: { flows: 24, datagrams: (seed, stream) => v9(seed + stream) },
  sFlow: { flows: 7, datagrams: sFlow },
  malformed: { flows: 0, datagrams: (seed, stream) => malformed(seed + stream) },
} satisfies Record<string, Load>;

export type LoadName = keyof typeof loads;

import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { layout } from '#src/simulate/layouts.js';
import type { FlowElementName, FlowLayouts, LayoutField } from '#src/simulate/layouts.js';
import { shuffled } from './shuffled.ts';

/** A datagram with the exporter that it comes from: its number, which stands for an address. */
export interface Arrival {
  readonly octets: Uint8Array;
  readonly exporter: number;
  /** Data records in it. */
  readonly records: number;
  /** Whether it gets the next sequence number of its exporter: all but sFlow, see `counts`, and what is no whole header. */
  readonly counted: boolean;
  /** What an sFlow agent counts in it: where the number stands, and by how much it grows with a turn. */
  readonly counts?: readonly (readonly [at: number, step: number])[];
}

/** What a contestant is given. */
export interface Input {
  /** Sent once: what has to be known before. */
  readonly before: readonly Arrival[];
  /** Sent over and over. */
  readonly turn: readonly Arrival[];
  /** Flows that a turn must give, where less would pass for speed. */
  readonly flows?: number;
}

const start = 1_700_000_000_000_000_000n;
const once = { boot: start, refreshEvery: 1e9 };
const VARIABLE = 65_535;

/** The twenty fields of P-01: what a router of a provider sends of an IPv4 flow. */
const twenty: readonly FlowElementName[] = [
  ...(['sourceIPv4Address', 'destinationIPv4Address', 'ipNextHopIPv4Address'] as const),
  ...(['ingressInterface', 'egressInterface', 'packetDeltaCount', 'octetDeltaCount'] as const),
  ...(['flowStartSysUpTime', 'flowEndSysUpTime', 'sourceTransportPort', 'destinationTransportPort'] as const),
  ...(['protocolIdentifier', 'tcpControlBits', 'ipClassOfService', 'bgpSourceAsNumber'] as const),
  ...(['bgpDestinationAsNumber', 'sourceIPv4PrefixLength', 'destinationIPv4PrefixLength'] as const),
  ...(['flowDirection', 'vlanId'] as const),
];

/** Layouts whose IPv4 part has these fields; IPv6 flows are not among the input. */
const only = (id: number, fields: readonly LayoutField[]): FlowLayouts => ({
  ipv4: layout(id, fields),
  ipv6: layout(id + 1, ['sourceIPv6Address']),
});

const ipv4Flows = (seed: number, count: number) => [...new Traffic({ seed, start, ipv6: 0 }).flows(0, count)];
const bothFlows = (seed: number, count: number) => [...new Traffic({ seed, start }).flows(0, count)];

/** Datagrams of 24 records each, the template in the first. */
function datagramsOf24(exporter: TemplatedExporter, seed: number, count: number): Uint8Array[] {
  const flows = ipv4Flows(seed, count * 24);
  return Array.from({ length: count }, (_, i) => exporter.export(flows.slice(24 * i, 24 * i + 24), start)).flat();
}

/** Datagrams of one exporter; the number of records follows from the sequence of the next one, save in v9. */
function from0(datagrams: readonly Uint8Array[]): Arrival[] {
  return datagrams.map((octets, i) => {
    const version = octets[1]!;
    const records =
      version === 10 && i + 1 < datagrams.length ? u32(datagrams[i + 1]!, 8) - u32(octets, 8) : octets[3]!;
    return { octets, exporter: 0, records, counted: octets[0] === 0 && version !== 0 };
  });
}

const u32 = (octets: Uint8Array, at: number): number => new DataView(octets.buffer, octets.byteOffset).getUint32(at);

/**
 * Datagrams of one sFlow agent with an IPv4 address and compact flow samples. Datagrams are numbered, and for each data
 * source its samples and the packets to choose from; in the next turn all of that goes on.
 */
export function counting(datagrams: readonly Uint8Array[]): Arrival[] {
  const all = datagrams.map((octets) => ({ octets, samples: samplesOf(octets) }));
  const turns = new Map<number, number>();
  for (const { source } of all.flatMap(({ samples }) => samples)) turns.set(source, (turns.get(source) ?? 0) + 1);
  return all.map(({ octets, samples }) => {
    const counts: [at: number, step: number][] = [[16, datagrams.length]];
    for (const { at, source, rate } of samples) {
      const turn = turns.get(source)!;
      counts.push([at, turn], [at + 12, turn * rate]);
    }
    return { octets, exporter: 0, records: samples.length, counted: false, counts };
  });
}

/** The samples of a datagram: where their bodies begin, and what they are taken of. */
function samplesOf(octets: Uint8Array): { at: number; source: number; rate: number }[] {
  const samples = [];
  for (let at = 28 + 8; at < octets.length; at += 8 + u32(octets, at - 4)) {
    samples.push({ at, source: u32(octets, at + 4), rate: u32(octets, at + 8) });
  }
  return samples;
}

/** The first datagram has the template. */
function templateFirst(datagrams: readonly Uint8Array[]): Input {
  const [first, ...others] = from0(datagrams);
  return { before: [first!], turn: others };
}

/** NetFlow v9: 24 records of 20 fields a datagram. */
function v9(seed: number): Input {
  const layouts = only(256, twenty);
  const exporter = new TemplatedExporter({ version: 9, ...once, payload: 2_000, domains: [{ id: 1, layouts }] });
  return templateFirst(datagramsOf24(exporter, seed, 101));
}

/** IPFIX with a name of variable length in every record, and options data in the first of 25 datagrams. */
function variableLengths(seed: number): Input {
  const name = { id: 82, length: VARIABLE, value: new TextEncoder().encode('ge-0/0/1') };
  const times = ['flowStartMilliseconds', 'flowEndMilliseconds', 'selectorId'] as const;
  const layouts = only(256, [...twenty.slice(0, 7), name, ...twenty.slice(9), ...times]);
  const domains = [{ id: 1, layouts, samplers: [{ id: 1, interval: 1_000 }] }];
  const exporter = new TemplatedExporter({ version: 10, boot: start, refreshEvery: 25, payload: 2_400, domains });
  return { before: [], turn: from0(datagramsOf24(exporter, seed, 100)) };
}

/** Exporters with the same template, each proven by data for it (S-03), and the same data from all in turns. */
function exporters(seed: number, count: number): Input {
  const { before, turn } = v9(seed);
  const first = [before[0]!, turn[0]!];
  return {
    before: Array.from({ length: count }, (_, exporter) => first.map((arrival) => ({ ...arrival, exporter }))).flat(),
    turn: Array.from({ length: 10_000 }, (_, i) => ({ ...turn[i % turn.length]!, exporter: i % count })),
    flows: 240_000,
  };
}

/** One exporter has a part of the memory for templates only (S-03): more come from more of them. */
const TEMPLATES_OF_AN_EXPORTER = 1_000;

/**
 * Data of many templates in turns.
 *
 * @param layouts how many orders of the twenty fields there are among them
 */
function templates(seed: number, count: number, layouts: number): Input {
  const flows = ipv4Flows(seed, 24);
  const orders = Array.from({ length: layouts }, (_, i) => shuffled(twenty, seed + i));
  const before: Arrival[] = [];
  const data: Arrival[] = [];
  for (let i = 0; i < count; i++) {
    const domain = { id: 1, layouts: only(256 + 2 * i, orders[i % layouts]!) };
    const exporter = new TemplatedExporter({ version: 9, ...once, payload: 2_000, domains: [domain] });
    const sent = (): Arrival[] =>
      from0(exporter.export(flows, start)).map((arrival) => ({
        ...arrival,
        exporter: Math.floor(i / TEMPLATES_OF_AN_EXPORTER),
      }));
    const [withTemplate, alone] = [sent(), sent()];
    before.push(...withTemplate, ...alone); // data of its own proves the exporter
    data.push(...alone);
  }
  return { before, turn: Array.from({ length: 10_000 }, (_, i) => data[i % count]!), flows: 240_000 };
}

/** Faults in a datagram of P-01, each in another way. */
export const faults = {
  'cut off': (octets, i) => octets.slice(0, 8 + ((i * 37) % (octets.length - 8))),
  'set too long': (octets) => withU16(octets, 22, 0xffff),
  'set of length 0': (octets) => withU16(octets, 22, 0),
  'no such version': (octets, i) => withU16(octets, 0, 11 + (i & 0xff)),
  'no such template': (octets, i) => withU16(octets, 20, 1_000 + (i & 0xfff)),
  'template too long': (octets) => withU16(withU16(octets, 20, 0), 26, 0xffff),
  noise: (octets, i) => octets.map((octet, at) => (at < 2 ? octet : Math.imul(i + at, 2_654_435_761) >>> 24)),
} satisfies Record<string, (octets: Uint8Array, i: number) => Uint8Array>;

type Fault = keyof typeof faults;
export const faultNames = Object.keys(faults) as Fault[];

/** Faults behind the header: the exporter goes on counting. */
const behindHeader: ReadonlySet<Fault> = new Set([
  'set too long',
  'set of length 0',
  'no such template',
  'template too long',
]);

function withFault(seed: number, fault: Fault): Input {
  const { before, turn } = v9(seed);
  const damage: (octets: Uint8Array, i: number) => Uint8Array = faults[fault];
  const counted = behindHeader.has(fault);
  return { before, turn: turn.map((arrival, i) => ({ ...arrival, counted, octets: damage(arrival.octets, i) })) };
}

function withU16(octets: Uint8Array, at: number, value: number): Uint8Array {
  const changed = octets.slice();
  new DataView(changed.buffer).setUint16(at, value);
  return changed;
}

/** All inputs by name; everything in them follows from the seed. */
export const inputs = {
  v9,
  'IPFIX with variable lengths': variableLengths,
  IPFIX: (seed) => templateFirst(new TemplatedExporter({ version: 10, ...once }).export(bothFlows(seed, 2_400), start)),
  v5: (seed) => ({
    before: [],
    turn: from0(new FixedExporter({ boot: start }).export(ipv4Flows(seed, 2_400), start)),
  }),
  sFlow: (seed) => ({
    before: [],
    turn: counting(new SFlowExporter({ boot: start }).export(bothFlows(seed, 2_400), start)),
  }),
  '1 exporter': (seed) => exporters(seed, 1),
  '10,000 exporters': (seed) => exporters(seed, 10_000),
  '1 template': (seed) => templates(seed, 1, 1),
  '10,000 templates of 40 layouts': (seed) => templates(seed, 10_000, 40),
  '10,000 templates, all different': (seed) => templates(seed, 10_000, 10_000),
  ...(Object.fromEntries(faultNames.map((fault) => [fault, (seed: number) => withFault(seed, fault)])) as Record<
    Fault,
    (seed: number) => Input
  >),
} satisfies Record<string, (seed: number) => Input>;

export type InputName = keyof typeof inputs;

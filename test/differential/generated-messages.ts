import fc from 'fast-check';
import { encodeIpfix } from '#src/simulate/ipfix.js';
import { flowElements, layout } from '#src/simulate/layouts.js';
import type { FlowElementName, Layout, LayoutField } from '#src/simulate/layouts.js';
import { encodeNetFlowV5, netFlowV5Record } from '#src/simulate/netflow-fixed.js';
import { encodeNetFlowV9 } from '#src/simulate/netflow-v9.js';
import { encodeSet, encodeTemplateSet } from '#src/simulate/sets.js';
import { extendedGateway, extendedRouter, extendedSwitch, rawHeader } from '#src/simulate/sflow-flow-records.js';
import { encodeExpandedFlowSample, encodeFlowSample, encodeSFlow } from '#src/simulate/sflow.js';
import { isIPv6 } from '#src/simulate/simulated-flow.js';
import type { SimulatedFlow } from '#src/simulate/simulated-flow.js';
import { encodeDataRecord } from '#src/simulate/templates.js';
import { arbitraryFlow, BOOT_SECONDS, EXPORT_SECONDS } from '../support/arbitrary-flow.ts';
import { arbitraryFrame } from '../support/arbitrary-packet.ts';
import { u16, u32, u8 } from '../support/arbitraries.ts';

/** A valid datagram of one flow or several, all of one layout. */
export interface GeneratedMessage {
  readonly protocol: 'netflow' | 'sflow';
  readonly bytes: Uint8Array;
}

const boot = BigInt(BOOT_SECONDS) * 1_000_000_000n;
const header = {
  sysUptimeMs: (EXPORT_SECONDS - BOOT_SECONDS) * 1_000,
  unixSeconds: EXPORT_SECONDS,
  exportSeconds: EXPORT_SECONDS,
};

/** Elements that every decoder of NetFlow can be expected to know. */
const common: readonly FlowElementName[] = [
  'octetDeltaCount',
  'packetDeltaCount',
  'protocolIdentifier',
  'ipClassOfService',
  'tcpControlBits',
  'sourceTransportPort',
  'destinationTransportPort',
  'ingressInterface',
  'egressInterface',
  'bgpSourceAsNumber',
  'bgpDestinationAsNumber',
  'forwardingStatus',
  'minimumTTL',
  'vlanId',
  'sourceMacAddress',
  'destinationMacAddress',
  'fragmentIdentification',
  'flowDirection',
];

const byFamily: Record<'ipv4' | 'ipv6', readonly FlowElementName[]> = {
  ipv4: ['sourceIPv4PrefixLength', 'destinationIPv4PrefixLength', 'ipNextHopIPv4Address', 'bgpNextHopIPv4Address'],
  ipv6: [
    'sourceIPv6PrefixLength',
    'destinationIPv6PrefixLength',
    'ipNextHopIPv6Address',
    'bgpNextHopIPv6Address',
    'flowLabelIPv6',
  ],
};

const addressesOf: Record<'ipv4' | 'ipv6', readonly FlowElementName[]> = {
  ipv4: ['sourceIPv4Address', 'destinationIPv4Address'],
  ipv6: ['sourceIPv6Address', 'destinationIPv6Address'],
};

const timesOf: Record<9 | 10, readonly (readonly FlowElementName[])[]> = {
  9: [['flowStartSysUpTime', 'flowEndSysUpTime']],
  10: [
    ['flowStartMilliseconds', 'flowEndMilliseconds'],
    ['flowStartSeconds', 'flowEndSeconds'],
    ['flowStartNanoseconds', 'flowEndNanoseconds'],
    ['flowStartDeltaMicroseconds', 'flowEndDeltaMicroseconds'],
  ],
};

/** Elements that routers send in fewer or more octets than the registry says. */
const resized: Partial<Record<FlowElementName, readonly number[]>> = {
  octetDeltaCount: [4, 8],
  packetDeltaCount: [4, 8],
  ingressInterface: [2, 4],
  egressInterface: [2, 4],
  bgpSourceAsNumber: [2, 4],
  bgpDestinationAsNumber: [2, 4],
  fragmentIdentification: [2, 4],
};

interface GeneratedLayout {
  readonly version: 9 | 10;
  readonly family: 'ipv4' | 'ipv6';
  readonly layout: Layout;
}

/** Layouts in any order of any choice of elements, with addresses, counters and times. */
const arbitraryLayout: fc.Arbitrary<GeneratedLayout> = fc
  .tuple(fc.constantFrom(9 as const, 10 as const), fc.constantFrom('ipv4' as const, 'ipv6' as const))
  .chain(([version, family]) =>
    fc
      .tuple(
        fc.subarray([...common.slice(2), ...byFamily[family]]),
        fc.constantFrom(...timesOf[version]),
        fc.infiniteStream(fc.nat(99)),
      )
      .chain(([some, times, dice]) => {
        const elements = [...addressesOf[family], ...common.slice(0, 2), ...some, ...times];
        const fields = elements.map((element): LayoutField => {
          const sizes = resized[element] ?? [flowElements[element].length];
          return { element, length: sizes[dice.next().value % sizes.length]! };
        });
        return fc
          .shuffledSubarray(fields, { minLength: fields.length })
          .map((order) => ({ version, family, layout: layout(300, order) }));
      }),
  );

/** Values that fit the places that the decoders have for them. */
function modest(flow: SimulatedFlow): SimulatedFlow {
  return {
    ...flow,
    octets: BigInt(flow.octets) >> 12n,
    packets: BigInt(flow.packets) >> 20n,
    inputInterface: flow.inputInterface! & 0xffff,
    outputInterface: flow.outputInterface! & 0xffff,
    fragmentId: flow.fragmentId! & 0xffff,
  };
}

function templated(
  { version, layout: of }: GeneratedLayout,
  domain: number,
  flows: readonly SimulatedFlow[],
  first: boolean,
) {
  const clock = { boot, exportSeconds: EXPORT_SECONDS };
  const records = flows.map((flow) => encodeDataRecord(of.fields, of.values(flow, clock)));
  const sets = [
    ...(first ? [encodeTemplateSet(version, [of])] : []),
    encodeSet(of.id, records, { align: version === 9 ? 4 : 1 }),
  ];
  const count = records.length + (first ? 1 : 0);
  if (version === 9) return encodeNetFlowV9({ ...header, sequence: domain, sourceId: domain, count }, sets);
  return encodeIpfix({ ...header, sequence: domain, domain }, sets);
}

function v5(flows: readonly SimulatedFlow[], sequence: number): Uint8Array {
  const records = flows.map((flow) => netFlowV5Record({ ...flow, protocol: 17 }, boot));
  return encodeNetFlowV5({ ...header, sequence }, records);
}

const arbitrarySample = fc.record({
  frame: arbitraryFrame,
  more: fc.nat(1_400),
  input: u16,
  output: u16,
  expanded: fc.boolean(),
  vlans: fc.option(fc.tuple(fc.nat(4_094), fc.nat(4_094))),
  masks: fc.option(fc.tuple(u8, u8)),
  systems: fc.option(fc.tuple(u32, u32, u32)),
});
type Sample = typeof arbitrarySample extends fc.Arbitrary<infer T> ? T : never;

function sflow({ frame, more, input, output, expanded, vlans, masks, systems }: Sample, sequence: number): Uint8Array {
  const records = [rawHeader({ header: frame.bytes, frameLength: frame.bytes.length + more })];
  if (vlans !== null) records.push(extendedSwitch({ vlan: vlans[0] }, { vlan: vlans[1] }));
  if (masks !== null) {
    records.push(extendedRouter({ nextHop: '192.0.2.9', sourceMask: masks[0], destinationMask: masks[1] }));
  }
  if (systems !== null) {
    const [as, sourceAs, destinationAs] = systems;
    records.push(
      extendedGateway({ nextHop: '192.0.2.8', as, sourceAs, path: [{ type: 2, numbers: [as, destinationAs] }] }),
    );
  }
  const sample = {
    sequence,
    source: { index: input },
    samplingRate: 1,
    samplePool: sequence,
    input: { value: input },
    output: { value: output },
    records,
  };
  const encoded = expanded ? encodeExpandedFlowSample(sample) : encodeFlowSample(sample);
  return encodeSFlow({ agent: '192.0.2.1', sequence, uptimeMs: 1_000 }, [encoded]);
}

/** How many messages share a layout, and with it a domain; the first of them brings the template. */
const MESSAGES_A_LAYOUT = 20;

/** `count` valid datagrams: a quarter NetFlow v5, a half v9 and IPFIX, a quarter sFlow. */
export function generatedMessages(seed: number, count: number): GeneratedMessage[] {
  const quarter = Math.floor(count / 4);
  const messages: GeneratedMessage[] = [];
  const flows = fc.sample(arbitraryFlow.map(modest), { seed, numRuns: 6_000 });
  const families = { ipv4: flows.filter((flow) => !isIPv6(flow)), ipv6: flows.filter(isIPv6) };
  const take = (family: 'ipv4' | 'ipv6', index: number, many: number) =>
    Array.from({ length: many }, (_, i) => families[family][(index * 3 + i) % families[family].length]!);

  for (let i = 0; i < quarter; i++) {
    messages.push({ protocol: 'netflow', bytes: v5(take('ipv4', i, 1 + (i % 3)), i) });
  }
  const layouts = fc.sample(arbitraryLayout, { seed, numRuns: Math.ceil((2 * quarter) / MESSAGES_A_LAYOUT) });
  for (let i = 0; i < 2 * quarter; i++) {
    const domain = Math.floor(i / MESSAGES_A_LAYOUT);
    const of = layouts[domain]!;
    const bytes = templated(of, domain, take(of.family, i, 1 + (i % 3)), i % MESSAGES_A_LAYOUT === 0);
    messages.push({ protocol: 'netflow', bytes });
  }
  const samples = fc.sample(arbitrarySample, { seed, numRuns: count - 3 * quarter });
  samples.forEach((sample, i) => messages.push({ protocol: 'sflow', bytes: sflow(sample, i + 1) }));
  return messages;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlowRecord } from '#src/flow/flow-record.js';
import { elementMap } from '#src/produce/templated/element-map.js';
import { TemplatedExporter } from '#src/simulate/index.js';
import { flowElements, layout } from '#src/simulate/layouts.js';
import type { FlowElementName, LayoutField } from '#src/simulate/layouts.js';
import type { SimulatedFlow } from '#src/simulate/simulated-flow.js';
import { arbitraryFlow, BOOT_SECONDS, EXPORT_SECONDS } from '../support/arbitrary-flow.ts';
import { columnsOf } from '../support/flow-columns.ts';
import type { Columns } from '../support/flow-columns.ts';
import { storedDatagram } from '../support/stored-datagram.ts';
import { WholeChain } from '../support/whole-chain.ts';

const nanoseconds = (seconds: number) => BigInt(seconds) * 1_000_000_000n;
const now = nanoseconds(EXPORT_SECONDS);
const boot = nanoseconds(BOOT_SECONDS);

/** Elements of numbers that may come in any size, with the columns that they fill (64 or 32 bits). */
const numbers: Partial<Record<FlowElementName, [column: keyof Columns, bits: 32 | 64, of: keyof SimulatedFlow][]>> = {
  octetDeltaCount: [['bytes', 64, 'octets']],
  packetDeltaCount: [['packets', 64, 'packets']],
  protocolIdentifier: [['proto', 32, 'protocol']],
  ipClassOfService: [['ip_tos', 32, 'tos']],
  tcpControlBits: [['tcp_flags', 32, 'tcpFlags']],
  sourceTransportPort: [['src_port', 32, 'sourcePort']],
  destinationTransportPort: [['dst_port', 32, 'destinationPort']],
  ingressInterface: [['in_if', 32, 'inputInterface']],
  egressInterface: [['out_if', 32, 'outputInterface']],
  bgpSourceAsNumber: [['src_as', 32, 'sourceAs']],
  bgpDestinationAsNumber: [['dst_as', 32, 'destinationAs']],
  flowLabelIPv6: [['ipv6_flow_label', 32, 'flowLabel']],
  samplingInterval: [['sampling_rate', 64, 'samplingInterval']],
  minimumTTL: [['ip_ttl', 32, 'ttl']],
  fragmentIdentification: [['fragment_id', 32, 'fragmentId']],
  vlanId: [
    ['vlan_id', 32, 'vlan'],
    ['src_vlan', 32, 'vlan'],
  ],
  forwardingStatus: [['forwarding_status', 32, 'forwardingStatus']],
};

interface Filled {
  readonly fields: readonly LayoutField[];
  readonly columns: (flow: SimulatedFlow) => Partial<Columns>;
}

const number: fc.Arbitrary<Filled> = fc
  .tuple(fc.constantFrom(...(Object.keys(numbers) as FlowElementName[])), fc.integer({ min: 1, max: 8 }))
  .map(([element, length]) => ({
    fields: [{ element, length }],
    columns: (flow) => {
      const filled = numbers[element]!.map(([column, bits, of]) => {
        const sent = BigInt.asUintN(length * 8, BigInt(flow[of] as number | bigint));
        return [column, BigInt.asUintN(bits, sent)];
      });
      return Object.fromEntries(filled) as Partial<Columns>;
    },
  }));

const pair = (fields: readonly FlowElementName[], columns: Filled['columns']): Filled => ({ fields, columns });

/** Addresses of both families: that of the flow's own is not zero. */
const others: readonly Filled[] = [
  pair(['ipNextHopIPv4Address', 'ipNextHopIPv6Address'], ({ nextHop }) => ({ next_hop: nextHop })),
  pair(['bgpNextHopIPv4Address', 'bgpNextHopIPv6Address'], ({ bgpNextHop }) => ({ bgp_next_hop: bgpNextHop })),
  pair(['sourceIPv4PrefixLength', 'sourceIPv6PrefixLength'], (flow) => ({ src_net: BigInt(flow.sourcePrefixLength!) })),
  pair(['destinationIPv4PrefixLength', 'destinationIPv6PrefixLength'], (flow) => ({
    dst_net: BigInt(flow.destinationPrefixLength!),
  })),
  pair(['sourceMacAddress'], ({ sourceMac }) => ({ src_mac: sourceMac })),
  pair(['destinationMacAddress'], ({ destinationMac }) => ({ dst_mac: destinationMac })),
  ...(
    [
      ['icmpTypeCodeIPv4'],
      ['icmpTypeCodeIPv6'],
      ['icmpTypeIPv4', 'icmpCodeIPv4'],
      ['icmpTypeIPv6', 'icmpCodeIPv6'],
      ['icmpTypeIPv4', 'icmpCodeIPv4', 'icmpTypeIPv6', 'icmpCodeIPv6'],
    ] as const
  ).map((fields) => pair(fields, (flow) => ({ icmp_type: BigInt(flow.icmpType!), icmp_code: BigInt(flow.icmpCode!) }))),
  pair(['flowDirection'], () => ({})),
];

const floorTo = (time: bigint, unit: bigint) => time - (time % unit);
const both = (of: (time: bigint) => bigint) => (flow: SimulatedFlow) => ({
  time_flow_start_ns: of(flow.start),
  time_flow_end_ns: of(flow.end),
});
const MS = 1_000_000n;
/** Where an exporter counts microseconds back from its export time, what it cuts off makes the time later. */
const backFrom = (time: bigint) => now - floorTo(now - time, 1_000n);

/** Ways to tell the times, the best first: where several are there, the first counts (D-4). */
const timeForms: readonly (Filled & { readonly within: bigint })[] = [
  {
    ...pair(
      ['flowStartNanoseconds', 'flowEndNanoseconds'],
      both((time) => time),
    ),
    within: 1n,
  },
  {
    ...pair(
      ['flowStartMicroseconds', 'flowEndMicroseconds'],
      both((time) => time),
    ),
    within: 500n,
  },
  {
    ...pair(
      ['flowStartMilliseconds', 'flowEndMilliseconds'],
      both((time) => floorTo(time, MS)),
    ),
    within: 0n,
  },
  {
    ...pair(
      ['flowStartSeconds', 'flowEndSeconds'],
      both((time) => floorTo(time, 1_000n * MS)),
    ),
    within: 0n,
  },
  { ...pair(['flowStartDeltaMicroseconds', 'flowEndDeltaMicroseconds'], both(backFrom)), within: 0n },
  {
    ...pair(
      ['flowStartSysUpTime', 'flowEndSysUpTime', 'systemInitTimeMilliseconds'],
      both((time) => floorTo(time, MS)),
    ),
    within: 0n,
  },
];

/** One end and a duration: the other end follows (C-084). */
const durations: readonly (Filled & { readonly within: bigint })[] = [
  {
    ...pair(['flowStartMilliseconds', 'flowDurationMilliseconds'], ({ start, end }) => ({
      time_flow_start_ns: floorTo(start, MS),
      time_flow_end_ns: floorTo(start, MS) + floorTo(end - start, MS),
    })),
    within: 0n,
  },
  {
    ...pair(['flowEndMilliseconds', 'flowDurationMicroseconds'], ({ start, end }) => ({
      time_flow_start_ns: floorTo(end, MS) - floorTo(end - start, 1_000n),
      time_flow_end_ns: floorTo(end, MS),
    })),
    within: 0n,
  },
];

const someTimes = fc.oneof(
  { weight: 4, arbitrary: fc.subarray([...timeForms], { minLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom(...durations).map((form) => [form]) },
);

const addresses: Filled = {
  fields: ['sourceIPv4Address', 'destinationIPv4Address', 'sourceIPv6Address', 'destinationIPv6Address'],
  columns: (flow) => ({
    src_addr: flow.source,
    dst_addr: flow.destination,
    etype: flow.source.includes(':') ? 0x86ddn : 0x0800n,
  }),
};

/** Octets that are no element which fills a column: paddingOctets, one of an enterprise, one that nobody knows. */
const ballast: readonly LayoutField[] = [
  { id: 210, length: 3, value: new Uint8Array(3) },
  { id: 32_000, length: 5, value: Uint8Array.of(1, 2, 3, 4, 5) },
];
const enterprise: LayoutField = { id: 1, pen: 29_999, length: 4, value: Uint8Array.of(9, 9, 9, 9) };

const elementOf = (field: LayoutField): unknown =>
  typeof field === 'string' ? field : 'element' in field ? field.element : field.id;

/** A layout in any order, and what it must fill. */
const layouts = fc
  .record({
    some: fc.array(number, { maxLength: 12 }),
    more: fc.subarray([...others]),
    times: someTimes,
    withBallast: fc.boolean(),
  })
  .chain(({ some, more, times, withBallast }) => {
    const filled = [addresses, ...some, ...more, ...times];
    const fields = filled.flatMap((part) => part.fields);
    const distinct = new Map(fields.map((field) => [elementOf(field), field])); // the last one of an element counts
    const all = [...distinct.values(), ...(withBallast ? ballast : [])];
    return fc.shuffledSubarray(all, { minLength: all.length }).map((order) => ({
      order,
      within: times[0]!.within,
      columns: (flow: SimulatedFlow): Partial<Columns> =>
        Object.assign(
          {},
          ...[addresses, ...some, ...more, times[0]!].map((part) => part.columns(flow)),
        ) as Partial<Columns>,
    }));
  });

const empty = columnsOf(new FlowRecord());
const timeColumns = ['time_flow_start_ns', 'time_flow_end_ns'] as const;

for (const version of [9, 10] as const) {
  const name = version === 9 ? 'NetFlow v9' : 'IPFIX';
  test(`every flow comes back by ${name} as it was, whatever the layout and its order`, () => {
    fc.assert(
      fc.property(layouts, fc.array(arbitraryFlow, { minLength: 1, maxLength: 5 }), (of, flows) => {
        const fields = version === 10 ? [...of.order, enterprise] : of.order;
        const both4and6 = { ipv4: layout(400, fields), ipv6: layout(401, fields) };
        const exporter = new TemplatedExporter({
          version,
          boot,
          payload: 60_000,
          domains: [{ id: 77, layouts: both4and6 }],
        });
        const seen: Columns[] = [];
        const chain = new WholeChain((flow) => seen.push(columnsOf(flow)));
        for (const datagram of exporter.export(flows, now)) {
          assert.equal(chain.take(storedDatagram(datagram)), undefined);
        }
        // each datagram has the flows of IPv4 first
        const expected = [...flows].sort((a, b) => Number(a.six) - Number(b.six));
        assert.equal(seen.length, flows.length);
        for (const [i, flow] of expected.entries()) {
          const wanted: Columns = {
            ...empty,
            type: version === 9 ? 'NETFLOW_V9' : 'IPFIX',
            time_received_ns: 1_700_000_000_123_456_789n,
            sampler_address: '192.0.2.1',
            observation_domain_id: 77n,
            ...of.columns(flow),
          };
          for (const column of timeColumns) {
            const [value, target] = [seen[i]![column] as bigint, wanted[column] as bigint];
            const apart = value > target ? value - target : target - value;
            assert.ok(apart <= of.within, `${column} is ${apart} ns off`);
            wanted[column] = value;
          }
          assert.deepEqual(seen[i], wanted);
        }
        const { counters } = chain;
        assert.equal(counters.get('records_decoded'), flows.length);
        assert.equal(counters.get('flows_produced'), flows.length);
        assert.equal(counters.total('records_dropped') + counters.total('sets_skipped'), 0);
        assert.equal(counters.get('notices:field_size') + counters.get('notices:count_mismatch'), 0);
      }),
      { numRuns: 500 },
    );
  });
}

test('the elements of the layouts have the numbers and names that the columns are made from', () => {
  const elements = Object.entries(flowElements);
  assert.equal(new Set(elements.map(([, { id }]) => id)).size, elements.length);
  for (const { id, name } of elementMap) {
    const known = elements.find(([, element]) => element.id === id);
    if (known !== undefined) assert.equal(known[0], name);
  }
});

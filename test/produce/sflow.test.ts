import { test } from 'node:test';
import assert from 'node:assert/strict';
import { packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import { ethernet, mpls } from '#src/simulate/packet-link.js';
import { udp } from '#src/simulate/packet-transport.js';
import * as records from '#src/simulate/sflow-flow-records.js';
import { encodeExpandedFlowSample, encodeFlowSample, encodeSFlow } from '#src/simulate/sflow.js';
import type { FlowSample, SFlowHeader, SFlowRecord, SampledInterface } from '#src/simulate/sflow.js';
import { sflow } from '../support/chain.ts';
import { pick } from '../support/headers.ts';

const header: SFlowHeader = { agent: '192.0.2.9', sequence: 7, uptimeMs: 1000 };
const sample: FlowSample = {
  sequence: 1,
  source: { index: 3 },
  samplingRate: 512,
  samplePool: 1,
  input: { value: 1 },
  output: { value: 2 },
  records: [],
};
const ip = { length: 100, protocol: 6, source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 5, tcpFlags: 0x12 };
const sampledIp = records.sampledIPv4(ip);
const v4 = ipv4({ source: '192.0.2.1', destination: '198.51.100.2' });
const v6 = ipv6({ source: '2001:db8::1', destination: '2001:db8::2' });
const transport = udp({ sourcePort: 1000, destinationPort: 53 });

/** The flow and the counters of one sample with these records. */
function one(...with_: SFlowRecord[]) {
  const { failure, flows, counters } = sflow(encodeSFlow(header, [encodeFlowSample({ ...sample, records: with_ })]));
  assert.equal(failure, undefined);
  assert.equal(flows.length, 1);
  return { flow: flows[0]!, counters };
}

/** A record without its last octets, its length said right. */
const cut = (record: SFlowRecord, octets: number): SFlowRecord => ({
  ...record,
  body: record.body.slice(0, record.body.length - octets),
});

test('C-149 records of unknown formats are stepped over by their length', () => {
  const { flow, counters } = one(
    records.opaqueRecord(0, 999, new Uint8Array(12)),
    records.opaqueRecord(4413, 1, new Uint8Array(40)),
    records.opaqueRecord(0xfffff, 3, new Uint8Array(0)),
    sampledIp,
  );
  assert.equal(flow.src_port, 5n);
  assert.equal(counters['notices:unknown_record'], 3);
});

test('C-150 a next hop of the unknown address type is no fault', () => {
  const router = records.extendedRouter({ nextHop: undefined, sourceMask: 24, destinationMask: 25 });
  const gateway = records.extendedGateway({ nextHop: undefined, as: 65_000, sourceAs: 1, path: [] });
  const { flow, counters } = one(router, gateway);
  assert.deepEqual(pick(flow, 'next_hop', 'src_net', 'dst_net', 'bgp_next_hop', 'src_as', 'dst_as'), {
    next_hop: '',
    src_net: 24n,
    dst_net: 25n,
    bgp_next_hop: '',
    src_as: 1n,
    dst_as: 65_000n,
  });
  assert.equal(counters['notices:malformed_record'], undefined);
});

test('an address type that does not exist leaves its record out', () => {
  const router = records.extendedRouter({ nextHop: '10.0.0.1', sourceMask: 24, destinationMask: 25 });
  router.body[3] = 3;
  const { flow, counters } = one(router, sampledIp);
  assert.deepEqual(pick(flow, 'next_hop', 'src_net', 'src_port'), { next_hop: '', src_net: 0n, src_port: 5n });
  assert.equal(counters['notices:malformed_record'], 1);
});

test('C-153 a sampled header ends at its own length, not where its record is padded to', () => {
  const frame = packet(ethernet(), v4, transport);
  for (const missing of [1, 2, 3]) {
    const header = frame.slice(0, frame.length - missing);
    const { flow } = one(records.rawHeader({ header }));
    assert.deepEqual(flow.layer_stack, ['Ethernet', 'IPv4'], 'padding does not complete a header');
    assert.deepEqual(pick(flow, 'src_port', 'dst_port'), { src_port: 0n, dst_port: 0n });
  }
});

test('a sampled header that announces more octets than its record has gives those that are there', () => {
  const frame = packet(ethernet(), v4, transport);
  const { flow, counters } = one(records.rawHeader({ header: frame, headerLength: 2 ** 32 - 1 }));
  assert.equal(flow.dst_port, 53n);
  assert.equal(counters['notices:malformed_record'], 1);
});

test('C-154 Ethernet, IPv4 and IPv6 headers are parsed, others are counted', () => {
  const { ethernet: link, ipv4: four, ipv6: six, mpls: labels, ppp } = records.HeaderProtocol;
  const of = (protocol: number, octets: Uint8Array) =>
    one(records.rawHeader({ header: octets, protocol, frameLength: 1500 }));
  for (const [protocol, octets, etype, stack] of [
    [link, packet(ethernet(), v4, transport), 0x0800n, ['Ethernet', 'IPv4', 'UDP']],
    [four, packet(v4, transport), 0x0800n, ['IPv4', 'UDP']],
    [six, packet(v6, transport), 0x86ddn, ['IPv6', 'UDP']],
    [labels, packet(mpls([{ label: 16 }]), v6, transport), 0x86ddn, ['MPLS', 'IPv6', 'UDP']],
  ] as const) {
    const { flow, counters } = of(protocol, octets);
    assert.deepEqual(pick(flow, 'etype', 'layer_stack', 'dst_port', 'bytes'), {
      etype,
      layer_stack: stack,
      dst_port: 53n,
      bytes: 1500n,
    });
    assert.equal(counters['notices:unknown_header_protocol'], undefined);
  }
  for (const protocol of [0, 2, ppp, 10, 14, 2 ** 32 - 1]) {
    const { flow, counters } = of(protocol, packet(v4, transport));
    assert.deepEqual(pick(flow, 'layer_stack', 'bytes'), { layer_stack: [], bytes: 1500n });
    assert.equal(counters['notices:unknown_header_protocol'], 1);
  }
});

test('C-155 an interface is an ifIndex only where its format says so', () => {
  const of = (input: SampledInterface, output: SampledInterface) =>
    [encodeFlowSample, encodeExpandedFlowSample].map((encode) => {
      const [flow] = sflow(encodeSFlow(header, [encode({ ...sample, input, output })])).flows;
      return [flow!.in_if, flow!.out_if];
    });
  const both = (input: bigint, output: bigint) => [
    [input, output],
    [input, output],
  ];
  assert.deepEqual(of({ value: 7 }, { value: 0x3fff_ffff }), both(7n, 0x3fff_ffffn), 'the device itself');
  assert.deepEqual(of({ format: 1, value: 256 }, { format: 2, value: 3 }), both(0n, 0n), 'discarded, several');
  const [expanded] = sflow(
    encodeSFlow(header, [encodeExpandedFlowSample({ ...sample, input: { value: 2 ** 32 - 1 } })]),
  ).flows;
  assert.equal(expanded!.in_if, 2n ** 32n - 1n, 'the expanded form has 32 bits');
});

test('C-156 an AS path of several segments is read whole, and what follows it is in its place', () => {
  const { flow } = one(
    records.extendedGateway({
      nextHop: '2001:db8::9',
      as: 1,
      sourceAs: 2,
      path: [
        { type: 2, numbers: [65_001, 65_002] },
        { type: 2, numbers: [] },
        { type: 1, numbers: [4_200_000_000] },
      ],
      communities: [0xfde8_0001, 2],
      localPreference: 50,
    }),
  );
  assert.deepEqual(pick(flow, 'as_path', 'bgp_communities', 'bgp_next_hop'), {
    as_path: [65_001n, 65_002n, 4_200_000_000n],
    bgp_communities: [0xfde8_0001n, 2n],
    bgp_next_hop: '2001:db8::9',
  });
});

test('C-157 the last AS of the path is the destination, the first the next hop; the router stands in for both ends', () => {
  const of = (sourceAs: number, numbers: number[]) =>
    pick(
      one(records.extendedGateway({ nextHop: '10.0.0.1', as: 65_000, sourceAs, path: [{ type: 2, numbers }] })).flow,
      'src_as',
      'dst_as',
      'next_hop_as',
    );
  assert.deepEqual(of(7, [1, 2, 3]), { src_as: 7n, dst_as: 3n, next_hop_as: 1n });
  assert.deepEqual(of(0, [9]), { src_as: 65_000n, dst_as: 9n, next_hop_as: 9n });
  assert.deepEqual(of(0, []), { src_as: 65_000n, dst_as: 65_000n, next_hop_as: 0n });
});

test('C-158 a list that announces more than the octets hold leaves its record out, whatever the number', () => {
  const gateway = { nextHop: '10.0.0.1', as: 65_000, sourceAs: 7, path: [{ type: 2, numbers: [1] } as const] };
  for (const count of [2, 0x4000_0000, 2 ** 32 - 1]) {
    for (const changes of [
      { path: [{ type: 2, numbers: [1], count } as const] },
      { segmentCount: count },
      { communityCount: count },
    ]) {
      const { flow, counters } = one(records.extendedGateway({ ...gateway, ...changes }), sampledIp);
      assert.deepEqual(pick(flow, 'as_path', 'bgp_communities', 'dst_as', 'bgp_next_hop', 'src_port'), {
        as_path: [],
        bgp_communities: [],
        dst_as: 0n,
        bgp_next_hop: '',
        src_port: 5n,
      });
      assert.equal(counters['notices:malformed_record'], 1);
    }
  }
});

test('C-162 switch, router and gateway are mapped, and the flags of a sampled IP packet', () => {
  const { flow } = one(
    records.extendedSwitch({ vlan: 10, priority: 3 }, { vlan: 20 }),
    records.extendedRouter({ nextHop: '2001:db8::7', sourceMask: 48, destinationMask: 64 }),
    records.extendedGateway({ nextHop: '10.0.0.1', as: 1, sourceAs: 2, path: [{ type: 2, numbers: [3] }] }),
    records.sampledIPv6({ ...ip, source: '2001:db8::1', destination: '2001:db8::2', tos: 9 }),
  );
  assert.deepEqual(pick(flow, 'src_vlan', 'dst_vlan', 'next_hop', 'src_net', 'dst_net', 'bgp_next_hop', 'tcp_flags'), {
    src_vlan: 10n,
    dst_vlan: 20n,
    next_hop: '2001:db8::7',
    src_net: 48n,
    dst_net: 64n,
    bgp_next_hop: '10.0.0.1',
    tcp_flags: 0x12n,
  });
  assert.equal(flow.ip_tos, 9n);
});

test('C-164 MACs of sampled Ethernet take six octets or eight, by the length of the record', () => {
  const frame = { length: 1500, source: '02:00:00:00:00:01', destination: '02:00:00:00:00:02', etherType: 0x0806 };
  for (const unpadded of [false, true]) {
    const record = records.sampledEthernet({ ...frame, unpadded });
    assert.equal(record.body.length, unpadded ? 20 : 24);
    const { flow, counters } = one(record);
    assert.deepEqual(pick(flow, 'src_mac', 'dst_mac', 'etype', 'bytes'), {
      src_mac: frame.source,
      dst_mac: frame.destination,
      etype: 0x0806n,
      bytes: 1500n,
    });
    assert.equal(counters['notices:malformed_record'], undefined);
  }
});

test('sampled Ethernet beside a header or an IP packet gives way to it, in either order', () => {
  const frame = { length: 504, source: '02:00:00:00:00:01', destination: '02:00:00:00:00:02', etherType: 0x8100 };
  const link = records.sampledEthernet(frame);
  const raw = records.rawHeader({ header: packet(v4, transport), protocol: 11, frameLength: 490 });
  for (const other of [raw, records.sampledIPv4({ ...ip, length: 490 })]) {
    const { flow } = one(link, other);
    assert.deepEqual(one(other, link).flow, flow);
    assert.deepEqual(pick(flow, 'bytes', 'etype', 'src_mac'), { bytes: 490n, etype: 0x0800n, src_mac: frame.source });
  }
});

test('C-165 the sampler is the agent, whatever address its datagrams come from', () => {
  for (const [agent, text] of [
    ['192.0.2.77', '192.0.2.77'],
    ['2001:db8::77', '2001:db8::77'],
    ['::ffff:192.0.2.78', '192.0.2.78'],
  ] as const) {
    const [flow] = sflow(encodeSFlow({ ...header, agent }, [encodeFlowSample(sample)])).flows;
    assert.equal(flow!.sampler_address, text);
  }
});

test('a record too short for its own members is left out, and the others count', () => {
  const short: SFlowRecord[] = [
    { format: 1, body: new Uint8Array(12) },
    cut(
      records.sampledEthernet({
        length: 1,
        source: '02:00:00:00:00:01',
        destination: '02:00:00:00:00:02',
        etherType: 3,
        unpadded: true,
      }),
      4,
    ),
    cut(records.sampledIPv4({ ...ip, sourcePort: 6 }), 4),
    cut(records.sampledIPv6({ ...ip, source: '::1', destination: '::2', sourcePort: 6 }), 4),
    cut(records.extendedSwitch({ vlan: 1 }, { vlan: 2 }), 4),
    cut(records.extendedRouter({ nextHop: '10.0.0.1', sourceMask: 1, destinationMask: 2 }), 4),
    cut(records.extendedGateway({ nextHop: '10.0.0.1', as: 1, sourceAs: 1, path: [] }), 4),
  ];
  const { flow, counters } = one(...short, sampledIp);
  assert.deepEqual(flow, one(sampledIp).flow);
  assert.equal(counters['notices:malformed_record'], short.length);
});

test('a record that runs past its sample ends the walk; those before it count', () => {
  const { flow, counters } = one(sampledIp, { format: 1001, body: new Uint8Array(4), length: 16 });
  assert.deepEqual(pick(flow, 'src_port', 'src_vlan'), { src_port: 5n, src_vlan: 0n });
  assert.deepEqual(counters, {
    sets_received: 1,
    samples_flow: 1,
    records_decoded: 1,
    'notices:malformed_record': 1,
  });
});

test('a sample without records still is a packet', () => {
  const { flow, counters } = one();
  assert.deepEqual(pick(flow, 'packets', 'bytes', 'sampling_rate', 'src_addr', 'etype'), {
    packets: 1n,
    bytes: 0n,
    sampling_rate: 512n,
    src_addr: '',
    etype: 0n,
  });
  assert.equal(counters['notices:count_mismatch'], undefined);
});

test('a flow keeps nothing of the one before it', () => {
  const full = encodeFlowSample({
    ...sample,
    records: [
      records.rawHeader({ header: packet(ethernet(), mpls([{ label: 9 }]), v6, transport) }),
      records.extendedGateway({
        nextHop: '2001:db8::7',
        as: 1,
        sourceAs: 2,
        path: [{ type: 2, numbers: [3] }],
        communities: [4],
      }),
    ],
  });
  const empty = encodeFlowSample(sample);
  const [alone] = sflow(encodeSFlow(header, [empty])).flows;
  assert.deepEqual(sflow(encodeSFlow(header, [full, empty])).flows[1], alone);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import { ethernet } from '#src/simulate/packet-link.js';
import { tcp, udp } from '#src/simulate/packet-transport.js';
import { counterRecord, counterStructures } from '#src/simulate/sflow-counter-records.js';
import * as records from '#src/simulate/sflow-flow-records.js';
import {
  encodeCounterSample,
  encodeExpandedCounterSample,
  encodeExpandedFlowSample,
  encodeFlowSample,
  encodeSFlow,
} from '#src/simulate/sflow.js';
import type { SFlowRecord } from '#src/simulate/sflow.js';
import { SFLOW_PORT, writeDatagrams } from '../support/datagram-capture.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { all, complaints, dissectAll, shows } from '../support/tshark.ts';

const header = packet(
  ethernet(),
  ipv4({ source: '198.51.100.1', destination: '203.0.113.2' }),
  tcp({ sourcePort: 40_000, destinationPort: 443 }),
);
const header6 = packet(
  ipv6({ source: '2001:db8::1', destination: '2001:db8::2' }),
  udp({ sourcePort: 33_000, destinationPort: 9_999 }),
);
const ip = { length: 1_400, protocol: 6, sourcePort: 40_000, destinationPort: 443, tcpFlags: 0x12, tos: 0xb8 };

/** A record and what tshark shows of it. */
const flowRecords: [SFlowRecord, Record<string, string[]>][] = [
  [
    records.rawHeader({ header, frameLength: 1_504, stripped: 4 }),
    {
      'sflow_245.header_protocol': ['1'],
      'sflow_245.header.frame_length': ['1504'],
      'sflow_245.header.payload_stripped': ['4'],
      'sflow_245.header.sampled_header_length': ['54'],
      'tcp.dstport': ['443'],
    },
  ],
  [records.rawHeader({ header: header6, protocol: records.HeaderProtocol.ipv6 }), { 'ipv6.dst': ['2001:db8::2'] }],
  [
    records.sampledEthernet({
      length: 1_500,
      source: '02:00:00:00:00:0a',
      destination: '02:00:00:00:00:0b',
      etherType: 0x0800,
    }),
    {
      'sflow_245.ethernet.length': ['1500'],
      'sflow_245.ethernet.source_mac_address': ['02:00:00:00:00:0a'],
      'sflow_245.ethernet.destination_mac_address': ['02:00:00:00:00:0b'],
      'sflow_245.ethernet.packet_type': ['2048'],
    },
  ],
  [
    records.sampledIPv4({ ...ip, source: '198.51.100.1', destination: '203.0.113.2' }),
    {
      'sflow_245.ip.length': ['1400'],
      'sflow_245.ipv4_src': ['198.51.100.1'],
      'sflow_245.ipv4_dst': ['203.0.113.2'],
      'sflow_245.ip.source_port': ['40000'],
    },
  ],
  [
    records.sampledIPv6({ ...ip, source: '2001:db8::1', destination: '2001:db8::2' }),
    { 'sflow_245.ipv6_src': ['2001:db8::1'], 'sflow_245.ipv6_priority': ['184'] },
  ],
  [
    records.extendedSwitch({ vlan: 100, priority: 3 }, { vlan: 200 }),
    { 'sflow_245.vlan.in': ['100'], 'sflow_245.pri.in': ['3'], 'sflow_245.vlan.out': ['200'] },
  ],
  [
    records.extendedRouter({ nextHop: '2001:db8::9', sourceMask: 48, destinationMask: 64 }),
    {
      'sflow_245.nexthop.v6': ['2001:db8::9'],
      'sflow_245.nexthop.src_mask': ['48'],
      'sflow_245.nexthop.dst_mask': ['64'],
    },
  ],
  [
    records.extendedGateway({
      nextHop: '192.0.2.9',
      as: 64_496,
      sourceAs: 64_497,
      sourcePeerAs: 64_498,
      path: [
        { type: 2, numbers: [64_499, 64_500] },
        { type: 1, numbers: [64_501] },
      ],
      communities: [0xfbf0_0001, 0xfbf0_0002],
      localPreference: 100,
    }),
    {
      'sflow_245.nexthop': ['192.0.2.9'],
      'sflow_245.as': ['64496'],
      'sflow_245.srcAS': ['64497'],
      'sflow_245.peerAS': ['64498'],
      'sflow_245.dstAS': ['64499', '64500', '64501'],
      'sflow_245.communityEntries': ['2'],
      'sflow_245.localpref': ['100'],
    },
  ],
  [
    records.extendedUser('alice', 'bob'),
    { 'sflow_5.extended_user.source_user': ['alice'], 'sflow_5.extended_user.destination_user': ['bob'] },
  ],
  [
    records.extendedUrl(2, 'https://example.net/a', 'example.net'),
    { 'sflow_5.extended_url.url': ['https://example.net/a'], 'sflow_5.extended_url.host': ['example.net'] },
  ],
  [
    records.extendedMpls('192.0.2.8', [16_001, 24_005], [24_006]),
    {
      'sflow_245.extended_mpls.in_label_stack_entries': ['2'],
      'sflow_245.extended_mpls.out_label_stack_entries': ['1'],
    },
  ],
  [
    records.extendedNat('192.0.2.5', '192.0.2.6'),
    { 'sflow_245.ipv4_src': ['192.0.2.5'], 'sflow_245.ipv4_dst': ['192.0.2.6'] },
  ],
  [records.extendedMplsTunnel('lsp-a', 7, 3), { 'sflow_5.extended_mpls_tunnel.tunnel_name': ['lsp-a'] }],
  [records.extendedMplsVc('vc', 8, 4), { 'sflow_5.extended_mpls_vc.id': ['8'] }],
  [records.extendedMplsFtn('ftn', 9), { 'sflow_5.extended_mpls.ftn_mask': ['9'] }],
  [records.extendedMplsLdpFec(24), { 'sflow_5.extended_mpls.fec_address_prefix_length': ['24'] }],
  [records.extendedVlanTunnel([0x8100_0064]), { 'sflow_5.extended_vlan_tunnel.tpid_tci_pair': ['2164260964'] }],
];

test('tshark reads the flow records of simulated sFlow, in both forms of sample', skipWithout('tshark'), async (t) => {
  const capture = join(temporaryFolder(t), 'sflow.pcap');
  const common = { sequence: 9, source: { index: 17 }, samplingRate: 1_000, samplePool: 9_000, drops: 2 };
  const interfaces = { input: { value: 17 }, output: { format: 2, value: 3 } };
  writeDatagrams(
    capture,
    flowRecords.map(([record], i) => {
      const last = records.extendedSwitch({ vlan: 4_001 }, { vlan: 4_002 }); // shows that the one before ended right
      const sample = { ...common, ...interfaces, records: [record, last] };
      return encodeSFlow({ agent: i % 2 === 0 ? '192.0.2.1' : '2001:db8::1', sequence: i, uptimeMs: 5_000 }, [
        encodeFlowSample(sample),
        encodeExpandedFlowSample(sample),
      ]);
    }),
    SFLOW_PORT,
  );
  const packets = await dissectAll(capture);
  assert.equal(packets.length, flowRecords.length);
  for (const [i, [record, expected]] of flowRecords.entries()) {
    const found = packets[i]!;
    assert.deepEqual(complaints(found), [], `record ${record.format}`);
    const samples = all(found, 'sflow_245.sampletype');
    assert.deepEqual(shows(found, 'sflow.flow_sample.sampling_rate'), ['1000', '1000']);
    assert.deepEqual(shows(found, 'sflow_245.vlan.out').slice(-1), ['4002'], `record ${record.format}`);
    assert.equal(samples.length, 2);
    for (const [field, values] of Object.entries(expected)) {
      const seen = shows(found, field);
      for (const value of values) {
        assert.ok(
          seen.filter((show) => show === value).length >= 2,
          `record ${record.format}: ${field} ${seen.join()}`,
        );
      }
    }
  }
});

test('tshark reads the counter records of simulated sFlow', skipWithout('tshark'), async (t) => {
  const capture = join(temporaryFolder(t), 'counters.pcap');
  const known = ['interface', 'ethernet', 'tokenRing', 'vg', 'vlan', 'processor'] as const;
  /** Numbers that tell a field shifted by one from a right one. */
  const valuesOf = (structure: (typeof known)[number]) =>
    Object.fromEntries(counterStructures[structure].fields.map(({ name }, i) => [name, i + 1_000]));
  writeDatagrams(
    capture,
    known.map((structure, i) => {
      const sample = { sequence: 3, source: { index: 17 }, records: [counterRecord(structure, valuesOf(structure))] };
      return encodeSFlow({ agent: '192.0.2.1', sequence: i, uptimeMs: 5_000 }, [
        encodeCounterSample(sample),
        encodeExpandedCounterSample(sample),
      ]);
    }),
    SFLOW_PORT,
  );
  const packets = await dissectAll(capture);
  for (const [i, structure] of known.entries()) {
    const found = packets[i]!;
    assert.deepEqual(complaints(found), [], structure);
    // the fields of the structure follow the record's length, in the order of the wire
    const record = all(found, 'sflow_5.flow_data_length');
    assert.equal(record.length, 2, structure);
    const text = JSON.stringify(found);
    for (const { name } of counterStructures[structure].fields) {
      const value = valuesOf(structure)[name];
      if (['ifType', 'ifDirection', 'ifStatus'].includes(name)) continue;
      assert.ok(text.includes(`"show":"${value}"`), `${structure} ${name} ${value}`);
    }
  }
  assert.deepEqual(shows(packets[0]!, 'sflow_245.ifinoct'), ['1005', '1005']);
  assert.deepEqual(shows(packets[1]!, 'sflow_245.dot3StatsSymbolErrors'), ['1012', '1012']);
  assert.deepEqual(shows(packets[4]!, 'sflow_245.discards'), ['1005', '1005']);
  assert.deepEqual(shows(packets[5]!, 'sflow_5.free_memory'), ['1004', '1004']);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fragmentIPv4, ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import {
  authentication,
  destinationOptions,
  hopByHop,
  ipv6Fragment,
  segmentRouting,
} from '#src/simulate/packet-ipv6-extensions.js';
import { arp, ethernet, mpls, vlan } from '#src/simulate/packet-link.js';
import { data, packet } from '#src/simulate/packet.js';
import type { Layer } from '#src/simulate/packet.js';
import { icmp, icmpv6, tcp, udp } from '#src/simulate/packet-transport.js';
import { geneve, gre, teredoOrigin, vxlan } from '#src/simulate/packet-tunnels.js';
import { writeFrames } from '../support/datagram-capture.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { complaints, dissectAll, shows } from '../support/tshark.ts';

const v4 = ipv4({
  source: '198.51.100.1',
  destination: '203.0.113.2',
  tos: 0xb8,
  ttl: 17,
  identification: 77,
  flags: 2,
});
const v6 = ipv6({
  source: '2001:db8::1',
  destination: '2001:db8::2',
  trafficClass: 0x28,
  flowLabel: 0xabcde,
  hopLimit: 9,
});
const inner4 = ipv4({ source: '192.0.2.10', destination: '192.0.2.20' });
const text = data(new TextEncoder().encode('payload of odd length'));
const segment = tcp({ sourcePort: 40_000, destinationPort: 4_430, flags: 0x12, sequence: 5, acknowledgment: 9 });
const query = udp({ sourcePort: 33_000, destinationPort: 9_999 });

/** A packet, the layers that tshark must find in it, and values of its fields. */
interface Row {
  name: string;
  layers: Layer[];
  protocols: string;
  fields?: Record<string, string[]>;
}

const rows: Row[] = [
  {
    name: 'TCP over IPv4',
    layers: [ethernet(), v4, segment, text],
    protocols: 'eth:ethertype:ip:tcp:data',
    fields: {
      'eth.src': ['02:00:00:00:00:0a'],
      'eth.dst': ['02:00:00:00:00:0b'],
      'ip.ttl': ['17'],
      'ip.id': ['0x004d'],
      'ip.len': ['61'],
      'ip.checksum.status': ['1'],
      'tcp.srcport': ['40000'],
      'tcp.dstport': ['4430'],
      'tcp.flags': ['0x0012'],
      'tcp.checksum.status': ['1'],
    },
  },
  {
    name: 'IPv4 and TCP with options',
    layers: [
      ethernet(),
      ipv4({ source: '198.51.100.1', destination: '203.0.113.2', options: Uint8Array.of(0x94, 4, 0, 0, 1) }),
      tcp({ sourcePort: 1, destinationPort: 2, flags: 2, options: Uint8Array.of(2, 4, 5, 0xb4, 1, 3, 3, 7) }),
    ],
    protocols: 'eth:ethertype:ip:tcp',
    fields: {
      'ip.hdr_len': ['28'],
      'tcp.hdr_len': ['28'],
      'tcp.options.mss_val': ['1460'],
      'tcp.checksum.status': ['1'],
    },
  },
  {
    name: 'UDP over IPv6',
    layers: [ethernet(), v6, query, text],
    protocols: 'eth:ethertype:ipv6:udp:data',
    fields: {
      'ipv6.tclass': ['0x00000028'],
      'ipv6.flow': ['0x0abcde'],
      'ipv6.hlim': ['9'],
      'ipv6.plen': ['29'],
      'udp.checksum.status': ['1'],
    },
  },
  {
    name: 'ICMP',
    layers: [ethernet(), v4, icmp({ type: 8, rest: 0x0007_0001 }), text],
    protocols: 'eth:ethertype:ip:icmp:data',
    fields: { 'icmp.type': ['8'], 'icmp.checksum.status': ['1'], 'icmp.seq': ['1'] },
  },
  {
    name: 'ICMPv6',
    layers: [ethernet(), v6, icmpv6({ type: 128, rest: 0x0009_0002 }), text],
    protocols: 'eth:ethertype:ipv6:icmpv6:data',
    fields: { 'icmpv6.type': ['128'], 'icmpv6.checksum.status': ['1'] },
  },
  {
    name: '802.1Q',
    layers: [ethernet(), vlan({ id: 100, priority: 3, dropEligible: true }), v4, segment],
    protocols: 'eth:ethertype:vlan:ethertype:ip:tcp',
    fields: { 'vlan.id': ['100'], 'vlan.priority': ['3'], 'vlan.dei': ['1'], 'tcp.checksum.status': ['1'] },
  },
  {
    name: 'QinQ',
    layers: [ethernet(), vlan({ id: 200, tagType: 0x88a8 }), vlan({ id: 300 }), v6, query],
    protocols: 'eth:ethertype:ieee8021ad:ethertype:vlan:ethertype:ipv6:udp',
  },
  {
    name: 'MPLS of two labels',
    layers: [
      ethernet(),
      mpls([
        { label: 16_001, ttl: 60 },
        { label: 24_005, ttl: 61, trafficClass: 5 },
      ]),
      v4,
      query,
      text,
    ],
    protocols: 'eth:ethertype:mpls:ip:udp:data',
    fields: {
      'mpls.label': ['16001', '24005'],
      'mpls.ttl': ['60', '61'],
      'mpls.exp': ['0', '5'],
      'mpls.bottom': ['0', '1'],
    },
  },
  {
    name: 'IPv6 with hop-by-hop, destination options and authentication',
    layers: [
      ethernet(),
      v6,
      hopByHop(Uint8Array.of(5, 2, 0, 0)),
      destinationOptions(),
      authentication({ spi: 1, sequence: 2 }),
      segment,
    ],
    protocols: 'eth:ethertype:ipv6:ipv6.hopopts:ipv6.dstopts:ah:tcp',
    fields: { 'ipv6.hopopts.len_oct': ['8'], 'ipv6.dstopts.len_oct': ['8'], 'tcp.checksum.status': ['1'] },
  },
  {
    name: 'IPv6 with a segment routing header',
    layers: [ethernet(), v6, segmentRouting({ segments: ['2001:db8:f::2', '2001:db8:f::1'], segmentsLeft: 1 }), query],
    protocols: 'eth:ethertype:ipv6:ipv6.routing:udp',
    fields: {
      'ipv6.routing.srh.addr': ['2001:db8:f::2', '2001:db8:f::1'],
      'ipv6.routing.segleft': ['1'],
      'udp.checksum.status': ['1'],
    },
  },
  {
    name: 'IPv6 first fragment',
    layers: [ethernet(), v6, ipv6Fragment({ identification: 0x01020304, more: true }), data(new Uint8Array(16), 17)],
    protocols: 'eth:ethertype:ipv6:ipv6.fraghdr:data',
    fields: { 'ipv6.fraghdr.ident': ['0x01020304'], 'ipv6.fraghdr.more': ['1'], 'ipv6.fraghdr.offset': ['0'] },
  },
  {
    name: 'GRE with checksum, key and sequence number',
    layers: [ethernet(), v4, gre({ withChecksum: true, key: 42, sequence: 7 }), inner4, query, text],
    protocols: 'eth:ethertype:ip:gre:ip:udp:data',
    fields: { 'gre.key': ['0x0000002a'], 'gre.sequence_number': ['7'], 'gre.checksum.status': ['1'] },
  },
  {
    name: 'Ethernet in GRE',
    layers: [ethernet(), v6, gre(), ethernet(), inner4, segment],
    protocols: 'eth:ethertype:ipv6:gre:eth:ethertype:ip:tcp',
  },
  { name: 'IP in IP', layers: [ethernet(), v4, inner4, segment], protocols: 'eth:ethertype:ip:ip:tcp' },
  { name: 'IPv6 in IPv4', layers: [ethernet(), v4, v6, query], protocols: 'eth:ethertype:ip:ipv6:udp' },
  {
    name: 'VXLAN',
    layers: [
      ethernet(),
      v4,
      udp({ sourcePort: 55_555, destinationPort: 4_789 }),
      vxlan(5_000),
      ethernet(),
      inner4,
      segment,
    ],
    protocols: 'eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:tcp',
    fields: { 'vxlan.vni': ['5000'], 'udp.checksum.status': ['1'] },
  },
  {
    name: 'Geneve with options',
    layers: [
      ethernet(),
      v6,
      udp({ sourcePort: 55_555, destinationPort: 6_081 }),
      geneve({ vni: 77, options: Uint8Array.of(1, 2, 3, 1, 9, 9, 9, 9) }),
      ethernet(),
      inner4,
      icmp({ type: 0 }),
    ],
    protocols: 'eth:ethertype:ipv6:udp:geneve:eth:ethertype:ip:icmp',
    fields: { 'geneve.vni': ['0x00004d'], 'geneve.option.type': ['0x03'] },
  },
  {
    name: 'Teredo with an origin indication',
    layers: [
      ethernet(),
      v4,
      udp({ sourcePort: 3_544, destinationPort: 3_544 }),
      teredoOrigin('192.0.2.7', 1_234),
      v6,
      query,
    ],
    protocols: 'eth:ethertype:ip:udp:teredo:ipv6:udp',
    fields: { 'teredo.orig.port': ['1234'], 'teredo.orig.addr': ['192.0.2.7'] },
  },
  {
    name: 'ARP',
    layers: [ethernet({ destination: 'ff:ff:ff:ff:ff:ff' }), arp({ sender: '198.51.100.1', target: '198.51.100.2' })],
    protocols: 'eth:ethertype:arp',
    fields: { 'arp.src.proto_ipv4': ['198.51.100.1'], 'arp.opcode': ['1'] },
  },
];

test(
  'tshark finds every layer of the simulated packets, with right lengths and checksums',
  skipWithout('tshark'),
  async (t) => {
    const capture = join(temporaryFolder(t), 'packets.pcap');
    writeFrames(
      capture,
      rows.map(({ layers }) => packet(...layers)),
    );
    const packets = await dissectAll(capture);
    assert.equal(packets.length, rows.length);
    const seen = packets.map((found, i) => ({
      name: rows[i]!.name,
      complaints: complaints(found),
      protocols: shows(found, 'frame.protocols')[0],
      fields: Object.fromEntries(Object.keys(rows[i]!.fields ?? {}).map((field) => [field, shows(found, field)])),
    }));
    assert.deepEqual(
      seen,
      rows.map(({ name, protocols, fields }) => ({ name, complaints: [], protocols, fields: fields ?? {} })),
    );
  },
);

test('tshark puts the fragments of an IPv4 packet together again', skipWithout('tshark'), async (t) => {
  const capture = join(temporaryFolder(t), 'fragments.pcap');
  const whole = packet(
    ipv4({ source: '198.51.100.2', destination: '203.0.113.2', identification: 77 }),
    udp({ sourcePort: 5_000, destinationPort: 6_000 }),
    data(new Uint8Array(4_000).fill(0x66)),
  );
  const fragments = fragmentIPv4(whole, 1_400);
  assert.equal(fragments.length, 3);
  writeFrames(
    capture,
    fragments.map((bytes) => packet(ethernet(), data(bytes, 0, 0x0800))),
  );
  const last = (await dissectAll(capture)).at(-1)!;
  assert.deepEqual(complaints(last), []);
  assert.deepEqual(shows(last, 'udp.length'), ['4008']);
  assert.deepEqual(shows(last, 'udp.checksum.status'), ['1']);
});

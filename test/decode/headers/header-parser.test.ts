import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Layer } from '#src/simulate/packet.js';
import { data, packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import {
  authentication,
  destinationOptions,
  hopByHop,
  ipv6Fragment,
  segmentRouting,
} from '#src/simulate/packet-ipv6-extensions.js';
import { arp, ethernet, mpls, vlan } from '#src/simulate/packet-link.js';
import { icmp, tcp, udp } from '#src/simulate/packet-transport.js';
import { gre } from '#src/simulate/packet-tunnels.js';
import { parseHeaders, pick } from '../../support/headers.ts';

const v4 = { source: '192.0.2.1', destination: '198.51.100.2' };
const inner4 = { source: '10.0.0.1', destination: '10.0.0.2' };
const v6 = { source: '2001:db8::1', destination: '2001:db8::2' };
const ports = { sourcePort: 1000, destinationPort: 443 };
const eth = ethernet({ source: '02:00:00:00:00:01', destination: '02:00:00:00:00:02' });

const parse = (...layers: Layer[]) => parseHeaders(packet(...layers));
const stackOf = (...layers: Layer[]) => pick(parse(...layers), 'layer_stack', 'layer_size');
const portsOf = (...layers: Layer[]) => pick(parse(...layers), 'src_port', 'dst_port');

test('C-166 ports of IPv4 are read after its options', () => {
  const columns = parse(eth, ipv4({ ...v4, options: new Uint8Array(40).fill(1) }), udp(ports));
  assert.deepEqual(pick(columns, 'src_port', 'dst_port', 'layer_size'), {
    src_port: 1000n,
    dst_port: 443n,
    layer_size: [14n, 60n, 8n],
  });
});

test('C-166 a header length below 20 ends the chain: where the payload begins is not known', () => {
  for (const headerWords of [0, 4]) {
    const columns = parse(eth, ipv4({ ...v4, headerWords }), udp(ports));
    assert.deepEqual(pick(columns, 'src_addr', 'proto', 'src_port', 'layer_stack', 'layer_size'), {
      src_addr: '192.0.2.1',
      proto: 17n,
      src_port: 0n,
      layer_stack: ['Ethernet', 'IPv4'],
      layer_size: [14n, 20n],
    });
  }
});

test('a packet whose version is not that of its layer gives no addresses', () => {
  for (const [layer, version] of [
    [ipv4({ ...v4, version: 5 }), 5] as const,
    [ipv6({ ...v6, version: 4 }), 4] as const,
  ]) {
    const columns = parse(eth, layer, udp(ports));
    assert.equal(columns.src_addr, '', `version ${version}`);
    assert.deepEqual(columns.layer_stack, ['Ethernet']);
  }
});

test('C-167 a fragment of IPv4 that is not the first has neither ports nor flags nor an ICMP type', () => {
  for (const transport of [tcp({ ...ports, flags: 0xff }), udp(ports), icmp({ type: 8, code: 9 })]) {
    const columns = parse(eth, ipv4({ ...v4, fragmentOffset: 185, flags: 1, identification: 77 }), transport);
    assert.deepEqual(pick(columns, 'src_port', 'dst_port', 'tcp_flags', 'icmp_type', 'icmp_code', 'layer_stack'), {
      src_port: 0n,
      dst_port: 0n,
      tcp_flags: 0n,
      icmp_type: 0n,
      icmp_code: 0n,
      layer_stack: ['Ethernet', 'IPv4'],
    });
    assert.deepEqual(pick(columns, 'fragment_offset', 'fragment_id', 'ip_flags'), {
      fragment_offset: 185n,
      fragment_id: 77n,
      ip_flags: 1n,
    });
    assert.ok([1n, 6n, 17n].includes(columns.proto as bigint), 'the protocol stays');
  }
  assert.equal(parse(eth, ipv4({ ...v4, flags: 1 }), udp(ports)).dst_port, 443n, 'the first fragment has them');
});

test('C-167 a fragment of IPv6 that is not the first has no ports, and the protocol of its transport', () => {
  const later = parse(eth, ipv6(v6), ipv6Fragment({ identification: 9, offset: 3, more: true }), udp(ports));
  assert.deepEqual(pick(later, 'src_port', 'proto', 'fragment_offset', 'fragment_id', 'ip_flags', 'layer_stack'), {
    src_port: 0n,
    proto: 17n,
    fragment_offset: 3n,
    fragment_id: 9n,
    ip_flags: 1n,
    layer_stack: ['Ethernet', 'IPv6', 'IPv6HeaderFragment'],
  });
  const first = parse(eth, ipv6(v6), ipv6Fragment({ identification: 9, more: true }), udp(ports));
  assert.deepEqual(pick(first, 'src_port', 'proto'), { src_port: 1000n, proto: 17n });
});

test('C-168 the VLAN id has 12 bits, whatever priority stands beside it', () => {
  const columns = parse(eth, vlan({ id: 0xfff, priority: 7, dropEligible: true }), ipv4(v4), udp(ports));
  assert.deepEqual(pick(columns, 'vlan_id', 'etype'), { vlan_id: 0xfffn, etype: 0x0800n });
});

test('C-168 tags of 802.1ad and 0x9100 stack; the inner one is the VLAN', () => {
  for (const tagType of [0x8100, 0x88a8, 0x9100]) {
    const columns = parse(eth, vlan({ id: 100, tagType }), vlan({ id: 200 }), ipv6(v6), udp(ports));
    assert.deepEqual(pick(columns, 'vlan_id', 'etype', 'dst_port', 'layer_stack'), {
      vlan_id: 200n,
      etype: 0x86ddn,
      dst_port: 443n,
      layer_stack: ['Ethernet', 'Dot1Q', 'Dot1Q', 'IPv6', 'UDP'],
    });
  }
});

test('C-169 extension headers are walked, and the protocol is that of the transport', () => {
  const columns = parse(
    eth,
    ipv6({ ...v6, flowLabel: 0xabcde, trafficClass: 0xb8, hopLimit: 3 }),
    hopByHop(new Uint8Array(12)),
    destinationOptions(),
    segmentRouting({ segments: ['2001:db8::a', '2001:db8::b'], segmentsLeft: 1 }),
    ipv6Fragment({ identification: 7 }),
    authentication({ spi: 1, sequence: 2, checkValue: new Uint8Array(12) }),
    destinationOptions(new Uint8Array(20)),
    tcp({ ...ports, flags: 0x12 }),
  );
  assert.deepEqual(columns.layer_stack, ['Ethernet', 'IPv6', 'IPv6HeaderRouting', 'IPv6HeaderFragment', 'TCP']);
  assert.deepEqual(columns.layer_size, [14n, 40n, 40n, 8n, 20n]);
  assert.deepEqual(pick(columns, 'proto', 'src_port', 'tcp_flags', 'ip_tos', 'ip_ttl', 'ipv6_flow_label'), {
    proto: 6n,
    src_port: 1000n,
    tcp_flags: 0x12n,
    ip_tos: 0xb8n,
    ip_ttl: 3n,
    ipv6_flow_label: 0xabcden,
  });
  assert.deepEqual(columns.ipv6_routing_header_addresses, ['2001:db8::a', '2001:db8::b']);
  assert.equal(columns.ipv6_routing_header_seg_left, 1n);
});

test('C-169 eight extension headers are walked and no more', () => {
  const eight = Array.from({ length: 8 }, () => destinationOptions());
  assert.deepEqual(portsOf(eth, ipv6(v6), ...eight, udp(ports)), { src_port: 1000n, dst_port: 443n });
  const nine = parse(eth, ipv6(v6), destinationOptions(), ...eight, udp(ports));
  assert.deepEqual(pick(nine, 'src_port', 'proto', 'layer_stack'), {
    src_port: 0n,
    proto: 60n,
    layer_stack: ['Ethernet', 'IPv6'],
  });
});

test('C-169 a chain that is cut off inside of an extension header tells its number', () => {
  const whole = packet(eth, ipv6(v6), hopByHop(), destinationOptions(new Uint8Array(12)), udp(ports));
  const columns = parseHeaders(whole.subarray(0, 14 + 40 + 8 + 4));
  assert.deepEqual(pick(columns, 'proto', 'layer_stack'), { proto: 60n, layer_stack: ['Ethernet', 'IPv6'] });
});

test('C-169 extension headers of an inner packet are counted from the beginning', () => {
  const five = Array.from({ length: 5 }, () => destinationOptions());
  const columns = parse(eth, ipv6(v6), ...five, ipv6(v6), ...five, udp(ports));
  assert.deepEqual(columns.layer_stack, ['Ethernet', 'IPv6', 'IPv6', 'UDP']);
});

test('C-170 checksum, key and sequence number of GRE are stepped over', () => {
  for (const [options, size] of [
    [{}, 4n],
    [{ withChecksum: true }, 8n],
    [{ key: 5 }, 8n],
    [{ sequence: 6 }, 8n],
    [{ withChecksum: true, key: 5, sequence: 6 }, 16n],
  ] as const) {
    const columns = parse(eth, ipv4(v4), gre(options), ipv4(inner4), udp(ports));
    assert.deepEqual(columns.layer_stack, ['Ethernet', 'IPv4', 'GRE', 'IPv4', 'UDP']);
    assert.deepEqual(columns.layer_size, [14n, 20n, size, 20n, 8n]);
  }
});

test('C-170 GRE with source routes, or of an unknown version, ends the chain', () => {
  const whole = packet(eth, ipv4(v4), gre(), ipv4(inner4));
  for (const [octet, bits] of [
    [34, 0x40],
    [35, 0x02],
  ] as const) {
    const changed = Uint8Array.from(whole);
    changed[octet] = bits;
    assert.deepEqual(parseHeaders(changed).layer_stack, ['Ethernet', 'IPv4', 'GRE']);
  }
});

test('C-171 the TCP header is as long as its data offset says', () => {
  for (const options of [0, 4, 20, 40]) {
    const columns = parse(eth, ipv4(v4), tcp({ ...ports, flags: 0x1ff, options: new Uint8Array(options) }));
    assert.deepEqual(columns.layer_size, [14n, 20n, BigInt(20 + options)]);
    assert.equal(columns.tcp_flags, 0xffn);
  }
});

test('C-171 a data offset below 20 gives the ports and the smallest size', () => {
  const columns = parse(eth, ipv4(v4), tcp({ ...ports, headerWords: 1 }));
  assert.deepEqual(pick(columns, 'src_port', 'layer_size'), { src_port: 1000n, layer_size: [14n, 20n, 20n] });
});

test('C-172 sixteen headers are read and no more', () => {
  const tags = Array.from({ length: 40 }, (_, i) => vlan({ id: i }));
  const columns = parse(eth, ...tags, ipv4(v4), udp(ports));
  assert.equal((columns.layer_stack as string[]).length, 16);
  assert.equal((columns.layer_size as bigint[]).length, 16);
  assert.deepEqual(pick(columns, 'src_addr', 'vlan_id'), { src_addr: '', vlan_id: 14n });
});

test('C-172 every length of a packet ends quietly, with a size for each layer', () => {
  const whole = packet(
    eth,
    vlan({ id: 1 }),
    mpls([{ label: 17 }, { label: 18 }]),
    ipv6(v6),
    segmentRouting({ segments: ['2001:db8::a', '2001:db8::b'], segmentsLeft: 1 }),
    ipv4(v4),
    gre({ key: 1 }),
    eth,
    ipv4(inner4),
    tcp({ ...ports, options: new Uint8Array(8) }),
    data(new Uint8Array(20)),
  );
  let deepest = 0;
  for (let length = 0; length <= whole.length; length++) {
    const columns = parseHeaders(whole.subarray(0, length));
    const stack = columns.layer_stack as string[];
    assert.equal((columns.layer_size as bigint[]).length, stack.length);
    assert.ok(stack.length >= deepest, 'more octets never show fewer layers');
    deepest = stack.length;
  }
  assert.equal(deepest, 10);
});

test('labels of MPLS end at the bottom of the stack only; an explicit null there names the payload', () => {
  for (const [labels, inner, etype] of [
    [[0, 16], ipv4(v4), 0x0800n],
    [[16, 0], ipv4(v4), 0x0800n],
    [[3, 7, 16, 2], ipv6(v6), 0x86ddn],
  ] as const) {
    const columns = parse(eth, mpls(labels.map((label) => ({ label, ttl: 9 }))), inner, udp(ports));
    assert.deepEqual(columns.mpls_label, labels.map(BigInt));
    assert.deepEqual(
      columns.mpls_ttl,
      labels.map(() => 9n),
    );
    assert.deepEqual(pick(columns, 'etype', 'dst_port'), { etype, dst_port: 443n });
  }
});

test('MPLS of the multicast EtherType is read like any other', () => {
  const columns = parse(eth, mpls([{ label: 99 }], 0x8848), ipv4(v4), udp(ports));
  assert.deepEqual(pick(columns, 'mpls_label', 'etype', 'src_addr'), {
    mpls_label: [99n],
    etype: 0x0800n,
    src_addr: '192.0.2.1',
  });
});

test('a label stack that carries neither IPv4 nor IPv6, or whose bottom is missing, keeps its EtherType', () => {
  const control = parse(eth, mpls([{ label: 99 }]), data(Uint8Array.of(0, 0, 0, 0)));
  const cut = parseHeaders(packet(eth, mpls([{ label: 98 }, { label: 99 }]), ipv4(v4)).subarray(0, 14 + 4 + 3));
  for (const [columns, label, size] of [
    [control, 99n, 4n],
    [cut, 98n, 4n],
  ] as const) {
    assert.deepEqual(pick(columns, 'mpls_label', 'etype', 'layer_size'), {
      mpls_label: [label],
      etype: 0x8847n,
      layer_size: [14n, size],
    });
  }
});

test('the outer packet fills the columns; inner ones add to the stack only', () => {
  const outer = { etype: 0x0800n, src_addr: '192.0.2.1', dst_addr: '198.51.100.2', src_port: 0n, dst_port: 0n };
  for (const [proto, ...layers] of [
    [4n, ipv4(inner4), udp(ports)],
    [41n, ipv6(v6), tcp(ports)],
    [47n, gre(), ipv6(v6), udp(ports)],
    [47n, gre(), eth, vlan({ id: 9 }), ipv4(inner4), udp(ports)],
    [47n, gre(), mpls([{ label: 77 }]), ipv6(v6), udp(ports)],
  ] as const) {
    const columns = parse(eth, ipv4(v4), ...layers);
    assert.deepEqual(pick(columns, 'etype', 'src_addr', 'dst_addr', 'src_port', 'dst_port'), outer);
    assert.deepEqual(pick(columns, 'proto', 'vlan_id', 'ipv6_flow_label'), { proto, vlan_id: 0n, ipv6_flow_label: 0n });
    assert.equal((columns.layer_stack as string[]).length, layers.length + 2);
  }
});

test('the first ICMP header fills type and code, also inside of a tunnel', () => {
  const columns = parse(eth, ipv4(v4), gre(), ipv4(inner4), icmp({ type: 3, code: 13 }));
  assert.deepEqual(pick(columns, 'icmp_type', 'icmp_code', 'proto'), { icmp_type: 3n, icmp_code: 13n, proto: 47n });
});

test('what is no IP is left at its EtherType', () => {
  const columns = parse(eth, arp({ sender: '192.0.2.1', target: '192.0.2.2' }));
  assert.deepEqual(pick(columns, 'etype', 'layer_stack', 'src_mac', 'dst_mac', 'src_addr'), {
    etype: 0x0806n,
    layer_stack: ['Ethernet'],
    src_mac: '02:00:00:00:00:01',
    dst_mac: '02:00:00:00:00:02',
    src_addr: '',
  });
});

test('an IP protocol without a layer is named, and nothing behind it is read', () => {
  for (const protocol of [0, 43, 44, 50, 51, 60, 132]) {
    const columns = parse(eth, ipv4(v4), data(new Uint8Array(40).fill(4), protocol));
    assert.equal(columns.proto, BigInt(protocol));
    assert.deepEqual(columns.layer_stack, ['Ethernet', 'IPv4'], `extension headers belong to IPv6: ${protocol}`);
  }
});

test('a stack has a size for each of its layers', () => {
  assert.deepEqual(stackOf(eth, ipv4(v4), udp(ports)), {
    layer_stack: ['Ethernet', 'IPv4', 'UDP'],
    layer_size: [14n, 20n, 8n],
  });
});

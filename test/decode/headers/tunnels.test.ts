import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { vxlan } from '#src/decode/headers/vxlan.js';
import { MAX_LAYERS } from '#src/decode/limits.js';
import { data, packet } from '#src/simulate/packet.js';
import type { Layer } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import { ethernet, mpls } from '#src/simulate/packet-link.js';
import { udp } from '#src/simulate/packet-transport.js';
import { geneve, gre, vxlan as vxlanHeader } from '#src/simulate/packet-tunnels.js';
import { arbitraryFrame } from '../../support/arbitrary-packet.ts';
import { parseHeaders, pick } from '../../support/headers.ts';

const outer4 = { source: '192.0.2.1', destination: '198.51.100.2' };
const inner4 = { source: '10.0.0.1', destination: '10.0.0.2' };
const inner6 = { source: '2001:db8::1', destination: '2001:db8::2' };
const eth = ethernet();
const innerEth = ethernet({ source: '02:00:00:00:00:01', destination: '02:00:00:00:00:02' });
const to = (destinationPort: number) => udp({ sourcePort: 50_000, destinationPort });
const dns = udp({ sourcePort: 5_353, destinationPort: 53 });
const controlWord: Layer = (next) => ({ ...next, bytes: Uint8Array.from([0, 0, 0, 7, ...next.bytes]) });
const ports = [{ protocol: 'udp', direction: 'both', port: 4789, parser: vxlan }] as const;

test('VXLAN carries a frame; off, the columns stay those of the outer packet', () => {
  const octets = packet(eth, ipv4(outer4), to(4789), vxlanHeader(42), innerEth, ipv4(inner4), dns);
  const columns = parseHeaders(octets, { ports });
  assert.deepEqual(columns.layer_stack, ['Ethernet', 'IPv4', 'UDP', 'VXLAN', 'Ethernet', 'IPv4', 'UDP']);
  assert.deepEqual(columns.layer_size, [14n, 20n, 8n, 8n, 14n, 20n, 8n]);
  assert.deepEqual(pick(columns, 'src_addr', 'dst_port'), { src_addr: '192.0.2.1', dst_port: 4789n });
  assert.deepEqual(parseHeaders(octets).layer_stack, ['Ethernet', 'IPv4', 'UDP']); // no port is known by itself
});

test('VXLAN without a network identifier is none', () => {
  const octets = packet(eth, ipv4(outer4), to(4789), vxlanHeader(42, 0), innerEth, ipv4(inner4));
  assert.deepEqual(parseHeaders(octets, { ports }).layer_stack, ['Ethernet', 'IPv4', 'UDP']);
});

test('VXLAN-GPE says what it carries', () => {
  const gpe = (protocol: number, ...layers: Layer[]) => {
    const octets = packet(eth, ipv4(outer4), to(4789), vxlanHeader(42, 0x0c), ...layers);
    octets[14 + 20 + 8 + 3] = protocol;
    return (parseHeaders(octets, { ports }).layer_stack as string[]).slice(3);
  };
  assert.deepEqual(gpe(1, ipv4(inner4)), ['VXLAN', 'IPv4']);
  assert.deepEqual(gpe(2, ipv6(inner6)), ['VXLAN', 'IPv6']);
  assert.deepEqual(gpe(3, innerEth, ipv4(inner4)), ['VXLAN', 'Ethernet', 'IPv4']);
  assert.deepEqual(gpe(4, data(new Uint8Array(40))), ['VXLAN']);
});

test('the control word of an Ethernet pseudowire is walked over where a frame follows', () => {
  const octets = packet(eth, mpls([{ label: 100 }]), controlWord, innerEth, ipv4(inner4), dns);
  const columns = parseHeaders(octets);
  assert.deepEqual(columns.layer_stack, ['Ethernet', 'MPLS', 'Ethernet', 'IPv4', 'UDP']);
  assert.deepEqual(pick(columns, 'src_addr', 'etype'), { src_addr: '', etype: 0x8847n });
  const other = octets.slice();
  other.set([0xab, 0xcd], 14 + 4 + 4 + 12); // an EtherType of nobody: a pseudowire of another kind
  assert.deepEqual(parseHeaders(other).layer_stack, ['Ethernet', 'MPLS']);
});

const withFrame: readonly (readonly [name: string, ...layers: Layer[]])[] = [
  ['VXLAN', ipv4(outer4), to(4789), vxlanHeader(7)],
  ['VXLAN in IPv6', ipv6(inner6), to(4789), vxlanHeader(7)],
  ['Geneve', ipv4(outer4), to(6081), geneve({ vni: 7, etherType: 0x6558 })],
  ['GRE', ipv4(outer4), gre({ etherType: 0x6558 })],
];

const compared = [
  ...(['src_addr', 'dst_addr', 'src_port', 'dst_port', 'proto', 'etype', 'tcp_flags', 'ip_tos', 'ip_ttl'] as const),
  ...(['ip_flags', 'fragment_id', 'fragment_offset', 'icmp_type', 'icmp_code', 'ipv6_flow_label'] as const),
  ...(['src_mac', 'dst_mac', 'vlan_id', 'mpls_label', 'mpls_ttl', 'ipv6_routing_header_seg_left'] as const),
] as const;

for (const [name, ...outer] of withFrame) {
  test(`inner: any frame in ${name} gives the columns that it gives alone`, () => {
    fc.assert(
      fc.property(arbitraryFrame, ({ bytes }) => {
        let layers = 0;
        const alone = parseHeaders(bytes, { tunnels: 'inner', observer: { layer: () => void layers++ } });
        fc.pre((alone.layer_stack as string[]).some((layer) => layer === 'IPv4' || layer === 'IPv6'));
        fc.pre(layers <= MAX_LAYERS - 4); // with those outside it is read to its end
        const inside = parseHeaders(packet(eth, ...outer, data(bytes)), { tunnels: 'inner' });
        assert.deepEqual(pick(inside, ...compared), pick(alone, ...compared));
      }),
      { numRuns: 300 },
    );
  });
}

test('inner: packets without a frame of their own keep the outer MACs', () => {
  for (const octets of [
    packet(innerEth, ipv4(outer4), ipv6(inner6), dns),
    packet(innerEth, ipv4(outer4), gre(), ipv6(inner6), dns),
    packet(innerEth, ipv4(outer4), to(3544), ipv6(inner6), dns),
  ]) {
    assert.deepEqual(pick(parseHeaders(octets, { tunnels: 'inner' }), 'src_addr', 'etype', 'dst_port', 'src_mac'), {
      src_addr: '2001:db8::1',
      etype: 0x86ddn,
      dst_port: 53n,
      src_mac: '02:00:00:00:00:01',
    });
  }
});

test('inner: where the capture ends before the inner header, the outer addresses stay', () => {
  const octets = packet(eth, ipv4(outer4), to(4789), vxlanHeader(7), innerEth, ipv4(inner4));
  const columns = parseHeaders(octets.subarray(0, octets.length - 1), { tunnels: 'inner' });
  assert.deepEqual(pick(columns, 'src_addr', 'dst_port'), { src_addr: '192.0.2.1', dst_port: 4789n });
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { findLayer, layers } from '#src/decode/headers/layers.js';
import type { Columns } from '../../support/flow-columns.ts';
import { parseHeaders, pick } from '../../support/headers.ts';
import { octetsOf, vectors } from '../../support/vectors.ts';

/** What the vectors of single layers assert. */
const singleLayers: Record<string, Partial<Columns>> = {
  'parse-ethernet': { etype: 0x86ddn, dst_mac: '00:53:00:00:00:01', src_mac: '00:53:00:00:00:02', layer_size: [14n] },
  'parse-dot1q': { vlan_id: 20n, etype: 0x0800n, layer_size: [4n] },
  'parse-mpls': { mpls_label: [18n, 16n], mpls_ttl: [255n, 255n], layer_size: [8n] },
  'parse-ipv4': { src_addr: '10.0.0.1', dst_addr: '10.0.0.2', fragment_id: 0xababn, ip_ttl: 255n, proto: 1n },
  'parse-ipv6': { src_addr: 'fd01::1', dst_addr: 'fd01::2', ip_ttl: 64n, proto: 58n, ipv6_flow_label: 0x010101n },
  'parse-ipv6-fragment': { fragment_id: 2810719913n, fragment_offset: 0n, ip_flags: 1n, layer_size: [8n] },
  'parse-ipv6-routing': {
    ipv6_routing_header_seg_left: 1n,
    ipv6_routing_header_addresses: ['2001:baba:2:e002::', '2001:baba:1::', '2001:baba:3:e007::'],
    layer_size: [56n],
    proto: 41n,
  },
  'parse-icmp': { icmp_type: 1n, icmp_code: 1n, layer_size: [8n] },
  'parse-icmpv6': { icmp_type: 128n, icmp_code: 128n, layer_size: [8n] },
};

for (const [name, expected] of Object.entries(singleLayers)) {
  test(`vector ${name}`, () => {
    const vector = vectors.find((candidate) => candidate.name === name)!;
    const layer = findLayer(vector.protocol.split(':')[1]!);
    assert.ok(layer !== undefined, vector.protocol);
    const columns = parseHeaders(octetsOf(vector.hex), { first: layer });
    assert.deepEqual(pick(columns, ...(Object.keys(expected) as (keyof Columns)[])), expected);
  });
}

test('a segment list is bounded by its last entry, its header and the octets that are there', () => {
  const whole = octetsOf(vectors.find(({ name }) => name === 'parse-ipv6-routing')!.hex);
  const first = findLayer('ipv6-route')!;
  const segments = (octets: Uint8Array) =>
    (parseHeaders(octets, { first }).ipv6_routing_header_addresses as string[]).length;
  const changed = (offset: number, value: number) => whole.map((octet, i) => (i === offset ? value : octet));
  assert.equal(segments(changed(4, 255)), 3, 'last entry beyond the header');
  assert.equal(segments(changed(1, 255)), 3, 'header beyond the capture');
  assert.equal(segments(changed(1, 5)), 2, 'header of two addresses and a half');
  assert.equal(segments(changed(4, 0)), 1, 'last entry 0');
  assert.equal(segments(whole.subarray(0, whole.length - 1)), 2, 'cut off');
  assert.equal(segments(changed(2, 3)), 0, 'another type');
});

test('the layers have the names, keys and minimum lengths that mappings rely on', () => {
  assert.deepEqual(
    layers.map(({ name, keys, minimum }) => `${name} [${keys.join(' ')}] ${minimum}`),
    [
      'ethernet [ethernet 2] 14',
      'dot1q [dot1q] 4',
      'mpls [mpls] 4',
      'ipv4 [ipv4 ip 3] 20',
      'ipv6 [ipv6 ip 3] 40',
      'ipv6-route [ipv6eh_routing ipv6-route ipv6eh] 8',
      'ipv6-frag [ipv6eh_fragment ipv6-frag ipv6eh] 8',
      'tcp [tcp 4] 20',
      'udp [udp 4] 8',
      'icmp [icmp] 2',
      'ipv6-icmp [icmpv6 ipv6-icmp] 2',
      'gre [gre] 4',
      'teredo-dst [teredo-dst teredo] 0',
      'geneve [geneve] 8',
      'vxlan [vxlan] 8',
    ],
  );
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { data as payload, packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import { ethernet } from '#src/simulate/packet-link.js';
import { udp } from '#src/simulate/packet-transport.js';
import { Collector } from '../../support/collector.ts';
import { ipfix, protocols } from '../../support/exporter.ts';
import { flowOf } from '../../support/flow-of.ts';
import type { FieldOfRecord } from '../../support/flow-of.ts';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const body = [udp({ sourcePort: 5_353, destinationPort: 53 }), payload(new Uint8Array(20))] as const;
const ip4 = packet(ipv4({ source: '198.51.100.1', destination: '198.51.100.2', ttl: 61 }), ...body);
const ip6 = packet(ipv6({ source: '2001:db8::1', destination: '2001:db8::2' }), ...body);
const frame = packet(ethernet(), ipv4({ source: '198.51.100.1', destination: '198.51.100.2', ttl: 61 }), ...body);

/** Fixed and variable length. */
const sections = (id: number, octets: Uint8Array): FieldOfRecord[] => [
  [`${id}/${octets.length}`, hex(octets)],
  [`${id}/v`, hex(octets)],
];

test('C-101 a frame section (315, and 104) is read as Ethernet', () => {
  for (const [, wire] of protocols) {
    for (const section of [...sections(315, frame), ...sections(104, frame)]) {
      if (wire.version === 9 && section[0].endsWith('v')) continue;
      const flow = flowOf(wire, [section]);
      assert.deepEqual([flow.src_addr, flow.dst_addr, flow.etype], ['198.51.100.1', '198.51.100.2', 0x0800n]);
      assert.deepEqual([flow.proto, flow.src_port, flow.dst_port, flow.ip_ttl], [17n, 5_353n, 53n, 61n]);
      assert.deepEqual([flow.bytes, flow.packets], [BigInt(frame.length), 1n]);
      assert.deepEqual(flow.layer_stack, ['Ethernet', 'IPv4', 'UDP']);
    }
  }
});

test('C-101 type, offset and length of a section are honoured', () => {
  const padded = Uint8Array.from([...frame, ...new Uint8Array(40)]);
  const [section] = sections(315, padded) as [FieldOfRecord];
  const read = flowOf(ipfix, [
    section,
    ['410/2', frame.length.toString(16).padStart(4, '0')],
    ['408/2', '0001'],
    ['409/2', '0000'],
  ]);
  assert.deepEqual([read.dst_port, read.bytes], [53n, BigInt(frame.length)]);
  const cut = flowOf(ipfix, [section, ['410/2', '0014']]);
  assert.deepEqual([cut.src_mac !== '00:00:00:00:00:00', cut.src_addr, cut.bytes], [true, '', 20n]);
  for (const more of [
    ['408/2', '0002'],
    ['409/2', '000e'],
  ] as const) {
    const collector = new Collector();
    const flow = flowOf(ipfix, [section, more], { collector });
    assert.deepEqual([flow.src_addr, flow.layer_stack, flow.packets], ['', [], 1n]);
    assert.equal(collector.count('notices:section_unread'), 1);
  }
});

test('C-102 an IP section (313) is read as IP, with the length of its packet; 312 is the size of the frame', () => {
  for (const [octets, address, etype] of [
    [ip4, '198.51.100.1', 0x0800n],
    [ip6, '2001:db8::1', 0x86ddn],
  ] as const) {
    for (const section of [...sections(313, octets), ...sections(313, octets.subarray(0, octets.length - 15))]) {
      const flow = flowOf(ipfix, [section]);
      assert.deepEqual([flow.src_addr, flow.etype, flow.dst_port], [address, etype, 53n]);
      assert.deepEqual([flow.bytes, flow.packets], [BigInt(octets.length), 1n]);
      const sized = flowOf(ipfix, [section, ['312/2', '05dc']]);
      assert.deepEqual([sized.bytes, sized.packets], [1500n, 1n]);
    }
  }
});

test('what an IP section does not hold is not read', () => {
  for (const octets of ['', '45', '60', '00'.repeat(40), `15${'00'.repeat(30)}`]) {
    const flow = flowOf(ipfix, [
      ['313/v', octets],
      ['7/2', '0009'],
    ]);
    assert.deepEqual([flow.src_addr, flow.src_port, flow.packets], ['', 9n, 1n], octets);
    assert.equal(flow.bytes, BigInt(octets.length / 2));
  }
});

test('elements of the record come before what its packet says (D-4)', () => {
  const fields: FieldOfRecord[] = [
    ['315/v', hex(frame)],
    ['8/4', '0a000001'],
    ['11/2', '1f90'],
    ['1/4', '00000384'],
    ['2/4', '00000009'],
  ];
  for (const order of [fields, fields.toReversed()]) {
    const flow = flowOf(ipfix, order);
    assert.deepEqual([flow.src_addr, flow.dst_addr], ['10.0.0.1', '198.51.100.2']);
    assert.deepEqual([flow.src_port, flow.dst_port, flow.bytes, flow.packets], [5_353n, 8_080n, 900n, 9n]);
  }
  assert.equal(
    flowOf(ipfix, [
      ['315/v', hex(frame)],
      ['313/v', hex(ip6)],
    ]).src_addr,
    '198.51.100.1',
  );
});

test('a sampled packet leaves nothing in the flow after it', () => {
  const collector = new Collector();
  flowOf(ipfix, [['315/v', hex(frame)]], { collector });
  const flow = flowOf(ipfix, [['7/2', '0001']], { collector });
  assert.deepEqual([flow.src_addr, flow.layer_stack, flow.packets, flow.bytes], ['', [], 0n, 0n]);
});

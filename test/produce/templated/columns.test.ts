import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Collector } from '../../support/collector.ts';
import { data, ipfix, protocols, v9 } from '../../support/exporter.ts';
import type { Columns } from '../../support/flow-columns.ts';
import { flowOf } from '../../support/flow-of.ts';
import type { FieldOfRecord } from '../../support/flow-of.ts';

/** Checks the columns that fields give, in both protocols, and with each field of variable length in IPFIX. */
function gives(fields: readonly FieldOfRecord[], columns: Partial<Columns>): void {
  const pick = (flow: Columns) => Object.fromEntries(Object.keys(columns).map((name) => [name, flow[name as never]]));
  for (const [name, wire] of protocols)
    assert.deepEqual(pick(flowOf(wire, fields)), columns, `${name} ${fields.join()}`);
  const variable = fields.map(([specifier, value]): FieldOfRecord => [specifier.replace(/\/\d+$/, '/v'), value]);
  assert.deepEqual(pick(flowOf(ipfix, variable)), columns, `variable ${fields.join()}`);
}

const v6 = '20010db8000000000000000000000001';
const other6 = '20010db8000000000000000000000002';
const zero6 = '00'.repeat(16);

test('RFC 5471 3.2.1 every value of a fixed size is equal to what was sent', () => {
  const cases: [fields: FieldOfRecord[], columns: Partial<Columns>][] = [
    [[['1/8', 'fedcba9876543210']], { bytes: 0xfedcba9876543210n }],
    [[['2/8', '0000000100000000']], { packets: 0x1_0000_0000n }],
    [[['4/1', '11']], { proto: 17n }],
    [[['5/1', 'b8']], { ip_tos: 0xb8n }],
    [
      [
        ['7/2', '01bb'],
        ['11/2', 'ffff'],
      ],
      { src_port: 443n, dst_port: 65_535n },
    ],
    [
      [
        ['8/4', 'c0000201'],
        ['12/4', 'c0000202'],
      ],
      { src_addr: '192.0.2.1', dst_addr: '192.0.2.2', etype: 0x0800n },
    ],
    [
      [
        ['27/16', v6],
        ['28/16', other6],
      ],
      { src_addr: '2001:db8::1', dst_addr: '2001:db8::2', etype: 0x86ddn },
    ],
    [
      [
        ['9/1', '18'],
        ['13/1', '0e'],
      ],
      { src_net: 24n, dst_net: 14n },
    ],
    [
      [
        ['29/1', '40'],
        ['30/1', '30'],
      ],
      { src_net: 64n, dst_net: 48n },
    ],
    [
      [
        ['10/4', '00000162'],
        ['14/4', 'fffffffe'],
      ],
      { in_if: 354n, out_if: 0xfffffffen },
    ],
    [[['15/4', 'c0000203']], { next_hop: '192.0.2.3' }],
    [[['62/16', v6]], { next_hop: '2001:db8::1' }],
    [[['18/4', 'c0000204']], { bgp_next_hop: '192.0.2.4' }],
    [[['63/16', v6]], { bgp_next_hop: '2001:db8::1' }],
    [
      [
        ['16/4', 'fffffffe'],
        ['17/4', '00010000'],
      ],
      { src_as: 4_294_967_294n, dst_as: 65_536n },
    ],
    [[['128/4', '0000fde8']], { next_hop_as: 65_000n }],
    [[['31/3', '0abcde']], { ipv6_flow_label: 0xabcden }],
    [[['52/1', '40']], { ip_ttl: 64n }],
    [[['192/1', '3f']], { ip_ttl: 63n }],
    [
      [
        ['54/4', '0000bee1'],
        ['88/2', '00b9'],
        ['197/1', '60'],
      ],
      { fragment_id: 0xbee1n, fragment_offset: 185n, ip_flags: 3n },
    ],
    [
      [
        ['56/6', '020000000001'],
        ['80/6', 'fe0000000002'],
      ],
      { src_mac: '02:00:00:00:00:01', dst_mac: 'fe:00:00:00:00:02' },
    ],
    [
      [
        ['58/2', '0064'],
        ['59/2', '00c8'],
      ],
      { src_vlan: 100n, vlan_id: 100n, dst_vlan: 200n },
    ],
    [
      [
        ['243/2', '0064'],
        ['254/2', '00c8'],
      ],
      { src_vlan: 100n, vlan_id: 100n, dst_vlan: 200n },
    ],
    [[['60/1', '04']], { etype: 0x0800n }],
    [[['60/1', '06']], { etype: 0x86ddn }],
    [[['89/1', '40']], { forwarding_status: 0x40n }],
    [[['138/8', '0000000500000007']], { observation_point_id: 7n }],
    [[['47/4', 'c0000205']], { mpls_ip: ['192.0.2.5'] }],
    [[['140/16', v6]], { mpls_ip: ['2001:db8::1'] }],
    [
      [
        ['70/3', '05de91'],
        ['72/3', '33c4a1'],
      ],
      { mpls_label: [0x5de9n, 0n, 0x33c4an], mpls_ttl: [] },
    ],
    [[['32/2', '0b01']], { icmp_type: 11n, icmp_code: 1n }],
    [[['139/2', '8004']], { icmp_type: 128n, icmp_code: 4n }],
    [
      [
        ['176/1', '03'],
        ['177/1', '0d'],
      ],
      { icmp_type: 3n, icmp_code: 13n },
    ],
    [
      [
        ['178/1', '01'],
        ['179/1', '04'],
      ],
      { icmp_type: 1n, icmp_code: 4n },
    ],
  ];
  for (const [fields, columns] of cases) gives(fields, columns);
});

test('C-074, C-139, RFC 5471 3.3.2 numbers of 1 to 8 octets are exact over the whole range of 64 bits', () => {
  const number = fc
    .integer({ min: 1, max: 8 })
    .chain((size) => fc.tuple(fc.constant(size), fc.bigInt(0n, 2n ** BigInt(8 * size) - 1n)));
  fc.assert(
    fc.property(number, number, number, fc.boolean(), (bytes, packets, as, variable) => {
      const field = (id: number, [size, value]: [number, bigint]): FieldOfRecord => [
        `${id}/${variable ? 'v' : size}`,
        value.toString(16).padStart(2 * size, '0'),
      ];
      const fields = [field(1, bytes), field(2, packets), field(16, as)];
      for (const wire of variable ? [ipfix] : [v9, ipfix]) {
        const flow = flowOf(wire, fields);
        assert.equal(flow.bytes, bytes[1]);
        assert.equal(flow.packets, packets[1]);
        assert.equal(flow.src_as, BigInt.asUintN(32, as[1]), 'a column of 32 bits keeps the low ones');
      }
    }),
  );
});

test('C-139 AS numbers and interfaces have 2 or 4 octets', () => {
  gives(
    [
      ['16/2', 'fde8'],
      ['17/2', 'fde9'],
      ['10/2', '0162'],
      ['14/2', '0130'],
    ],
    { src_as: 65_000n, dst_as: 65_001n, in_if: 354n, out_if: 304n },
  );
});

test('C-078 a field of a wrong size is left out and counted, the record is kept (D-3)', () => {
  const wrong: [field: FieldOfRecord, name: keyof Columns, empty: unknown][] = [
    [['8/2', 'c000'], 'src_addr', ''],
    [['8/5', 'c000020100'], 'src_addr', ''],
    [['12/16', v6], 'dst_addr', ''],
    [['27/4', 'c0000201'], 'src_addr', ''],
    [['56/8', '0200000000010000'], 'src_mac', '00:00:00:00:00:00'],
    [['152/4', '00000001'], 'time_flow_start_ns', 1_704_067_200_000_000_000n],
    [['150/8', '0000000000000001'], 'time_flow_start_ns', 1_704_067_200_000_000_000n],
    [['154/4', '00000001'], 'time_flow_start_ns', 1_704_067_200_000_000_000n],
    [['1/9', '000000000000000001'], 'bytes', 0n],
    [['7/12', '00'.repeat(12)], 'src_port', 0n],
    [['70/9', '00'.repeat(9)], 'mpls_label', []],
  ];
  for (const [field, name, empty] of wrong) {
    for (const [protocol, wire] of protocols) {
      const collector = new Collector();
      const flow = flowOf(wire, [field, ['11/2', '0035']], { collector });
      assert.deepEqual([flow[name], flow.dst_port], [empty, 53n], `${protocol} ${field.join()}`);
      assert.equal(collector.count('notices:field_size'), 1, `${protocol} ${field.join()}`);
    }
    const collector = new Collector();
    const flow = flowOf(
      ipfix,
      [
        [field[0].replace(/\/\d+/, '/v'), field[1]],
        ['11/2', '0035'],
      ],
      { collector },
    );
    assert.deepEqual([flow[name], flow.dst_port], [empty, 53n], `variable ${field.join()}`);
    assert.equal(collector.count('notices:field_size'), 1, `variable ${field.join()}`);
  }
});

test('wrong sizes are counted for every record and every field', () => {
  const collector = new Collector();
  collector.send(v9.message([v9.template(256, '8/2', '12/2', '7/2'), data(256, '00'.repeat(60))]));
  assert.equal(collector.count('notices:field_size'), 20);
});

test('C-041 a field of length zero is as good as absent', () => {
  const collector = new Collector();
  const flow = flowOf(
    ipfix,
    [
      ['1/0', ''],
      ['23/4', '00000005'],
      ['8/0', ''],
      ['27/16', v6],
    ],
    { collector },
  );
  assert.deepEqual([flow.bytes, flow.src_addr, flow.etype], [5n, '2001:db8::1', 0x86ddn]);
  assert.equal(collector.count('notices:field_size'), 0);
});

test('C-100 tcpControlBits have one octet or two', () => {
  gives([['6/1', '12']], { tcp_flags: 0x12n });
  gives([['6/2', '0112']], { tcp_flags: 0x112n });
});

test('C-091 an enterprise element is never taken for the one of IANA', () => {
  const flow = flowOf(ipfix, [
    ['9.1/4', '000000ff'],
    ['1/4', '00000064'],
    ['29305.2/4', '000000ff'],
    ['4294967295.8/4', '01020304'],
    ['7/2', '0001'],
  ]);
  assert.deepEqual([flow.bytes, flow.packets, flow.src_addr], [100n, 0n, '']);
  const alone = flowOf(ipfix, [
    ['9.1/4', '000000ff'],
    ['2636.8/4', '01020304'],
    ['7/2', '0001'],
  ]);
  assert.deepEqual([alone.bytes, alone.src_addr], [0n, '']);
});

/** Each element of a choice alone, with its rank: the first that is there fills the column. */
const choices: [column: keyof Columns, ...candidates: [id: number, size: number][]][] = [
  ['bytes', [1, 8], [23, 8], [352, 8], [231, 8], [85, 8], [312, 2]],
  ['packets', [2, 8], [24, 8], [298, 8], [86, 8]],
  ['src_mac', [56, 6], [81, 6]],
  ['dst_mac', [80, 6], [57, 6]],
  ['src_vlan', [58, 2], [243, 2]],
  ['vlan_id', [58, 2], [243, 2]],
  ['dst_vlan', [59, 2], [254, 2]],
  ['ip_ttl', [52, 1], [192, 1]],
];

test('C-107 of elements that fill one column the first by rank is used, wherever they stand (D-4)', () => {
  for (const [column, ...candidates] of choices) {
    for (let from = 0; from < candidates.length; from++) {
      const fields = candidates
        .slice(from)
        .map(([id, size], i): FieldOfRecord => [`${id}/${size}`, (from + i + 1).toString(16).padStart(2 * size, '0')]);
      const expected = column.endsWith('_mac') ? `00:00:00:00:00:0${from + 1}` : BigInt(from + 1);
      for (const [name, wire] of protocols) {
        assert.equal(flowOf(wire, fields)[column], expected, `${name} ${column}`);
        assert.equal(flowOf(wire, fields.toReversed())[column], expected, `${name} ${column} reversed`);
      }
    }
  }
});

test('232 and 299 are of the other direction and fill nothing', () => {
  gives(
    [
      ['232/8', '00000000000000ff'],
      ['299/8', '00000000000000ff'],
      ['7/2', '0001'],
    ],
    { bytes: 0n, packets: 0n },
  );
});

test('C-106 totals that stand in for deltas are counted, each element', () => {
  const collector = new Collector();
  flowOf(
    ipfix,
    [
      ['85/8', '00000000000000ff'],
      ['86/8', '0000000000000001'],
    ],
    { collector },
  );
  assert.deepEqual([collector.count('notices:total_octets'), collector.count('notices:total_packets')], [1, 1]);
  flowOf(
    ipfix,
    [
      ['85/8', '00000000000000ff'],
      ['1/4', '00000001'],
      ['2/4', '00000001'],
      ['86/4', '00000009'],
    ],
    { collector },
  );
  assert.deepEqual([collector.count('notices:total_octets'), collector.count('notices:total_packets')], [1, 1]);
});

test('C-044 of an element that repeats the last one fills a column, and all of them a list', () => {
  gives(
    [
      ['7/2', '0001'],
      ['7/2', '0002'],
      ['47/4', '01010101'],
      ['47/4', '02020202'],
    ],
    { src_port: 2n, mpls_ip: ['1.1.1.1', '2.2.2.2'] },
  );
});

test('addresses of both families: the IPv4 one unless it is zero (D-4)', () => {
  const of = (src4: string, src6: string, dst4: string, dst6: string, ...more: FieldOfRecord[]): FieldOfRecord[] => [
    ['8/4', src4],
    ['27/16', src6],
    ['12/4', dst4],
    ['28/16', dst6],
    ...more,
  ];
  const zero4 = '00000000';
  const flows: [fields: FieldOfRecord[], src: string, dst: string, etype: bigint][] = [
    [of('01020304', zero6, '05060708', zero6), '1.2.3.4', '5.6.7.8', 0x0800n],
    [of(zero4, v6, zero4, other6), '2001:db8::1', '2001:db8::2', 0x86ddn],
    [of('01020304', v6, '05060708', other6), '1.2.3.4', '5.6.7.8', 0x0800n],
    [of(zero4, zero6, '05060708', zero6), '0.0.0.0', '5.6.7.8', 0x0800n],
    [of('01020304', zero6, zero4, zero6), '1.2.3.4', '0.0.0.0', 0x0800n],
    [of(zero4, zero6, zero4, zero6), '::', '::', 0x86ddn],
    [of(zero4, zero6, zero4, zero6, ['60/1', '04']), '0.0.0.0', '0.0.0.0', 0x0800n],
    [of(zero4, v6, zero4, other6, ['60/1', '06']), '2001:db8::1', '2001:db8::2', 0x86ddn],
  ];
  for (const [fields, src_addr, dst_addr, etype] of flows) {
    gives(fields, { src_addr, dst_addr, etype });
    gives(fields.toReversed(), { src_addr, dst_addr, etype });
  }
});

test('next hops of both families follow the same rule', () => {
  const of = (family: FieldOfRecord, v4: string, hop6: string): FieldOfRecord[] => [
    family,
    ['15/4', v4],
    ['62/16', hop6],
    ['63/16', hop6],
    ['18/4', v4],
  ];
  gives(of(['8/4', '01020304'], 'c0000201', zero6), { next_hop: '192.0.2.1', bgp_next_hop: '192.0.2.1' });
  gives(of(['27/16', v6], '00000000', other6), { next_hop: '2001:db8::2', bgp_next_hop: '2001:db8::2' });
  gives(of(['8/4', '01020304'], '00000000', zero6), { next_hop: '0.0.0.0', bgp_next_hop: '0.0.0.0' });
  gives(of(['27/16', v6], '00000000', zero6), { next_hop: '::', bgp_next_hop: '::' });
});

test('prefix lengths of both families follow the EtherType', () => {
  const lengths: FieldOfRecord[] = [
    ['29/1', '40'],
    ['9/1', '18'],
    ['30/1', '30'],
    ['13/1', '10'],
  ];
  gives([['8/4', '01020304'], ...lengths], { src_net: 24n, dst_net: 16n });
  gives([['27/16', v6], ...lengths], { src_net: 64n, dst_net: 48n });
});

test('ICMP of both families follows the protocol; elements of their own before the combined ones (D-4)', () => {
  const both: FieldOfRecord[] = [
    ['32/2', '0301'],
    ['139/2', '8104'],
  ];
  gives([['4/1', '01'], ...both], { icmp_type: 3n, icmp_code: 1n });
  gives([['4/1', '3a'], ...both], { icmp_type: 0x81n, icmp_code: 4n });
  gives([['27/16', v6], ...both], { icmp_type: 0x81n, icmp_code: 4n });
  gives(
    [
      ['32/2', '0301'],
      ['176/1', '08'],
      ['177/1', '09'],
    ],
    { icmp_type: 8n, icmp_code: 9n },
  );
  gives(
    [
      ['178/1', '80'],
      ['139/2', '0102'],
      ['179/1', '07'],
      ['4/1', '3a'],
    ],
    { icmp_type: 128n, icmp_code: 7n },
  );
  gives(
    [
      ['176/1', '08'],
      ['177/1', '09'],
      ['178/1', '80'],
      ['4/1', '3a'],
    ],
    { icmp_type: 128n, icmp_code: 0n },
  );
});

test('MPLS labels are 20 bits, and those that the template lacks are 0', () => {
  const stack = Array.from({ length: 10 }, (_, i): FieldOfRecord => [`${79 - i}/3`, `0000${(10 - i).toString(16)}1`]);
  gives(stack, { mpls_label: Array.from({ length: 10 }, (_, i) => BigInt(i + 1)) });
  gives(
    [
      ['71/3', '000051'],
      ['7/2', '0000'],
    ],
    { mpls_label: [0n, 5n] },
  );
});

test('C-095 structured data is stepped over', () => {
  // basicList of two octets, subTemplateList, subTemplateMultiList, then an address
  const flow = flowOf(ipfix, [
    ['291/v', 'ff 0007 0002 0050 0051'],
    ['292/v', 'ff 0101 0001'],
    ['293/v', 'ff 0101 0006 0001'],
    ['8/4', '01020304'],
  ]);
  assert.equal(flow.src_addr, '1.2.3.4');
});

test('C-098, C-099 no inner length of structured data keeps a loop going, no template contains itself endlessly', () => {
  const collector = new Collector();
  const template = ipfix.template(256, '293/v', '8/4');
  const lists = [
    'ff 0100 0000',
    `ff ${'0100 0000'.repeat(10)}`,
    'ff 0100 0004',
    'ff 0100 ffff',
    'ff 0100 0003',
    'ff',
    '',
  ];
  for (const list of lists) {
    const octets = list.replaceAll(' ', '');
    const length = (octets.length / 2).toString(16).padStart(2, '0');
    const { flows } = collector.send(ipfix.message([template, data(256, `${length}${octets} 01020304`)]));
    assert.deepEqual(
      flows.map(({ src_addr }) => src_addr),
      ['1.2.3.4'],
    );
  }
});

test('C-110 paddingOctets fill nothing', () => {
  gives(
    [
      ['210/4', 'ffffffff'],
      ['7/2', '0001'],
      ['210/12', 'ff'.repeat(12)],
    ],
    { src_port: 1n, bytes: 0n, src_addr: '' },
  );
});

test('C-090, RFC 5471 3.3.1 elements that are not known are noted once, and the known ones decode', () => {
  const collector = new Collector();
  const fields: FieldOfRecord[] = [
    ['9.4660/4', '01020304'],
    ['60000/2', '0001'],
    ['8/4', '01020304'],
    ['29305.1/4', '00000001'],
  ];
  const specifiers = fields.filter(([name]) => !name.startsWith('60000'));
  for (let i = 0; i < 3; i++) {
    assert.equal(flowOf(ipfix, specifiers, { collector, id: 256 + i }).src_addr, '1.2.3.4');
  }
  assert.deepEqual(collector.producers.interpreted.plans.unknownElements.list(), [{ pen: 9, id: 4660 }]);
  assert.equal(collector.count('notices:unknown_element'), 1);
  flowOf(
    v9,
    [
      ['60000/2', '0001'],
      ['8/4', '01020304'],
    ],
    { collector },
  );
  assert.equal(collector.count('notices:unknown_element'), 2);
  collector.send(
    v9.message([v9.optionsTemplate(300, ['1/4'], ['34/4', '61000/2']), data(300, '00000000000000640000')]),
  );
  assert.deepEqual(collector.producers.interpreted.plans.unknownElements.list().at(-1), { pen: 0, id: 61_000 });
});

test('C-093 records of both directions without a directional key are dropped', () => {
  const collector = new Collector();
  const without = ipfix.template(256, '4/1', '1/4', '29305.1/4');
  collector.send(ipfix.message([without, data(256, '06 00000001 00000002')]));
  assert.equal(collector.count('records_dropped:no_direction'), 1);
  const flow = flowOf(
    ipfix,
    [
      ['8/4', '01020304'],
      ['1/4', '00000001'],
      ['29305.1/4', '00000002'],
    ],
    { collector },
  );
  assert.equal(flow.bytes, 1n);
});

test('C-071 reduced sizes of every column that is a number', () => {
  for (let size = 1; size <= 8; size++) {
    gives(
      [
        [`7/${size}`, '50'.padStart(2 * size, '0')],
        [`138/${size}`, '07'.padStart(2 * size, '0')],
      ],
      {
        src_port: 0x50n,
        observation_point_id: 7n,
      },
    );
  }
});

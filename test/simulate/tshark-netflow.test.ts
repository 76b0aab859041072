import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { encodeIpfix } from '#src/simulate/ipfix.js';
import { encodeNetFlowV5 } from '#src/simulate/netflow-fixed.js';
import { encodeNetFlowV9 } from '#src/simulate/netflow-v9.js';
import { encodeOptionsTemplateSet, encodeSet, encodeTemplateSet } from '#src/simulate/sets.js';
import { encodeDataRecord, encodeWithdrawal, V9Scope, VARIABLE_LENGTH } from '#src/simulate/templates.js';
import * as values from '#src/simulate/values.js';
import { FLOW_PORT, writeDatagrams } from '../support/datagram-capture.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { all, complaints, dissectAll, shows } from '../support/tshark.ts';
import type { Dissected } from '../support/tshark.ts';

const base = 1_700_000_000;
const ns = 1_700_000_000_123_456_789n;

async function dissected(t: TestContext, payloads: readonly Uint8Array[]): Promise<Dissected[]> {
  const capture = join(temporaryFolder(t), 'netflow.pcap');
  writeDatagrams(capture, payloads, FLOW_PORT);
  return dissectAll(capture);
}

/** The fields named, as tshark shows them. */
function pick(packet: Dissected, names: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(names.map((name) => [name, shows(packet, name)]));
}

test('tshark reads a simulated NetFlow v5 datagram', skipWithout('tshark'), async (t) => {
  const record = {
    source: '198.51.100.1',
    destination: '203.0.113.2',
    nextHop: '192.0.2.3',
    input: 11,
    output: 12,
    packets: 4_000_000_001n,
    octets: 4_000_000_002,
    first: 90_000,
    last: 99_500,
    sourcePort: 40_000,
    destinationPort: 443,
    tcpFlags: 0x1b,
    protocol: 6,
    tos: 0xb8,
    sourceAs: 64_496,
    destinationAs: 64_511,
    sourceMask: 24,
    destinationMask: 17,
  };
  const header = {
    sysUptimeMs: 100_000,
    unixSeconds: base,
    unixNanoseconds: 500_000_000,
    sequence: 77,
    engineType: 1,
    engineId: 2,
    samplingMode: 2,
    samplingInterval: 1_000,
  };
  const [packet] = await dissected(t, [encodeNetFlowV5(header, [record, { ...record, protocol: 17, sourcePort: 53 }])]);
  assert.deepEqual(complaints(packet!), []);
  const expected = {
    'cflow.version': ['5'],
    'cflow.count': ['2'],
    'cflow.sequence': ['77'],
    'cflow.engine_type': ['1'],
    'cflow.engine_id': ['2'],
    'cflow.samplingmode': ['2'],
    'cflow.samplerate': ['1000'],
    'cflow.srcaddr': ['198.51.100.1', '198.51.100.1'],
    'cflow.dstaddr': ['203.0.113.2', '203.0.113.2'],
    'cflow.nexthop': ['192.0.2.3', '192.0.2.3'],
    'cflow.inputint': ['11', '11'],
    'cflow.outputint': ['12', '12'],
    'cflow.packets': ['4000000001', '4000000001'],
    'cflow.octets': ['4000000002', '4000000002'],
    'cflow.timestart': ['90.000000000', '90.000000000'],
    'cflow.timeend': ['99.500000000', '99.500000000'],
    'cflow.srcport': ['40000', '53'],
    'cflow.dstport': ['443', '443'],
    'cflow.tcpflags': ['0x1b', '0x1b'],
    'cflow.protocol': ['6', '17'],
    'cflow.tos': ['0xb8', '0xb8'],
    'cflow.srcas': ['64496', '64496'],
    'cflow.dstas': ['64511', '64511'],
    'cflow.srcmask': ['24', '24'],
    'cflow.dstmask': ['17', '17'],
  };
  assert.deepEqual(pick(packet!, Object.keys(expected)), expected);
});

test('tshark reads templates, options and data of simulated NetFlow v9', skipWithout('tshark'), async (t) => {
  const fields = [
    { id: 8, length: 4 },
    { id: 27, length: 16 },
    { id: 1, length: 3 },
    { id: 56, length: 6 },
    { id: 22, length: 4 },
  ];
  const scopes = [{ id: V9Scope.system, length: 4 }];
  const options = [
    { id: 34, length: 4 },
    { id: 35, length: 1 },
  ];
  const data = encodeDataRecord(fields, [
    values.address('198.51.100.9'),
    values.address('2001:db8::9'),
    values.integer(1_234_567, 3),
    values.mac('02:00:00:00:00:42'),
    values.integer(95_000, 4),
  ]);
  const option = encodeDataRecord(
    [...scopes, ...options],
    [values.address('192.0.2.1'), values.integer(512, 4), values.integer(2, 1)],
  );
  const header = { sysUptimeMs: 100_000, unixSeconds: base, sourceId: 9, count: 1 };
  const packets = await dissected(t, [
    encodeNetFlowV9({ ...header, sequence: 1, count: 4 }, [
      encodeTemplateSet(9, [{ id: 300, fields }]),
      encodeOptionsTemplateSet(9, [{ id: 301, scopes, fields: options }]),
      encodeSet(301, [option], { align: 4 }),
      encodeSet(300, [data], { align: 4 }),
    ]),
    encodeNetFlowV9({ ...header, sequence: 2, count: 2 }, [encodeSet(300, [data, data], { align: 4 })]),
  ]);
  for (const packet of packets) assert.deepEqual(complaints(packet), []);
  const expected = {
    'cflow.flowset_id': ['0', '1', '301', '300'],
    'cflow.template_field_type': ['8', '27', '1', '56', '22', '34', '35'],
    'cflow.scope_field_type': ['1'],
    'cflow.scope': [],
    'cflow.srcaddr': ['198.51.100.9'],
    'cflow.srcaddrv6': ['2001:db8::9'],
    'cflow.octets': ['1234567'],
    'cflow.srcmac': ['02:00:00:00:00:42'],
    'cflow.timestart': ['95.000000000'],
    'cflow.sampling_interval': ['512'],
    'cflow.sampling_algorithm': ['2'],
  };
  assert.deepEqual(pick(packets[0]!, Object.keys(expected)), expected);
  assert.deepEqual(shows(packets[1]!, 'cflow.octets'), ['1234567', '1234567']);
  assert.deepEqual(shows(packets[1]!, 'cflow.sequence'), ['2']);
});

/** An element with a value, and how tshark names and shows it. */
const row = (id: number, value: Uint8Array, field: string, show: string, pen?: number) => ({
  spec: { id, length: value.length, ...(pen === undefined ? {} : { pen }) },
  value,
  field,
  show,
});

test('tshark reads every data type of simulated IPFIX', skipWithout('tshark'), async (t) => {
  const long = 'x'.repeat(300);
  const rows = [
    row(1, values.integer(2n ** 63n + 1n, 8), 'cflow.octets', '9223372036854775809'),
    row(2, values.integer(77, 1), 'cflow.packets', '77'),
    row(8, values.address('198.51.100.7'), 'cflow.srcaddr', '198.51.100.7'),
    row(28, values.address('2001:db8::77'), 'cflow.dstaddrv6', '2001:db8::77'),
    row(80, values.mac('02:00:00:00:00:77'), 'cflow.dstmac', '02:00:00:00:00:77'),
    row(82, values.string('eth0', 8), 'cflow.if_name', 'eth0'),
    row(276, values.boolean(true), 'cflow.data_records_reliability', '1'),
    row(311, values.float64(0.125), 'cflow.sampling_probability', '0.125'),
    row(150, values.dateTimeSeconds(ns), 'cflow.abstimestart', 'Nov 14, 2023 22:13:20.000000000 UTC'),
    row(153, values.dateTimeMilliseconds(ns), 'cflow.abstimeend', 'Nov 14, 2023 22:13:20.123000000 UTC'),
    row(156, values.dateTimeNanoseconds(ns), 'cflow.abstimestart', 'Nov 14, 2023 22:13:20.123456788 UTC'),
    row(139, values.integer(0x0301, 2), 'cflow.icmp_ipv6_type_code', ''),
  ];
  const fields = rows.map(({ spec }) => spec);
  const text = [
    { id: 83, length: VARIABLE_LENGTH },
    { id: 100, length: VARIABLE_LENGTH },
    { id: 4, length: 1 }, // tshark keeps no template of variable lengths only
  ];
  const scopes = [
    { id: 149, length: 4 },
    { id: 302, length: 8 },
  ];
  const sampling = [
    { id: 305, length: 4 },
    { id: 306, length: 4 },
    { id: 1, pen: 29_305, length: 2 },
  ];
  const message = encodeIpfix({ exportSeconds: base, sequence: 5, domain: 6 }, [
    encodeTemplateSet(10, [
      { id: 400, fields },
      { id: 401, fields: text },
    ]),
    encodeOptionsTemplateSet(10, [{ id: 402, scopes, fields: sampling }], { padding: new Uint8Array(2) }),
    encodeSet(402, [
      encodeDataRecord(
        [...scopes, ...sampling],
        [
          values.integer(6, 4),
          values.integer(3, 8),
          values.integer(1, 4),
          values.integer(999, 4),
          values.integer(7, 2),
        ],
      ),
    ]),
    encodeSet(
      400,
      [
        encodeDataRecord(
          fields,
          rows.map(({ value }) => value),
        ),
      ],
      { align: 4 },
    ),
    encodeSet(401, [
      encodeDataRecord(text, [
        values.string('short'),
        { octets: values.string('long form'), longForm: true },
        values.integer(6, 1),
      ]),
      encodeDataRecord(text, [values.string(long), values.string(''), values.integer(17, 1)]),
    ]),
    encodeSet(2, [encodeWithdrawal(400)]),
  ]);
  const [packet] = await dissected(t, [message]);
  assert.deepEqual(complaints(packet!), []);
  const seen = all(packet!, 'cflow.flowset_id').map(({ show }) => show);
  assert.deepEqual(seen, ['2', '3', '402', '400', '401', '2']);
  for (const { field, show } of rows) {
    if (show !== '') assert.ok(shows(packet!, field).includes(show), `${field}: ${shows(packet!, field).join()}`);
  }
  assert.deepEqual(pick(packet!, ['cflow.if_descr', 'cflow.sampling_packet_interval', 'cflow.sampling_packet_space']), {
    'cflow.if_descr': ['short', long],
    'cflow.sampling_packet_interval': ['1'],
    'cflow.sampling_packet_space': ['999'],
  });
  assert.deepEqual(shows(packet!, 'cflow.od_id'), ['6', '6']); // of the header, and the scope of the options record
});

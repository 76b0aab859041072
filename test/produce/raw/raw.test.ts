import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ElementRegistry } from '#src/decode/elements/registry.js';
import { RawProducer, recordsOf } from '#src/produce/raw/raw-producer.js';
import { root } from '../../support/requirements.ts';
import { readCapture, storedDatagram } from '../../support/stored-datagram.ts';
import type { StoredDatagram } from '../../support/stored-datagram.ts';
import { octetsOf, vectors } from '../../support/vectors.ts';
import { WholeChain } from '../../support/whole-chain.ts';

/** Raw messages of the last of these datagrams. */
function rawOf(hex: readonly string[], producer = new RawProducer('json', undefined)): string[] {
  const chain = new WholeChain();
  let messages: string[] = [];
  chain.onPacket = (packet, datagram) => void messages.push(producer.message(packet, datagram));
  for (const each of hex) {
    messages = [];
    chain.take(storedDatagram(octetsOf(each)));
  }
  return messages;
}

/** Where what comes out here is another than the Go program's, as text to find in ours and why. */
const corrected: Record<string, { readonly has: RegExp; readonly rule: string }> = {
  'sflow-flow-sample-icmp': { rule: 'C-153 padding is no part of the header', has: /"header-data":"[^"]*Z2hp"/ },
  'probe-v5-count-exceeds-records': { rule: 'C-142 one record', has: /"records":\[\{[^{}]*\}\]/ },
  'probe-ipfix-enterprise-options': {
    rule: 'C-042 the enterprise bit is no part of the type',
    has: /"pen-provided":true,"type":305,"pen":2636,"value":"AAAAMg=="/,
  },
  'probe-sflow-gateway-two-as-segments': {
    rule: 'C-156 all segments',
    has: /"as-path":\[65001,65002\],"as-path-segments":\[\{"type":2,"path":\[65001,65002\]\},\{"type":1,"path":\[65003\]\}\],"communities-length":2,"communities":\[1,2\]/,
  },
};

for (const { name, hex, setup_hex = [], observed } of vectors) {
  if (observed?.raw_json === undefined) continue;
  test(`raw vector ${name}`, () => {
    const ours = rawOf([...setup_hex, hex]);
    const expected = observed.raw_json!.filter((line) => line !== 'OK');
    const row = corrected[name];
    if (row === undefined) return assert.deepEqual(ours, expected);
    assert.equal(ours.length, 1);
    assert.match(ours[0]!, row.has, row.rule);
    assert.notEqual(ours[0], expected[0]);
    return undefined;
  });
}

test('every corrected raw vector exists', () => {
  for (const name of Object.keys(corrected)) assert.ok(vectors.some((vector) => vector.name === name, name));
});

test('text: a summary of each datagram', () => {
  const text = new RawProducer('text', undefined);
  const summaries = new Map([
    ['nfv5-6-records', 'NetFlowV5 seq:25661 count:6'],
    ['nfv9-template-260', 'NetFlowV9 count:1 seq:838987416'],
    ['probe-ipfix-template-and-data-same-message', 'IPFIX count:2 seq:7'],
    ['sflow-drop-egress-queue', 'sFlow5 agent:192.168.119.184 seq:3 count:1'],
  ]);
  for (const [name, summary] of summaries) {
    const vector = vectors.find((candidate) => candidate.name === name)!;
    const line = `2023-11-14 22:13:20.123456789 +0000 UTC 192.0.2.1:50000: ${summary}`;
    assert.deepEqual(rawOf([...(vector.setup_hex ?? []), vector.hex], text), [line]);
  }
});

interface Decoded {
  readonly name?: string;
  readonly decoded?: unknown;
}

const template = (fields: string, count: number) => {
  const set = `0002${(8 + fields.length / 2).toString(16).padStart(4, '0')}0100${count.toString(16).padStart(4, '0')}${fields}`;
  return message(set);
};
const message = (sets: string) =>
  `000a${(16 + sets.length / 2).toString(16).padStart(4, '0')}659200800000000700000009${sets}`;
const data = (values: string) => message(`0100${(4 + values.length / 2).toString(16).padStart(4, '0')}${values}`);

/** Names and decoded values of one IPFIX record. */
function decode(fields: string, count: number, values: string): Decoded[] {
  const names = new RawProducer('json', ElementRegistry.bundled());
  const [line] = rawOf([template(fields, count), data(values)], names);
  const parsed = JSON.parse(line!) as {
    message: { 'flow-sets': { records: { values: Decoded[] }[] }[] };
  };
  return parsed.message['flow-sets'][0]!.records[0]!.values.map(({ name, decoded }) => ({ name, decoded }) as Decoded);
}

test('names: each value has the name of its element, and the value by its type', () => {
  const rows: [id: number, hex: string, name: string, decoded: unknown][] = [
    [8, 'c0000201', 'sourceIPv4Address', '192.0.2.1'],
    [27, '20010db8000000000000000000000001', 'sourceIPv6Address', '2001:db8::1'],
    [56, '0053000000aa', 'sourceMacAddress', '00:53:00:00:00:aa'],
    [1, '0102', 'octetDeltaCount', 258],
    [82, '657468300000', 'interfaceName', 'eth0'],
    [82, 'ff', 'interfaceName', null],
    [150, '6553f100', 'flowStartSeconds', '2023-11-14T22:13:20Z'],
    [152, '0000018bcfe56801', 'flowStartMilliseconds', '2023-11-14T22:13:20.001Z'],
    [156, 'ebe50e38c50cc000', 'flowStartNanoseconds', '2025-05-31T05:12:24.769725799Z'],
    [276, '01', 'dataRecordsReliability', true],
    [276, '03', 'dataRecordsReliability', null],
    [8, 'c000', 'sourceIPv4Address', null],
  ];
  const fields = rows.map(
    ([id, hex]) => id.toString(16).padStart(4, '0') + (hex.length / 2).toString(16).padStart(4, '0'),
  );
  const out = decode(fields.join(''), rows.length, rows.map(([, hex]) => hex).join(''));
  assert.deepEqual(
    out,
    rows.map(([, , name, decoded]) => ({ name, decoded })),
  );
});

test('names: 64-bit values are exact', () => {
  const names = new RawProducer('json', ElementRegistry.bundled());
  const [line] = rawOf([template('00010008', 1), data('ffffffffffffffff')], names);
  assert.match(line!, /"decoded":18446744073709551615\}/);
});

test('C-092 an enterprise element that nobody knows is in raw output, with its octets', () => {
  const out = rawOf([template('80050002000f4240', 1), data('beef')]);
  assert.match(out[0]!, /\{"pen-provided":true,"type":5,"pen":1000000,"value":"vu8="\}/);
});

test('C-094 reverse elements have reverse names', () => {
  const [octets, port] = decode('80010004000072798007000200007279', 2, '0000000a01bb');
  assert.deepEqual(octets, { name: 'reverseOctetDeltaCount', decoded: 10 });
  assert.deepEqual(port, { name: 'reverseSourceTransportPort', decoded: 443 });
});

/** An IPFIX options template of one scope (144) and these fields, and a record of it. */
function options(fields: [id: number, hex: string][]): Decoded[] {
  const list = fields.map(
    ([id, hex]) => id.toString(16).padStart(4, '0') + (hex.length / 2).toString(16).padStart(4, '0'),
  );
  const body = `0101${(fields.length + 1).toString(16).padStart(4, '0')}000100900004${list.join('')}`;
  const values = `00000001${fields.map(([, hex]) => hex).join('')}`;
  const hex = [
    message(`0003${(4 + body.length / 2).toString(16).padStart(4, '0')}${body}`),
    message(`0101${(4 + values.length / 2).toString(16).padStart(4, '0')}${values}`),
  ];
  const [line] = rawOf(hex, new RawProducer('json', ElementRegistry.bundled()));
  const parsed = JSON.parse(line!) as { message: { 'flow-sets': { records: { 'option-values': Decoded[] }[] }[] } };
  return parsed.message['flow-sets'][0]!.records[0]!['option-values'].map(
    ({ name, decoded }) => ({ name, decoded }) as Decoded,
  );
}

test('C-065 statistics of the metering process are in raw output by name', () => {
  assert.deepEqual(
    options([
      [41, '0000000000000005'],
      [42, '0000000000000006'],
      [40, '0000000000000007'],
    ]),
    [
      { name: 'exportedMessageTotalCount', decoded: 5 },
      { name: 'exportedFlowRecordTotalCount', decoded: 6 },
      { name: 'exportedOctetTotalCount', decoded: 7 },
    ],
  );
});

test('C-066 what the metering process ignored is in raw output, with the two times of its interval', () => {
  const time = '0000018bcfe56801';
  assert.deepEqual(
    options([
      [164, '00000009'],
      [165, '0000000a'],
      [323, time],
      [323, '0000018bcfe56802'],
    ]),
    [
      { name: 'ignoredPacketTotalCount', decoded: 9 },
      { name: 'ignoredOctetTotalCount', decoded: 10 },
      { name: 'observationTimeMilliseconds', decoded: '2023-11-14T22:13:20.001Z' },
      { name: 'observationTimeMilliseconds', decoded: '2023-11-14T22:13:20.002Z' },
    ],
  );
});

test('C-067 what the exporting process did not send is in raw output', () => {
  assert.deepEqual(
    options([
      [166, '00000001'],
      [167, '00000002'],
      [168, '00000003'],
    ]),
    [
      { name: 'notSentFlowTotalCount', decoded: 1 },
      { name: 'notSentPacketTotalCount', decoded: 2 },
      { name: 'notSentOctetTotalCount', decoded: 3 },
    ],
  );
});

test('C-103 application ids and their names from options are in raw output', () => {
  assert.deepEqual(
    options([
      [95, '03000050'],
      [96, '68747470'],
      [94, '776562'],
    ]),
    [
      { name: 'applicationId', decoded: undefined },
      { name: 'applicationName', decoded: 'http' },
      { name: 'applicationDescription', decoded: 'web' },
    ],
  );
});

test('C-108 PSAMP hash ranges come in any order, and of accuracy reports every one is shown, the latest last', () => {
  const minimum: [number, string] = [331, '00000001'];
  const maximum: [number, string] = [332, '00000002'];
  const shown = (fields: [number, string][]) =>
    options(fields).map(({ name, decoded }) => `${name}=${String(decoded)}`);
  assert.deepEqual(shown([minimum, maximum]), ['hashSelectedRangeMin=1', 'hashSelectedRangeMax=2']);
  assert.deepEqual(shown([maximum, minimum]), ['hashSelectedRangeMax=2', 'hashSelectedRangeMin=1']);
  assert.deepEqual(
    shown([
      [320, '40000000'],
      [320, '40400000'],
    ]),
    ['absoluteError=2', 'absoluteError=3'],
  );
});

test('C-109 common properties are in raw output by name', () => {
  assert.deepEqual(options([[137, '0000000000000011']]), [{ name: 'commonPropertiesId', decoded: 17 }]);
});

test('every capture of our own: one valid JSON value a datagram, and as many records as were decoded', async () => {
  const folder = join(root, 'test/fixtures/live-own');
  const producer = new RawProducer('json', ElementRegistry.bundled());
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.pcap'))) {
    const stored: StoredDatagram[] = await readCapture(join(folder, file));
    const chain = new WholeChain();
    let records = 0;
    chain.onPacket = (packet, datagram) => {
      records += recordsOf(packet);
      const parsed = JSON.parse(producer.message(packet, datagram)) as { type: string };
      assert.ok(['netflowv1', 'netflowv5', 'netflowv7', 'netflowv9', 'ipfix', 'sflow'].includes(parsed.type));
    };
    for (const datagram of stored) chain.take(datagram);
    assert.equal(records, chain.counters.get('records_decoded'), file);
  }
});

test('NetFlow v1, v5 and v7: each member is read from its own octets', () => {
  /** A header, then records whose octets are 1, 2, 3 ... */
  const message = (version: number, headerLength: number, recordLength: number): Record<string, unknown> => {
    const octets = new Uint8Array(headerLength + recordLength).fill(0);
    octets.set([0, version, 0, 1]);
    for (let i = 0; i < recordLength; i++) octets[headerLength + i] = i + 1;
    const parsed = JSON.parse(rawOf([Buffer.from(octets).toString('hex')])[0]!) as {
      message: { records: Record<string, unknown>[] };
    };
    return parsed.message.records[0]!;
  };
  const number = (from: number, length: number) =>
    Array.from({ length }, (_, i) => from + i + 1).reduce((sum, octet) => sum * 256 + octet, 0);
  const ends = {
    'src-addr': '1.2.3.4',
    'dst-addr': '5.6.7.8',
    'next-hop': '9.10.11.12',
    input: number(12, 2),
    output: number(14, 2),
    dpkts: number(16, 4),
    doctets: number(20, 4),
    first: number(24, 4),
    last: number(28, 4),
    'src-port': number(32, 2),
    'dst-port': number(34, 2),
  };
  const routed = (first: string, second: string) => ({
    [first]: 37,
    'tcp-flags': 38,
    proto: 39,
    tos: 40,
    'src-as': number(40, 2),
    'dst-as': number(42, 2),
    'src-mask': 45,
    'dst-mask': 46,
    [second]: number(46, 2),
  });
  assert.deepEqual(message(1, 16, 52), {
    ...ends,
    pad1: number(36, 2),
    proto: 39,
    tos: 40,
    'tcp-flags': 41,
    pad2: number(41, 3),
    reserved: number(44, 4),
  });
  assert.deepEqual(message(5, 24, 48), { ...ends, ...routed('pad1', 'pad2') });
  assert.deepEqual(message(7, 24, 52), { ...ends, ...routed('flags1', 'flags2'), 'router-sc': '49.50.51.52' });
});

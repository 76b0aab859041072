import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawProducer } from '#src/produce/raw/raw-producer.js';
import { encodeIpfix } from '#src/simulate/ipfix.js';
import { encodeFixed } from '#src/simulate/netflow-fixed.js';
import { encodeNetFlowV9 } from '#src/simulate/netflow-v9.js';
import { encodeOptionsTemplateSet, encodeSet, encodeTemplateSet } from '#src/simulate/sets.js';
import { counterRecord } from '#src/simulate/sflow-counter-records.js';
import * as records from '#src/simulate/sflow-flow-records.js';
import * as sflow from '#src/simulate/sflow.js';
import type { SFlowRecord } from '#src/simulate/sflow.js';
import { storedDatagram } from '../../support/stored-datagram.ts';
import { WholeChain } from '../../support/whole-chain.ts';

/** Keys whose text is octets in base64. */
const octetKeys = new Set(['value', 'data', 'header-data']);

/**
 * The keys of a JSON value in their order, and their types: `key` alone is a number, others are `key:text`,
 * `key:base64`, `key:bool`, `key:null`; of a list, the shapes that its elements have.
 */
function shapeOf(value: unknown, key = ''): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return `[${[...new Set(value.map((each) => shapeOf(each, key)))].join(' | ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([name, each]) => member(name, shapeOf(each, name)))
      .join(' ')}}`;
  }
  if (!octetKeys.has(key)) return 'text';
  assert.equal(Buffer.from(value as string, 'base64').toString('base64'), value, key);
  return 'base64';
}

const member = (name: string, shape: string) => (shape === 'number' ? name : `${name}:${shape}`);
const oneLine = (text: string) => text.trim().replace(/\s+/g, ' ').replaceAll('[ ', '[');

/** Holds the raw message of the last of these datagrams to its type and shape. */
function check(type: string, shape: string, ...datagrams: readonly Uint8Array[]): void {
  const producer = new RawProducer('json', undefined);
  const chain = new WholeChain();
  let text = '';
  chain.onPacket = (packet, datagram) => void (text = producer.message(packet, datagram));
  for (const octets of datagrams) chain.take(storedDatagram(octets));
  const envelope = JSON.parse(text) as { type: string; message: unknown };
  assert.equal(shapeOf({ ...envelope, message: 0 }), '{type:text message src:text time_received:text}');
  assert.equal(envelope.type, type);
  assert.equal(shapeOf(envelope.message), oneLine(shape));
}

const flow = {
  source: '192.0.2.1',
  destination: '198.51.100.2',
  packets: 1,
  octets: 2,
  first: 3,
  last: 4,
  protocol: 6,
};
const ends = 'src-addr:text dst-addr:text next-hop:text input output dpkts doctets first last src-port dst-port';

test('raw keys: NetFlow v5, and v1 and v7 by its pattern', () => {
  const header = { sysUptimeMs: 1, unixSeconds: 2, sequence: 3, samplingInterval: 4 };
  const two = (version: 1 | 5 | 7) => encodeFixed(version, header, [flow, flow]);
  const start = 'version count sys-uptime unix-secs unix-nsecs';
  check(
    'netflowv5',
    `{${start} flow-sequence engine-type engine-id sampling-interval
      records:[{${ends} pad1 tcp-flags proto tos src-as dst-as src-mask dst-mask pad2}]}`,
    two(5),
  );
  check('netflowv1', `{${start} records:[{${ends} pad1 proto tos tcp-flags pad2 reserved}]}`, two(1));
  check(
    'netflowv7',
    `{${start} flow-sequence reserved
      records:[{${ends} flags1 tcp-flags proto tos src-as dst-as src-mask dst-mask flags2 router-sc:text}]}`,
    two(7),
  );
});

const field = '{pen-provided:bool type length pen}';
const element = '{pen-provided:bool type pen value:base64}';
const template = {
  id: 256,
  fields: [
    { id: 8, length: 4 },
    { id: 2, length: 4 },
  ],
};
const options = {
  id: 257,
  scopes: [{ id: 1, length: 4 }],
  fields: [
    { id: 34, length: 4 },
    { id: 35, length: 1 },
  ],
};
const dataSets = [
  encodeSet(256, [Uint8Array.of(192, 0, 2, 1, 0, 0, 0, 9)]),
  encodeSet(257, [Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 100, 1)]),
];
const dataShape = `{id length records:[{values:[${element}]}]} |
  {id length records:[{scope-values:[${element}] option-values:[${element}]}]}`;

test('raw keys: NetFlow v9, its templates and its data', () => {
  const datagram = (sets: readonly Uint8Array[]) =>
    encodeNetFlowV9({ sysUptimeMs: 1, unixSeconds: 2, sequence: 3, sourceId: 4, count: sets.length }, sets);
  const header = 'version count system-uptime unix-seconds sequence-number source-id';
  const templates = datagram([encodeTemplateSet(9, [template]), encodeOptionsTemplateSet(9, [options])]);
  check(
    'netflowv9',
    `{${header} flow-sets:[
      {id length records:[{template-id field-count fields:[${field}]}]} |
      {id length records:[{template-id scope-length option-length scopes:[${field}] options:[${field}]}]}]}`,
    templates,
  );
  check('netflowv9', `{${header} flow-sets:[${dataShape}]}`, templates, datagram(dataSets));
});

test('raw keys: IPFIX, its templates, which have options in front of scopes, and its data', () => {
  const datagram = (sets: readonly Uint8Array[]) => encodeIpfix({ exportSeconds: 1, sequence: 2, domain: 3 }, sets);
  const header = 'version length export-time sequence-number observation-domain-id';
  const templates = datagram([encodeTemplateSet(10, [template]), encodeOptionsTemplateSet(10, [options])]);
  check(
    'ipfix',
    `{${header} flow-sets:[{id length records:[{template-id field-count fields:[${field}]}]} |
      {id length records:[{template-id field-count scope-field-count options:[${field}] scopes:[${field}]}]}]}`,
    templates,
  );
  check('ipfix', `{${header} flow-sets:[${dataShape}]}`, templates, datagram(dataSets));
  // a set whose template is not known has its header, and no records
  check('ipfix', `{${header} flow-sets:[{id length records:[]}]}`, datagram([dataSets[0]!]));
});

/** Holds a datagram with one sample to the shape of the sample; the header of each is the same. */
function checkSample(shape: string, sample: Uint8Array): void {
  const header = 'header:{format length sample-sequence-number source-id-type source-id-value}';
  check(
    'sflow',
    `{version ip-version agent-ip:text sub-agent-id sequence-number uptime samples-count samples:[{${header} ${shape}}]}`,
    sflow.encodeSFlow({ agent: '192.0.2.9', sequence: 1, uptimeMs: 2 }, [sample]),
  );
}

const common = { sequence: 1, source: { index: 2 } };
const sampled = { ...common, samplingRate: 1, samplePool: 2, drops: 3, input: { value: 4 }, output: { value: 5 } };
const queue = 'records:[{header:{data-format length} data:{queue}}]';

test('raw keys: sFlow samples of all kinds', () => {
  const one = [records.extendedEgressQueue(7)];
  checkSample(
    `sampling-rate sample-pool drops input output flow-records-count ${queue}`,
    sflow.encodeFlowSample({ ...sampled, records: one }),
  );
  checkSample(
    `sampling-rate sample-pool drops input-if-format input-if-value output-if-format output-if-value
      flow-records-count ${queue}`,
    sflow.encodeExpandedFlowSample({ ...sampled, records: one }),
  );
  const drop = { ...common, drops: 1, input: 2, output: 3, reason: 258, records: one };
  checkSample(`drops input output reason flow-records-count ${queue}`, sflow.encodeDropSample(drop));
  const counters = { ...common, records: [{ format: 1002, body: new Uint8Array(12) }] };
  const radio = 'records:[{header:{data-format length} data:{elapsed-time on-channel-time on-channel-busy-time}}]';
  for (const encode of [sflow.encodeCounterSample, sflow.encodeExpandedCounterSample]) {
    checkSample(`counter-records-count ${radio}`, encode(counters));
  }
});

const ip = { length: 1, protocol: 6, source: '192.0.2.1', destination: '198.51.100.2' };
const ip6 = { ...ip, source: '2001:db8::1', destination: '2001:db8::2' };
const mac = '00:53:00:00:00:01';
const gateway = { nextHop: '192.0.2.1', as: 1, sourceAs: 2, path: [], communities: [3] };
const ports = 'src-ip:text dst-ip:text src-port dst-port tcp-flags';
const hop = 'next-hop-ip-version next-hop:text';
const path = (as: string) =>
  `${hop} as src-as src-peer-as as-destinations as-path-type as-path-length as-path:${as} communities-length
    communities:[number] local-pref`;

const flowRecords: readonly [record: SFlowRecord, shape: string][] = [
  [
    records.rawHeader({ header: new Uint8Array(16) }),
    'protocol frame-length stripped original-length header-data:base64',
  ],
  [
    records.sampledEthernet({ length: 1, source: mac, destination: mac, etherType: 2048 }),
    'length src-mac:text dst-mac:text eth-type',
  ],
  [records.sampledIPv4(ip), `length protocol ${ports} tos`],
  [records.sampledIPv6(ip6), `length protocol ${ports} priority`],
  [records.extendedSwitch({ vlan: 1 }, { vlan: 2 }), 'src-vlan src-priority dst-vlan dst-priority'],
  [
    records.extendedRouter({ nextHop: '192.0.2.1', sourceMask: 1, destinationMask: 2 }),
    `${hop} src-mask-len dst-mask-len`,
  ],
  [records.extendedGateway(gateway), path('null')],
  [records.extendedGateway({ ...gateway, path: [{ type: 2, numbers: [4, 5] }] }), path('[number]')],
  [records.extendedEgressQueue(1), 'queue'],
  [records.extendedAcl(1, 'block', 2), 'number name:text direction'],
  [records.extendedFunction('ip_rcv'), 'symbol:text'],
  [records.opaqueRecord(4242, 1, Uint8Array.of(1, 2, 3, 4)), 'data:base64'],
];

test('raw keys: sFlow flow records', () => {
  for (const [record, shape] of flowRecords) {
    checkSample(
      `sampling-rate sample-pool drops input output flow-records-count
        records:[{header:{data-format length} data:{${shape}}}]`,
      sflow.encodeFlowSample({ ...sampled, records: [record] }),
    );
  }
});

test('raw keys: sFlow counter records of interfaces and of Ethernet, and unknown ones', () => {
  const rows: readonly [record: SFlowRecord, shape: string][] = [
    [
      counterRecord('interface'),
      `if-index if-type if-speed if-direction if-status if-in-octets if-in-ucast-pkts if-in-multicast-pkts
        if-in-broadcast-pkts if-in-discards if-in-errors if-in-unknown-protos if-out-octets if-out-ucast-pkts
        if-out-multicast-pkts if-out-broadcast-pkts if-out-discards if-out-errors if-promiscuous-mode`,
    ],
    [
      counterRecord('ethernet'),
      [
        'aligment-errors fcse-errors single-collision-frames multiple-collision-frames seq-test-errors',
        'deferred-transmissions late-collisions excessive-collisions internal-mac-transmit-errors',
        'carrier-sense-errors frame-too-longs internal-mac-receive-errors symbol-errors',
      ]
        .join(' ')
        .split(' ')
        .map((key) => `dot3-stats-${key}`)
        .join(' '),
    ],
    [records.opaqueRecord(4242, 1, Uint8Array.of(1, 2, 3, 4)), 'data:base64'],
  ];
  for (const [record, shape] of rows) {
    checkSample(
      `counter-records-count records:[{header:{data-format length} data:{${shape}}}]`,
      sflow.encodeCounterSample({ ...common, records: [record] }),
    );
  }
});

test('raw: samples and records that are announced and not there are in no list; their number is told', () => {
  const body = sflow.encodeFlowSample({ ...sampled, records: [records.extendedEgressQueue(1)], recordCount: 9 });
  checkSample(`sampling-rate sample-pool drops input output flow-records-count ${queue}`, body);
});

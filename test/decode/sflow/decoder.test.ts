import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MAX_RECORDS_PER_DATAGRAM } from '#src/decode/limits.js';
import { RecordWalker } from '#src/decode/sflow/records.js';
import { SFlowDecoder } from '#src/decode/sflow/decoder.js';
import type { SFlowPacket, SampleView } from '#src/decode/packet.js';
import { Counters } from '#src/metrics/counters.js';
import { counterRecord } from '#src/simulate/sflow-counter-records.js';
import * as records from '#src/simulate/sflow-flow-records.js';
import {
  encodeCounterSample,
  encodeDropSample,
  encodeExpandedCounterSample,
  encodeExpandedFlowSample,
  encodeFlowSample,
  encodeSFlow,
} from '#src/simulate/sflow.js';
import type { FlowSample, SFlowHeader } from '#src/simulate/sflow.js';
import { datagramOf, sflow } from '../../support/chain.ts';

const header: SFlowHeader = { agent: '192.0.2.9', subAgent: 3, sequence: 7, uptimeMs: 1000 };
const ip = { length: 100, protocol: 6, source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 5 };
const common = { sequence: 1, source: { type: 1, index: 3 } };
const sampled: FlowSample = {
  ...common,
  samplingRate: 512,
  samplePool: 2 ** 32 - 1,
  drops: 4,
  input: { value: 11 },
  output: { value: 12 },
  records: [records.sampledIPv4(ip)],
};
const flowSample = encodeFlowSample(sampled);

/** The packet of a datagram, as the decoder hands it on. */
function decode(octets: Uint8Array): { packet: SFlowPacket; counters: Record<string, number> } {
  const counters = new Counters();
  let found: SFlowPacket | undefined;
  const failure = new SFlowDecoder(counters).decode(datagramOf(octets), (packet) => {
    assert.equal(packet.kind, 'sflow_5');
    found = packet;
  });
  assert.equal(failure, undefined);
  return { packet: found!, counters: counters.snapshot() };
}

/** Format and body of every record of a sample. */
function recordsOf(octets: Uint8Array, sample: SampleView): [format: number, hex: string][] {
  const walker = new RecordWalker();
  walker.open(datagramOf(octets), sample);
  const found: [number, string][] = [];
  while (walker.next()) {
    const { bytes, pos, end } = walker.body;
    found.push([walker.format, Buffer.from(bytes.subarray(pos, end)).toString('hex')]);
  }
  return found;
}

test('C-147 only version 5 is decoded; 2 and 4 are counted as unsupported', () => {
  for (const [version, name] of [
    [2, 'sflow_2'],
    [4, 'sflow_4'],
    [6, 'other'],
    [0x50005, 'other'],
  ] as const) {
    const { failure, counters, flows } = sflow(encodeSFlow({ ...header, version }, [flowSample]));
    assert.equal(failure, 'unsupported_version');
    assert.deepEqual(counters, { [`unsupported:${name}`]: 1 });
    assert.equal(flows.length, 0);
  }
});

test('a header that is cut off is too short, and an agent has to have an address', () => {
  for (const agent of ['192.0.2.9', '2001:db8::9']) {
    const whole = encodeSFlow({ ...header, agent }, []);
    for (let length = 0; length < whole.length; length++) {
      assert.equal(sflow(whole.slice(0, length)).failure, 'too_short', `${length} octets`);
    }
    assert.equal(sflow(whole).failure, undefined);
  }
  assert.equal(sflow(encodeSFlow({ ...header, agent: undefined }, [])).failure, 'bad_address_type');
  const type3 = encodeSFlow(header, []);
  type3[7] = 3;
  assert.equal(sflow(type3).failure, 'bad_address_type');
});

test('C-148 samples of unknown formats, those of enterprises too, are stepped over by their length', () => {
  const unknown = [
    encodeFlowSample({ ...sampled, enterprise: 4413 }),
    encodeFlowSample({ ...sampled, format: 6 }),
    encodeFlowSample({ ...sampled, enterprise: 0xfffff, format: 0xfff }),
  ];
  const octets = encodeSFlow(header, [...unknown, flowSample]);
  const { flows, counters } = sflow(octets);
  assert.equal(flows.length, 1);
  assert.deepEqual(counters, {
    sets_received: 4,
    samples_flow: 1,
    'sets_skipped:unknown_sample': 3,
    records_decoded: 1,
  });
  const { packet } = decode(octets);
  assert.deepEqual(
    packet.samples.slice(0, packet.sampleCount).map(({ kind, format }) => [kind, format]),
    [
      ['unknown', (4413 << 12) | 1],
      ['unknown', 6],
      ['unknown', 0xffff_ffff],
      ['flow', 1],
    ],
  );
});

test('C-151 samples before one that is cut off are kept, and the cut is counted', () => {
  const whole = encodeSFlow(header, [flowSample, flowSample, flowSample]);
  for (let length = whole.length - flowSample.length + 1; length < whole.length; length++) {
    const { failure, flows, counters } = sflow(whole.slice(0, length));
    assert.equal(failure, undefined);
    assert.equal(flows.length, 2);
    assert.deepEqual(counters, {
      sets_received: 3,
      samples_flow: 2,
      'sets_skipped:truncated': 1,
      records_decoded: 2,
    });
  }
  const missing = sflow(whole.slice(0, whole.length - flowSample.length));
  assert.deepEqual(missing.counters, {
    sets_received: 2,
    samples_flow: 2,
    'notices:count_mismatch': 1,
    records_decoded: 2,
  });
});

test('a sample too short for its own members is stepped over', () => {
  const encoders = [
    encodeFlowSample(sampled),
    encodeExpandedFlowSample(sampled),
    encodeCounterSample({ ...common, records: [] }),
    encodeExpandedCounterSample({ ...common, records: [] }),
    encodeDropSample({ ...common, input: 1, output: 2, reason: 258, records: [] }),
  ];
  for (const encoded of encoders) {
    const short = encoded.slice(0, 8 + 8);
    short.set([0, 0, 0, 8], 4);
    const { flows, counters } = sflow(encodeSFlow(header, [short, flowSample]));
    assert.equal(flows.length, 1);
    assert.equal(counters['sets_skipped:malformed_sample'], 1);
    assert.equal(counters['sets_received'], 2);
  }
});

test('C-152 strings and opaque data are padded to four octets, in records and around them', () => {
  const acl = records.extendedAcl(9, 'abcde', 1);
  const named = records.extendedFunction('x');
  const odd = { format: 900, body: Uint8Array.of(1, 2, 3, 0), length: 3 };
  const octets = encodeSFlow(header, [
    encodeFlowSample({ ...sampled, records: [acl, named, odd, sampled.records[0]!] }),
  ]);
  const { packet } = decode(octets);
  assert.deepEqual(
    recordsOf(octets, packet.samples[0]!).map(([format, hex]) => [format, hex.length / 2]),
    [
      [1037, 20],
      [1038, 8],
      [900, 3],
      [3, 32],
    ],
  );
  assert.equal(sflow(octets).flows[0]!.src_port, 5n);
});

test('C-152 a sample whose length is no multiple of four is padded, too', () => {
  const odd = encodeFlowSample({ ...sampled, format: 77 });
  odd[7] = odd[7]! - 3;
  assert.equal(sflow(encodeSFlow(header, [odd, flowSample])).flows.length, 1);
});

test('C-159 as many samples as the octets hold, whatever is announced', () => {
  for (const sampleCount of [3, 1001, 2 ** 32 - 1]) {
    const { flows, counters } = sflow(encodeSFlow({ ...header, sampleCount }, [flowSample, flowSample]));
    assert.equal(flows.length, 2);
    assert.equal(counters['notices:count_mismatch'], 1);
  }
  const fewer = sflow(encodeSFlow({ ...header, sampleCount: 1 }, [flowSample, flowSample]));
  assert.equal(fewer.flows.length, 1);
  assert.equal(fewer.counters['notices:trailing_bytes'], 1);
});

test('C-159 a datagram gives no more samples than the limit, and counts the rest', () => {
  const empty = new Uint8Array(8);
  const many = Array.from({ length: 8_000 }, () => empty);
  const { packet, counters } = decode(encodeSFlow(header, many));
  assert.equal(packet.sampleCount, MAX_RECORDS_PER_DATAGRAM);
  assert.equal(counters['sets_received'], 8_000);
  assert.equal(counters['sets_skipped:records_limit'], 8_000 - MAX_RECORDS_PER_DATAGRAM);
});

test('C-160 as many records as the octets hold, in every kind of sample', () => {
  const generic = counterRecord('interface', {});
  const samples = {
    flow: encodeFlowSample({ ...sampled, recordCount: 2 ** 32 - 1 }),
    expanded: encodeExpandedFlowSample({ ...sampled, recordCount: 2 ** 32 - 1 }),
    counter: encodeCounterSample({ ...common, records: [generic], recordCount: 2 ** 32 - 1 }),
    expandedCounter: encodeExpandedCounterSample({ ...common, records: [generic], recordCount: 2 ** 32 - 1 }),
    drop: encodeDropSample({
      ...common,
      input: 1,
      output: 2,
      reason: 3,
      records: sampled.records,
      recordCount: 2 ** 32 - 1,
    }),
  };
  for (const [kind, sample] of Object.entries(samples)) {
    const octets = encodeSFlow(header, [sample]);
    const { packet } = decode(octets);
    assert.equal(packet.samples[0]!.declaredRecords, 2 ** 32 - 1, kind);
    assert.equal(recordsOf(octets, packet.samples[0]!).length, 1, kind);
  }
});

test('C-161 counter and drop samples are counted, and all that they hold can be reached', () => {
  const generic = counterRecord('interface', { ifIndex: 3n, ifSpeed: 10n ** 11n });
  const octets = encodeSFlow(header, [
    encodeCounterSample({ ...common, sequence: 5, records: [generic] }),
    encodeExpandedCounterSample({ source: { type: 2, index: 2 ** 31 }, sequence: 6, records: [generic, generic] }),
    encodeDropSample({ ...common, drops: 9, input: 1, output: 2, reason: 258, records: sampled.records }),
  ]);
  const { flows, counters } = sflow(octets);
  assert.equal(flows.length, 0);
  assert.deepEqual(counters, { sets_received: 3, samples_counters: 2, samples_drop: 1 });
  const { packet } = decode(octets);
  const [compact, expanded, drop] = packet.samples as [SampleView, SampleView, SampleView];
  assert.deepEqual(
    [compact.kind, compact.expanded, compact.sequence, compact.sourceType, compact.sourceIndex],
    ['counter', false, 5, 1, 3],
  );
  assert.deepEqual(
    [expanded.kind, expanded.expanded, expanded.sequence, expanded.sourceType, expanded.sourceIndex],
    ['counter', true, 6, 2, 2 ** 31],
  );
  assert.deepEqual(
    [drop.kind, drop.drops, drop.input, drop.output, drop.reason, drop.sourceIndex],
    ['drop', 9, 1, 2, 258, 3],
  );
  const body = Buffer.from(generic.body).toString('hex');
  assert.deepEqual(recordsOf(octets, expanded), [
    [1, body],
    [1, body],
  ]);
  assert.equal(recordsOf(octets, drop)[0]![0], 3);
});

test('C-162 records without columns can be reached by their format', () => {
  const others = [
    records.extendedNat('10.0.0.1', '10.0.0.2'),
    records.extendedMpls('10.0.0.1', [1], [2]),
    records.extendedL2Tunnel('egress', {
      length: 1,
      source: '02:00:00:00:00:01',
      destination: '02:00:00:00:00:02',
      etherType: 1,
    }),
    records.extendedVni('ingress', 77),
    records.opaqueRecord(4413, 1, Uint8Array.of(1, 2, 3, 4)),
  ];
  const octets = encodeSFlow(header, [encodeFlowSample({ ...sampled, records: others })]);
  const { packet } = decode(octets);
  assert.deepEqual(
    recordsOf(octets, packet.samples[0]!),
    others.map(({ enterprise = 0, format, body }) => [enterprise * 4096 + format, Buffer.from(body).toString('hex')]),
  );
});

test('a flow sample shows its source, rate, pool and drops, in both forms', () => {
  const { packet } = decode(encodeSFlow(header, [flowSample, encodeExpandedFlowSample(sampled)]));
  assert.deepEqual(
    [packet.subAgent, packet.sequence, packet.uptimeMs, packet.declaredSamples, packet.sampleCount],
    [3, 7, 1000, 2, 2],
  );
  for (const [i, sample] of packet.samples.entries()) {
    assert.deepEqual(
      [sample.expanded, sample.sequence, sample.sourceType, sample.sourceIndex, sample.samplingRate],
      [i === 1, 1, 1, 3, 512],
    );
    assert.deepEqual([sample.samplePool, sample.drops, sample.input, sample.output], [2 ** 32 - 1, 4, 11, 12]);
  }
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileUsualSample } from '#src/codegen/usual-sample.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { data, packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import { ethernet, vlan } from '#src/simulate/packet-link.js';
import { icmp, icmpv6, tcp, udp } from '#src/simulate/packet-transport.js';
import { encodeExpandedFlowSample, encodeFlowSample, encodeSFlow } from '#src/simulate/sflow.js';
import type { SFlowRecord } from '#src/simulate/sflow.js';
import { extendedSwitch, rawHeader } from '#src/simulate/sflow-flow-records.js';
import { arbitraryFrame } from '../support/arbitrary-packet.ts';
import { sflow } from '../support/chain.ts';

// sflow() takes each datagram with generated code and without it, and holds both to the same flows and counters.

const eth = ethernet({ source: 'fe:dc:ba:98:76:54', destination: '02:00:00:ff:00:02' });
const four = ipv4({ source: '192.0.2.1', destination: '198.51.100.2', tos: 0xb8, ttl: 63, identification: 0xbeef });
const six = ipv6({ source: '2001:db8::1', destination: 'fe80::2', trafficClass: 7, flowLabel: 0xabcde, hopLimit: 9 });
const ports = { sourcePort: 0xc001, destinationPort: 443 };
const message = { type: 3, code: 13 };
const payload = data(Uint8Array.from({ length: 41 }, (_, i) => 0xa0 + i));

/** Ethernet, a tag or none, IPv4 or IPv6, and each transport behind either. */
const frames = [[], [vlan({ id: 0xfed, priority: 5 })]].flatMap((tag) =>
  [four, six].flatMap((network) =>
    [tcp({ ...ports, flags: 0x12 }), udp(ports), icmp(message), icmpv6(message)].map((transport) =>
      packet(eth, ...tag, network, transport, payload),
    ),
  ),
);

const raw = (header: Uint8Array): SFlowRecord => rawHeader({ header, frameLength: header.length + 4, stripped: 4 });
const tags = extendedSwitch({ vlan: 7 }, { vlan: 9 });

function sampleOf(records: readonly SFlowRecord[], expanded = false): Uint8Array {
  const sample = { sequence: 1, source: { index: 5 }, samplingRate: 512, samplePool: 9, records: [...records] };
  const interfaces = { input: { value: 5 }, output: { value: 3 } };
  return expanded
    ? encodeExpandedFlowSample({ ...sample, ...interfaces })
    : encodeFlowSample({ ...sample, ...interfaces });
}

const datagramOf = (samples: readonly Uint8Array[]): Uint8Array =>
  encodeSFlow({ agent: '192.0.2.9', subAgent: 0, sequence: 1, uptimeMs: 1_000 }, samples);

const reader = compileUsualSample({ flow: new FlowRecord(), base: new FlowRecord(), enriched: [] });

/** Whether the compiled reading takes the first record of a sample: where it has put the end of it. */
function read(sample: Uint8Array): number {
  const recordsAt = 8 + 32;
  return reader(new DataView(sample.buffer, sample.byteOffset, sample.byteLength), recordsAt, sample.length);
}

test('the usual samples are read at one go, to the end of their record', () => {
  const samples = frames.map((frame) => sampleOf([raw(frame)]));
  // ICMP behind IPv6 and ICMPv6 behind IPv4 are not usual
  assert.equal(samples.filter((sample) => read(sample) === sample.length).length, 12);
  const [usual] = frames;
  const more = sampleOf([raw(usual!), tags]);
  assert.equal(read(more), sampleOf([raw(usual!)]).length);
  assert.equal(read(sampleOf([tags, raw(usual!)])), 0);
});

const change = fc.tuple(
  fc.nat(),
  fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x45, 0x46, 0x08, 0x81, 0x86, 0xdd, 6, 17, 58)),
);
const cut = fc.oneof(fc.constant(1_000), fc.nat(130));
const anyFrame = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...frames) },
  { weight: 1, arbitrary: arbitraryFrame.map(({ bytes }) => bytes) },
);
type Kind = 'frame' | 'tags';
const anyRecords = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Kind[]>(['frame']) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom<Kind>('frame', 'tags'), { maxLength: 3 }) },
);

/** A flow sample, changed here and there: in the frame, or anywhere behind format and length of the sample. */
const anySample = fc
  .record({
    frame: anyFrame,
    cut,
    records: anyRecords,
    expanded: fc.boolean(),
    inFrame: fc.array(change, { maxLength: 3 }),
    anywhere: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(change, { maxLength: 2 })),
  })
  .map((of) => {
    const frame = of.frame.slice(0, of.cut);
    for (const [at, value] of of.inFrame) if (frame.length > 0) frame[at % frame.length] = value;
    const records = of.records.map((kind) => (kind === 'frame' ? raw(frame) : tags));
    const sample = sampleOf(records, of.expanded);
    for (const [at, value] of of.anywhere) sample[8 + (at % (sample.length - 8))] = value;
    return { sample, expanded: of.expanded };
  });

test('any samples in a row give the flows and counts that the walk over records and layers gives', () => {
  let usual = 0;
  fc.assert(
    fc.property(fc.array(anySample, { minLength: 1, maxLength: 5 }), (samples) => {
      usual += samples.filter(({ sample, expanded }) => !expanded && read(sample) > 0).length;
      sflow(datagramOf(samples.map(({ sample }) => sample)));
    }),
    { numRuns: 1_500 },
  );
  assert.ok(usual > 500, `${usual} usual samples`);
});

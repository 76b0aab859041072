import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlowRecord } from '#src/flow/flow-record.js';
import { counterRecord, counterStructures, portName } from '#src/simulate/sflow-counter-records.js';
import type { CounterStructure } from '#src/simulate/sflow-counter-records.js';
import * as records from '#src/simulate/sflow-flow-records.js';
import {
  encodeCounterSample,
  encodeDropSample,
  encodeExpandedCounterSample,
  encodeExpandedFlowSample,
  encodeFlowSample,
  encodeSFlow,
} from '#src/simulate/sflow.js';
import type { SampledInterface, SFlowRecord } from '#src/simulate/sflow.js';
import { ipv4Text, ipv6Text, macText, octets, u16, u32, u8 } from '../support/arbitraries.ts';
import { arbitraryFrame, arbitraryIpPacket } from '../support/arbitrary-packet.ts';
import { sflow } from '../support/chain.ts';
import { columnsOf } from '../support/flow-columns.ts';
import type { Columns } from '../support/flow-columns.ts';

const empty = columnsOf(new FlowRecord());

/** sFlow has no times of its own: all are those of the receipt. */
const received = 1_700_000_000_123_456_789n;
const times = { time_received_ns: received, time_flow_start_ns: received, time_flow_end_ns: received };

/** A record with the columns that it fills, and whether it has any. */
interface Known {
  readonly record: SFlowRecord;
  readonly columns: Partial<Columns>;
  readonly mapped: boolean;
}

const mapped = (record: SFlowRecord, columns: Partial<Columns>): Known => ({ record, columns, mapped: true });

/** Octets that were in the packet beyond its header. */
const longer = fc.nat(9_000);

const rawFrame = fc.tuple(arbitraryFrame, longer, fc.nat(4)).map(([{ bytes, columns }, more, stripped]) => {
  const frameLength = bytes.length + more + stripped;
  return mapped(records.rawHeader({ header: bytes, frameLength, stripped }), {
    ...columns,
    bytes: BigInt(frameLength),
  });
});

const rawIp = fc.tuple(arbitraryIpPacket, longer).map(([{ bytes, columns, version }, more]) => {
  const protocol = version === 4 ? records.HeaderProtocol.ipv4 : records.HeaderProtocol.ipv6;
  const frameLength = bytes.length + more;
  return mapped(records.rawHeader({ header: bytes, protocol, frameLength }), {
    ...columns,
    bytes: BigInt(frameLength),
  });
});

const sampledIp = fc
  .record({
    six: fc.boolean(),
    four4: fc.tuple(ipv4Text, ipv4Text),
    six6: fc.tuple(ipv6Text, ipv6Text),
    length: u32,
    protocol: u8,
    sourcePort: u16,
    destinationPort: u16,
    tcpFlags: u8,
    tos: u8,
  })
  .map(({ six, four4, six6, ...rest }) => {
    const [source, destination] = six ? six6 : four4;
    const ip = { ...rest, source, destination };
    return mapped(six ? records.sampledIPv6(ip) : records.sampledIPv4(ip), {
      etype: six ? 0x86ddn : 0x0800n,
      bytes: BigInt(ip.length),
      src_addr: source,
      dst_addr: destination,
      proto: BigInt(ip.protocol),
      src_port: BigInt(ip.sourcePort),
      dst_port: BigInt(ip.destinationPort),
      tcp_flags: BigInt(ip.tcpFlags),
      ip_tos: BigInt(ip.tos),
    });
  });

const sampledEthernet = fc
  .record({ length: u32, source: macText, destination: macText, etherType: u16, unpadded: fc.boolean() })
  .map((frame) =>
    mapped(records.sampledEthernet(frame), {
      bytes: BigInt(frame.length),
      src_mac: frame.source,
      dst_mac: frame.destination,
      etype: BigInt(frame.etherType),
    }),
  );

const address = fc.option(fc.oneof(ipv4Text, ipv6Text), { nil: undefined });

const extendedSwitch = fc
  .tuple(fc.record({ vlan: u32, priority: u8 }), fc.record({ vlan: u32, priority: u8 }))
  .map(([source, destination]) =>
    mapped(records.extendedSwitch(source, destination), {
      src_vlan: BigInt(source.vlan),
      dst_vlan: BigInt(destination.vlan),
    }),
  );

const extendedRouter = fc.record({ nextHop: address, sourceMask: u8, destinationMask: u8 }).map((router) =>
  mapped(records.extendedRouter(router), {
    next_hop: router.nextHop ?? '',
    src_net: BigInt(router.sourceMask),
    dst_net: BigInt(router.destinationMask),
  }),
);

const segment = fc.record({ type: fc.constantFrom(1 as const, 2 as const), numbers: fc.array(u32, { maxLength: 20 }) });

const extendedGateway = fc
  .record({
    nextHop: address,
    as: u32,
    sourceAs: u32,
    sourcePeerAs: u32,
    path: fc.array(segment, { maxLength: 4 }),
    communities: fc.array(u32, { maxLength: 40 }),
    localPreference: u32,
  })
  .map((gateway) => {
    const path = gateway.path.flatMap(({ numbers }) => numbers);
    return mapped(records.extendedGateway(gateway), {
      bgp_next_hop: gateway.nextHop ?? '',
      src_as: BigInt(gateway.sourceAs === 0 ? gateway.as : gateway.sourceAs),
      dst_as: BigInt(path.at(-1) ?? gateway.as),
      next_hop_as: BigInt(path[0] ?? 0),
      as_path: path.map(BigInt),
      bgp_communities: gateway.communities.map(BigInt),
    });
  });

const text = fc.string({ maxLength: 20 });
const side = fc.constantFrom('egress' as const, 'ingress' as const);
const tunnelIp = { length: 100, protocol: 6 };

/** Records without columns: stepped over, whatever they hold. */
const unmapped = fc
  .oneof(
    fc.tuple(text, text).map(([source, destination]) => records.extendedUser(source, destination)),
    fc.tuple(text, text).map(([url, host]) => records.extendedUrl(1, url, host)),
    fc.tuple(address, fc.array(u32), fc.array(u32)).map(([hop, a, b]) => records.extendedMpls(hop, a, b)),
    fc.tuple(ipv4Text, ipv6Text).map(([source, destination]) => records.extendedNat(source, destination)),
    fc.tuple(text, u32, u32).map(([name, id, cos]) => records.extendedMplsTunnel(name, id, cos)),
    fc.tuple(text, u32, u32).map(([name, id, cos]) => records.extendedMplsVc(name, id, cos)),
    fc.tuple(text, u32).map(([description, mask]) => records.extendedMplsFtn(description, mask)),
    u32.map((length) => records.extendedMplsLdpFec(length)),
    fc.array(u32).map((tags) => records.extendedVlanTunnel(tags)),
    fc.tuple(u16, u16).map(([source, destination]) => records.extendedNatPort(source, destination)),
    fc
      .tuple(side, macText)
      .map(([at, mac]) =>
        records.extendedL2Tunnel(at, { length: 60, source: mac, destination: mac, etherType: 0x0800 }),
      ),
    fc
      .tuple(side, ipv4Text)
      .map(([at, ip]) => records.extendedIPv4Tunnel(at, { ...tunnelIp, source: ip, destination: ip })),
    fc
      .tuple(side, ipv6Text)
      .map(([at, ip]) => records.extendedIPv6Tunnel(at, { ...tunnelIp, source: ip, destination: ip })),
    fc.tuple(side, u32).map(([at, offset]) => records.extendedDecapsulate(at, offset)),
    fc.tuple(side, u32).map(([at, vni]) => records.extendedVni(at, vni)),
    u32.map((queue) => records.extendedEgressQueue(queue)),
    fc.tuple(u32, text).map(([number, name]) => records.extendedAcl(number, name, 1)),
    text.map((symbol) => records.extendedFunction(symbol)),
    fc
      .tuple(fc.integer({ min: 1, max: 0xfffff }), fc.nat(0xfff), octets(60))
      .map(([enterprise, format, body]) => records.opaqueRecord(enterprise, format, body.slice(0, body.length & ~3))),
  )
  .map((record): Known => ({ record, columns: {}, mapped: false }));

const side30 = fc.record({ format: fc.constantFrom(0, 1, 2), value: fc.integer({ min: 0, max: 0x3fff_ffff }) });
const side32 = fc.record({ format: fc.constantFrom(0, 1, 2), value: u32 });

const flowSample = fc.boolean().chain((expanded) =>
  fc
    .record({
      sequence: u32,
      source: fc.record({ type: fc.nat(2), index: fc.nat(0xff_ffff) }),
      samplingRate: u32,
      samplePool: u32,
      drops: u32,
      input: expanded ? side32 : side30,
      output: expanded ? side32 : side30,
      packet: fc.oneof(rawFrame, rawIp, sampledIp, sampledEthernet),
      extended: fc
        .shuffledSubarray([extendedSwitch, extendedRouter, extendedGateway])
        .chain((some) => fc.tuple(...some)),
      others: fc.array(unmapped, { maxLength: 3 }),
    })
    .map(({ packet, extended, others, ...sample }) => ({ expanded, sample, known: [packet, ...extended, ...others] })),
);

const header = fc.record({ agent: fc.oneof(ipv4Text, ipv6Text), subAgent: u32, sequence: u32, uptimeMs: u32 });

const ifIndex = ({ format, value }: SampledInterface) => (format === 0 ? BigInt(value) : 0n);

test('every sFlow flow sample comes back as it was, in both forms, with every record', () => {
  fc.assert(
    fc.property(header, fc.array(flowSample, { minLength: 1, maxLength: 6 }), (of, samples) => {
      const encoded = samples.map(({ expanded, sample, known }) => {
        const whole = { ...sample, records: known.map(({ record }) => record) };
        return expanded ? encodeExpandedFlowSample(whole) : encodeFlowSample(whole);
      });
      const outcome = sflow(encodeSFlow(of, encoded));
      assert.equal(outcome.failure, undefined);
      assert.equal(outcome.flows.length, samples.length);
      for (const [i, { sample, known }] of samples.entries()) {
        const wanted: Partial<Columns> = {
          ...times,
          type: 'SFLOW_5',
          sequence_num: BigInt(of.sequence),
          sampler_address: of.agent,
          sampling_rate: BigInt(sample.samplingRate),
          packets: 1n,
          in_if: ifIndex(sample.input),
          out_if: ifIndex(sample.output),
        };
        for (const { columns } of known) Object.assign(wanted, columns);
        assert.deepEqual(outcome.flows[i], { ...empty, ...wanted });
      }
      const unknown = samples.flatMap(({ known }) => known).filter((record) => !record.mapped).length;
      assert.deepEqual(outcome.counters, {
        sets_received: samples.length,
        samples_flow: samples.length,
        records_decoded: samples.length,
        ...(unknown === 0 ? {} : { 'notices:unknown_record': unknown }),
      });
    }),
    { numRuns: 600 },
  );
});

const counters = fc.oneof(
  fc
    .constantFrom(...(Object.keys(counterStructures) as CounterStructure[]))
    .chain((structure) =>
      fc
        .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 30, maxLength: 30 })
        .map((values) =>
          counterRecord(
            structure,
            Object.fromEntries(counterStructures[structure].fields.map(({ name }, i) => [name, values[i]!])),
          ),
        ),
    ),
  text.map(portName),
);

const otherSample = fc.oneof(
  fc
    .record({ sequence: u32, source: fc.record({ index: u16 }), records: fc.array(counters, { maxLength: 4 }) })
    .map((sample) => ({ kind: 'samples_counters', bytes: encodeCounterSample(sample) })),
  fc
    .record({ sequence: u32, source: fc.record({ index: u32 }), records: fc.array(counters, { maxLength: 4 }) })
    .map((sample) => ({ kind: 'samples_counters', bytes: encodeExpandedCounterSample(sample) })),
  fc
    .record({
      sequence: u32,
      source: fc.record({ index: u32 }),
      drops: u32,
      input: u32,
      output: u32,
      reason: u32,
      records: fc.array(
        fc.oneof(rawFrame, unmapped).map(({ record }) => record),
        { maxLength: 3 },
      ),
    })
    .map((sample) => ({ kind: 'samples_drop', bytes: encodeDropSample(sample) })),
  fc
    .record({ sequence: u32, source: fc.record({ index: u16 }), enterprise: fc.integer({ min: 1, max: 0xfffff }) })
    .map((sample) => ({
      kind: 'sets_skipped:unknown_sample',
      bytes: encodeCounterSample({ ...sample, records: [] }),
    })),
);

test('counter, drop and unknown samples are counted, and the flow samples around them come through', () => {
  fc.assert(
    fc.property(header, fc.array(otherSample, { maxLength: 8 }), flowSample, (of, others, { sample, known }) => {
      const last = encodeFlowSample({
        ...sample,
        input: { value: 1 },
        output: { value: 2 },
        records: known.map(({ record }) => record),
      });
      const outcome = sflow(encodeSFlow(of, [...others.map(({ bytes }) => bytes), last]));
      assert.equal(outcome.flows.length, 1);
      assert.equal(outcome.flows[0]!.out_if, 2n);
      const count = (kind: string) => others.filter((other) => other.kind === kind).length;
      const total = { ...outcome.counters };
      assert.equal(total['sets_received'], others.length + 1);
      for (const kind of ['samples_counters', 'samples_drop', 'sets_skipped:unknown_sample']) {
        assert.equal(total[kind] ?? 0, count(kind), kind);
      }
      assert.equal(total['notices:trailing_bytes'], undefined);
      assert.equal(total['notices:malformed_record'], undefined);
    }),
    { numRuns: 500 },
  );
});

test('a sampled packet cut anywhere fills what was there, and nothing else', () => {
  fc.assert(
    fc.property(arbitraryFrame, fc.nat(400), ({ bytes, columns }, cut) => {
      const header = bytes.slice(0, Math.max(0, bytes.length - cut));
      const sample = {
        sequence: 1,
        source: { index: 1 },
        samplingRate: 1,
        samplePool: 1,
        input: { value: 1 },
        output: { value: 2 },
      };
      const record = records.rawHeader({ header, frameLength: bytes.length });
      const outcome = sflow(
        encodeSFlow({ agent: '192.0.2.1', sequence: 1, uptimeMs: 1 }, [
          encodeFlowSample({ ...sample, records: [record] }),
        ]),
      );
      const flow = outcome.flows[0]!;
      const stack = columns.layer_stack as string[];
      assert.deepEqual(flow.layer_stack, stack.slice(0, (flow.layer_stack as string[]).length));
      assert.equal(flow.bytes, BigInt(bytes.length));
      for (const name of ['src_addr', 'dst_addr', 'src_mac', 'src_port', 'tcp_flags', 'icmp_type'] as const) {
        assert.ok(flow[name] === empty[name] || flow[name] === columns[name], `${name}: ${String(flow[name])}`);
      }
    }),
    { numRuns: 600 },
  );
});

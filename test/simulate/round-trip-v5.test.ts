import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlowRecord } from '#src/flow/flow-record.js';
import { encodeNetFlowV5 } from '#src/simulate/netflow-fixed.js';
import type { NetFlowV5Header, NetFlowV5Record } from '#src/simulate/netflow-fixed.js';
import { ipv4Text, u16, u32, u8 } from '../support/arbitraries.ts';
import { fixed } from '../support/chain.ts';
import { columnsOf } from '../support/flow-columns.ts';

const empty = columnsOf(new FlowRecord());

const header: fc.Arbitrary<NetFlowV5Header> = fc.record({
  sysUptimeMs: u32,
  unixSeconds: fc.integer({ min: 2 ** 24, max: 2 ** 32 - 1 }),
  unixNanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  sequence: u32,
  engineType: u8,
  engineId: u8,
  samplingMode: fc.nat(3),
  samplingInterval: fc.nat(0x3fff),
});

const record: fc.Arbitrary<NetFlowV5Record> = fc.record({
  source: ipv4Text,
  destination: ipv4Text,
  nextHop: ipv4Text,
  input: u16,
  output: u16,
  packets: u32,
  octets: u32,
  first: u32,
  last: u32,
  sourcePort: u16,
  destinationPort: u16,
  tcpFlags: u8,
  protocol: u8,
  tos: u8,
  sourceAs: u16,
  destinationAs: u16,
  sourceMask: u8,
  destinationMask: u8,
});

/** Time of a value of sysUptime: the nearest one to the header's, before or after it (D-5). */
function timeOf(of: NetFlowV5Header, switched: number): bigint {
  const before = BigInt.asIntN(32, BigInt(of.sysUptimeMs) - BigInt(switched));
  return BigInt(of.unixSeconds) * 1_000_000_000n + BigInt(of.unixNanoseconds ?? 0) - before * 1_000_000n;
}

function expected(of: NetFlowV5Header, it: NetFlowV5Record): Record<string, unknown> {
  return {
    type: 'NETFLOW_V5',
    time_received_ns: 1_700_000_000_123_456_789n,
    sequence_num: BigInt(of.sequence),
    sampling_rate: BigInt(of.samplingInterval!),
    sampler_address: '192.0.2.1',
    time_flow_start_ns: timeOf(of, it.first),
    time_flow_end_ns: timeOf(of, it.last),
    bytes: BigInt(it.octets),
    packets: BigInt(it.packets),
    src_addr: it.source,
    dst_addr: it.destination,
    next_hop: it.nextHop,
    etype: 0x0800n,
    proto: BigInt(it.protocol),
    src_port: BigInt(it.sourcePort!),
    dst_port: BigInt(it.destinationPort!),
    in_if: BigInt(it.input!),
    out_if: BigInt(it.output!),
    ip_tos: BigInt(it.tos!),
    tcp_flags: BigInt(it.tcpFlags!),
    src_as: BigInt(it.sourceAs!),
    dst_as: BigInt(it.destinationAs!),
    src_net: BigInt(it.sourceMask!),
    dst_net: BigInt(it.destinationMask!),
  };
}

test('every NetFlow v5 datagram comes back as it was', () => {
  fc.assert(
    fc.property(header, fc.array(record, { minLength: 1, maxLength: 30 }), (of, records) => {
      const outcome = fixed(encodeNetFlowV5(of, records));
      assert.equal(outcome.failure, undefined);
      assert.equal(outcome.flows.length, records.length);
      for (const [i, flow] of outcome.flows.entries()) {
        assert.deepEqual(flow, { ...empty, ...expected(of, records[i]!) });
      }
      assert.deepEqual(outcome.counters, { records_decoded: records.length });
    }),
    { numRuns: 500 },
  );
});

test('a NetFlow v5 datagram cut anywhere gives the records that are whole', () => {
  fc.assert(
    fc.property(header, fc.array(record, { minLength: 1, maxLength: 5 }), fc.nat(300), (of, records, cut) => {
      const whole = encodeNetFlowV5(of, records);
      const left = Math.max(0, whole.length - cut);
      const outcome = fixed(whole.slice(0, left));
      const complete = left < 24 ? 0 : Math.floor((left - 24) / 48);
      assert.equal(outcome.flows.length, Math.min(complete, records.length));
      if (left < 24) assert.equal(outcome.failure, 'too_short');
    }),
    { numRuns: 500 },
  );
});

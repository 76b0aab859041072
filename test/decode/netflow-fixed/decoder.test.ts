import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeFixed, encodeNetFlowV5 } from '#src/simulate/netflow-fixed.js';
import type { NetFlowV5Header, NetFlowV5Record } from '#src/simulate/netflow-fixed.js';
import { fixedLayout } from '#src/decode/netflow-fixed/layout.js';
import { fixed } from '../../support/chain.ts';
import { pick } from '../../support/headers.ts';
import { octetsOf, vectors } from '../../support/vectors.ts';

const header: NetFlowV5Header = {
  sysUptimeMs: 1_000_000,
  unixSeconds: 1_700_000_000,
  unixNanoseconds: 123_456_789,
  sequence: 7,
};

const record: NetFlowV5Record = {
  source: '192.0.2.1',
  destination: '198.51.100.2',
  packets: 2 ** 32 - 1,
  octets: 2 ** 32 - 1,
  first: 999_000,
  last: 1_000_000,
  protocol: 6,
};

const records = (count: number) => Array.from({ length: count }, () => record);
const encode = (changes: Partial<NetFlowV5Header> = {}, count = 1) =>
  encodeNetFlowV5({ ...header, ...changes }, records(count));

const second = 1_000_000_000n;
const base = 1_700_000_000n * second + 123_456_789n;

test('C-141 a header that announces no record is refused', () => {
  const { failure, flows } = fixed(encode({ count: 0 }, 30));
  assert.equal(failure, 'bad_record_count');
  assert.equal(flows.length, 0);
});

test('C-141 never more records than the octets hold, whatever the count', () => {
  for (const count of [31, 55_582, 65_535]) {
    const { failure, flows, counters } = fixed(encode({ count }, 30));
    assert.equal(failure, undefined);
    assert.equal(flows.length, 30);
    assert.deepEqual(counters, { records_decoded: 30, 'notices:count_mismatch': 1 });
  }
});

test('C-141 records beyond the announced ones are no records', () => {
  const { flows, counters } = fixed(encode({ count: 2 }, 5));
  assert.equal(flows.length, 2);
  assert.deepEqual(counters, { records_decoded: 2, 'notices:trailing_bytes': 1 });
});

test('C-142 of a short tail the whole records come out, and the cut is counted', () => {
  const whole = encode({}, 3);
  const cut = fixed(whole.subarray(0, whole.length - 1));
  assert.equal(cut.flows.length, 2);
  assert.deepEqual(cut.counters, {
    records_decoded: 2,
    'notices:count_mismatch': 1,
    'notices:truncated_records': 1,
  });
  const missing = fixed(whole.subarray(0, 24 + 48));
  assert.equal(missing.flows.length, 1);
  assert.deepEqual(missing.counters, { records_decoded: 1, 'notices:count_mismatch': 1 });
});

test('a header that is cut off is too short', () => {
  const whole = encode();
  for (let length = 0; length < 24; length++) assert.equal(fixed(whole.subarray(0, length)).failure, 'too_short');
});

test('C-144 the sampling rate is the low 14 bits of the interval', () => {
  for (const samplingMode of [0, 1, 2, 3]) {
    for (const samplingInterval of [0, 1, 0x3fff]) {
      const [flow] = fixed(encode({ samplingMode, samplingInterval })).flows;
      assert.equal(flow!.sampling_rate, BigInt(samplingInterval));
    }
  }
});

test('C-145 first and last are counted back from the header, with its nanoseconds', () => {
  const [flow] = fixed(encode()).flows;
  assert.deepEqual(pick(flow!, 'time_flow_start_ns', 'time_flow_end_ns'), {
    time_flow_start_ns: base - second,
    time_flow_end_ns: base,
  });
});

test('C-145 sysUptime that wrapped between record and header is told from a record of the future', () => {
  const at = (sysUptimeMs: number, first: number, last: number) => {
    const [flow] = fixed(encodeNetFlowV5({ ...header, sysUptimeMs }, [{ ...record, first, last }])).flows;
    return [flow!.time_flow_start_ns, flow!.time_flow_end_ns];
  };
  assert.deepEqual(at(500, 2 ** 32 - 1500, 250), [base - 2n * second, base - second / 4n], 'wrapped before');
  assert.deepEqual(at(2 ** 32 - 500, 2 ** 32 - 1000, 500), [base - second / 2n, base + second], 'wrapped after');
  assert.deepEqual(at(0, 2 ** 31, 2 ** 31 - 1), [base + 2n ** 31n * 1_000_000n, base + (2n ** 31n - 1n) * 1_000_000n]);
});

test('a time before 1970 is left out and counted', () => {
  const early = { unixSeconds: 0, unixNanoseconds: 0, sysUptimeMs: 10 };
  const datagram = encodeNetFlowV5({ ...header, ...early }, [{ ...record, first: 9, last: 10 }]);
  const { flows, counters } = fixed(datagram);
  assert.deepEqual(pick(flows[0]!, 'time_flow_start_ns', 'time_flow_end_ns'), {
    time_flow_start_ns: 0n,
    time_flow_end_ns: 0n,
  });
  assert.deepEqual(counters, { records_decoded: 1, 'notices:field_value': 1 });
});

test('C-146 versions that are not decoded are counted by version', () => {
  for (const [version, name] of [
    [6, 'netflow_6'],
    [8, 'netflow_8'],
    [2, 'other'],
    [11, 'other'],
    [65_535, 'other'],
  ] as const) {
    const { failure, counters } = fixed(encode({ version }));
    assert.equal(failure, 'unsupported_version');
    assert.deepEqual(counters, { [`unsupported:${name}`]: 1 });
  }
});

test('any octets: no exception, never more records than octets, and every record is a flow', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(1, 5, 7, 8),
      fc.nat(40),
      (octets, version, count) => {
        if (octets.length >= 4) octets.set([0, version, 0, count]);
        const { failure, flows, counters } = fixed(octets);
        const { headerLength, recordLength } = fixedLayout(version) ?? { headerLength: 0, recordLength: Infinity };
        assert.ok(flows.length === 0 || flows.length * recordLength <= octets.length - headerLength);
        assert.equal(counters['records_decoded'] ?? 0, flows.length);
        if (failure !== undefined) assert.equal(flows.length, 0);
      },
    ),
    { numRuns: 10_000 },
  );
});

test('every beginning of every vector decodes to the records that are whole', () => {
  for (const { hex } of vectors.filter(({ protocol }) => protocol === 'netflow-v5')) {
    const whole = octetsOf(hex);
    const all = fixed(whole).flows;
    for (let length = 24; length <= whole.length; length++) {
      const { failure, flows } = fixed(whole.slice(0, length));
      assert.equal(failure, undefined);
      assert.deepEqual(flows, all.slice(0, Math.floor((length - 24) / 48)));
    }
  }
});

const full: NetFlowV5Record = {
  ...record,
  nextHop: '203.0.113.9',
  input: 3,
  output: 4,
  sourcePort: 443,
  destinationPort: 50_000,
  tcpFlags: 0x1b,
  tos: 8,
  sourceAs: 64_500,
  destinationAs: 64_501,
  sourceMask: 24,
  destinationMask: 16,
  routerShortcut: '203.0.113.1',
};

for (const version of [1, 5, 7] as const) {
  test(`NetFlow v${version}: each column from its place`, () => {
    const { failure, flows, counters } = fixed(encodeFixed(version, { ...header, samplingInterval: 64 }, [full, full]));
    assert.equal(failure, undefined);
    assert.deepEqual(counters, { records_decoded: 2 });
    const routing = version === 1 ? { src_as: 0n, dst_as: 0n, src_net: 0n, dst_net: 0n } : undefined;
    assert.deepEqual(
      pick(
        flows[1]!,
        ...(['type', 'sequence_num', 'sampling_rate', 'src_addr', 'dst_addr', 'next_hop', 'etype', 'proto'] as const),
        ...(['src_port', 'dst_port', 'in_if', 'out_if', 'ip_tos', 'tcp_flags', 'bytes', 'packets'] as const),
        ...(['src_as', 'dst_as', 'src_net', 'dst_net', 'time_flow_start_ns', 'time_flow_end_ns'] as const),
      ),
      {
        type: `NETFLOW_V${version}`,
        sequence_num: version === 1 ? 0n : 7n,
        sampling_rate: version === 5 ? 64n : 0n,
        src_addr: '192.0.2.1',
        dst_addr: '198.51.100.2',
        next_hop: '203.0.113.9',
        etype: 0x0800n,
        proto: 6n,
        src_port: 443n,
        dst_port: 50_000n,
        in_if: 3n,
        out_if: 4n,
        ip_tos: 8n,
        tcp_flags: 0x1bn,
        bytes: 2n ** 32n - 1n,
        packets: 2n ** 32n - 1n,
        ...(routing ?? { src_as: 64_500n, dst_as: 64_501n, src_net: 24n, dst_net: 16n }),
        time_flow_start_ns: base - second,
        time_flow_end_ns: base,
      },
    );
  });

  test(`C-142 NetFlow v${version}: of a datagram cut anywhere the whole records come out`, () => {
    const { headerLength, recordLength } = fixedLayout(version)!;
    const whole = encodeFixed(version, header, [full, full, full]);
    assert.equal(whole.length, headerLength + 3 * recordLength);
    for (let length = 0; length <= whole.length; length++) {
      const { failure, flows } = fixed(whole.subarray(0, length));
      assert.equal(failure, length < headerLength ? 'too_short' : undefined);
      assert.equal(flows.length, length < headerLength ? 0 : Math.floor((length - headerLength) / recordLength));
    }
  });
}

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  dateTimeMicroseconds,
  dateTimeMilliseconds,
  dateTimeNanoseconds,
  dateTimeSeconds,
} from '#src/simulate/values.js';
import { Collector } from '../../support/collector.ts';
import { EXPORT_TIME, data, ipfix, protocols, v9 } from '../../support/exporter.ts';
import { flowOf } from '../../support/flow-of.ts';
import type { FieldOfRecord, FlowOptions } from '../../support/flow-of.ts';
import type { Wire } from '../../support/exporter.ts';

const BASE = BigInt(EXPORT_TIME) * 1_000_000_000n;
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const number = (value: number | bigint, size: number): string =>
  BigInt.asUintN(8 * size, BigInt(value))
    .toString(16)
    .padStart(2 * size, '0');

/** Start and end of the flow that fields give, less the export time unless `absolute`. */
function timesOf(
  wire: Wire,
  fields: readonly FieldOfRecord[],
  options: FlowOptions = {},
): [start: bigint, end: bigint] {
  const flow = flowOf(wire, [...fields, ['7/2', '0001']], options);
  return [flow.time_flow_start_ns as bigint, flow.time_flow_end_ns as bigint];
}

test('both ends are the export time when the record has no time', () => {
  for (const [, wire] of protocols) assert.deepEqual(timesOf(wire, []), [BASE, BASE]);
});

test('RFC 5471 3.2.1 times of every type are equal to what was sent', () => {
  const time = fc.bigInt(0n, 4_102_444_800_000_000_000n); // until 2100
  fc.assert(
    fc.property(time, time, (start, end) => {
      const near = {
        exportSeconds: Number(start / 1_000_000_000n),
        arrival: { seconds: Number(start / 1_000_000_000n) },
      };
      const types: [ids: [number, number], size: number, encode: (time: bigint) => Uint8Array, unit: bigint][] = [
        [[150, 151], 4, dateTimeSeconds, 1_000_000_000n],
        [[152, 153], 8, dateTimeMilliseconds, 1_000_000n],
      ];
      for (const [[startId, endId], size, encode, unit] of types) {
        const fields: FieldOfRecord[] = [
          [`${startId}/${size}`, hex(encode(start))],
          [`${endId}/${size}`, hex(encode(end))],
        ];
        const [first, last] = timesOf(ipfix, fields, near);
        assert.equal(first, start - (start % unit));
        if (end - start < 2n ** 30n * 1_000_000_000n && start - end < 2n ** 30n * 1_000_000_000n) {
          assert.equal(last, end - (end % unit));
        }
      }
    }),
  );
});

test('C-079 the low 11 bits of the fraction do not count in dateTimeMicroseconds', () => {
  const at = (fraction: string): FieldOfRecord[] => [['154/8', `ebe50e38${fraction}`]];
  const exportSeconds = 1_748_668_400;
  const expected = timesOf(ipfix, at('c50cc000'), { exportSeconds })[0];
  assert.equal(expected, 1_748_668_344_769_725_799n);
  for (const low of ['c50cc001', 'c50cc3ff', 'c50cc7ff'])
    assert.equal(timesOf(ipfix, at(low), { exportSeconds })[0], expected);
  assert.notEqual(timesOf(ipfix, at('c50cc800'), { exportSeconds })[0], expected);
});

test('C-080 dateTimeNanoseconds uses the whole fraction', () => {
  fc.assert(
    fc.property(fc.bigInt(BASE - 10n ** 18n, BASE + 10n ** 18n), (time) => {
      const fields: FieldOfRecord[] = [
        ['156/8', hex(dateTimeNanoseconds(time))],
        ['157/8', hex(dateTimeMicroseconds(time))],
      ];
      const [nanoseconds, microseconds] = timesOf(ipfix, fields);
      assert.ok(time - nanoseconds >= 0n && time - nanoseconds <= 1n, `${time - nanoseconds}`);
      assert.ok(time - microseconds >= 0n && time - microseconds <= 478n, `${time - microseconds}`);
    }),
  );
});

test('C-081 the NTP era is that of the export time', () => {
  const era = 2_085_978_496; // 2036-02-07 06:28:16, where NTP seconds begin anew
  for (const [exportSeconds, seconds, expected] of [
    [era - 100, 'ffffffff', era - 1],
    [era - 100, '00000000', era],
    [era + 5, '00000001', era + 1],
    [era + 5, 'fffffff0', era - 16],
    [2 ** 32 - 10, number(2 ** 32 - 20 + 2_208_988_800, 4), 2 ** 32 - 20],
  ] as const) {
    const fields: FieldOfRecord[] = [['156/8', `${seconds}80000000`]];
    const arrival = { seconds: exportSeconds };
    assert.equal(
      timesOf(ipfix, fields, { exportSeconds, arrival })[0],
      BigInt(expected) * 1_000_000_000n + 500_000_000n,
    );
  }
});

test('an NTP time of zero is none', () => {
  const collector = new Collector();
  assert.deepEqual(timesOf(ipfix, [['156/8', '00'.repeat(8)]], { collector }), [BASE, BASE]);
  assert.equal(collector.count('notices:field_value'), 1);
});

test('C-015 the export time is read near the date, past the end of 32 bits too', () => {
  const wrap = 2 ** 32;
  for (const [exportSeconds, received, expected] of [
    [EXPORT_TIME, EXPORT_TIME + 5, EXPORT_TIME],
    [wrap - 5, wrap - 3, wrap - 5],
    [wrap - 5, wrap + 3, wrap - 5],
    [3, wrap + 5, wrap + 3],
    [100_000, wrap + 50, wrap + 100_000],
    [0, 1_700_000_000, 0],
  ] as const) {
    const arrival = { seconds: received };
    assert.deepEqual(
      timesOf(ipfix, [], { exportSeconds, arrival }),
      [BigInt(expected) * 1_000_000_000n, BigInt(expected) * 1_000_000_000n],
      `${exportSeconds} received at ${received}`,
    );
  }
  const seconds: FieldOfRecord[] = [
    ['150/4', 'fffffff0'],
    ['151/4', '00000001'],
  ];
  assert.deepEqual(timesOf(ipfix, seconds, { exportSeconds: 3, arrival: { seconds: wrap + 5 } }), [
    BigInt(wrap - 16) * 1_000_000_000n,
    BigInt(wrap + 1) * 1_000_000_000n,
  ]);
});

test('C-082 delta times lie before the export time', () => {
  for (const [, wire] of protocols) {
    const fields: FieldOfRecord[] = [
      ['158/4', number(2_500_001, 4)],
      ['159/4', 'ffffffff'],
    ];
    assert.deepEqual(timesOf(wire, fields), [BASE - 2_500_001_000n, BASE - 4_294_967_295_000n]);
  }
  const collector = new Collector();
  assert.deepEqual(timesOf(ipfix, [['158/8', 'ffffffffffffffff']], { collector }), [BASE, BASE]);
  assert.equal(collector.count('notices:field_value'), 1);
});

test('C-083 times by sysUptime work in IPFIX with the start of the exporter, in the record', () => {
  const started = BASE / 1_000_000n - 3_600_000n;
  const fields: FieldOfRecord[] = [
    ['22/4', number(3_599_000, 4)],
    ['21/4', number(3_599_500, 4)],
    ['160/8', number(started, 8)],
  ];
  for (const order of [fields, fields.toReversed()]) {
    assert.deepEqual(timesOf(ipfix, order), [BASE - 1_000_000_000n, BASE - 500_000_000n]);
  }
});

test('C-083 the start of the exporter is learned from options data, of the domain', () => {
  const collector = new Collector();
  const times: FieldOfRecord[] = [
    ['22/4', number(3_599_000, 4)],
    ['21/4', number(3_599_500, 4)],
  ];
  const options = { collector, id: 300 };
  assert.deepEqual(timesOf(ipfix, times, options), [BASE, BASE], 'not known yet');
  const started = number(BASE / 1_000_000n - 3_600_000n, 8);
  collector.send(ipfix.message([ipfix.optionsTemplate(256, ['149/4'], ['160/8']), data(256, `00000009${started}`)]));
  assert.deepEqual(timesOf(ipfix, times, options), [BASE - 1_000_000_000n, BASE - 500_000_000n]);
  assert.deepEqual(timesOf(ipfix, times, { ...options, domain: 10 }), [BASE, BASE], 'another domain');
});

test('C-083 sysUptime wraps in IPFIX as well', () => {
  const started = BASE / 1_000_000n - 2n ** 32n - 5_000n;
  const fields: FieldOfRecord[] = [
    ['22/4', number(4_000, 4)],
    ['21/4', number(2 ** 32 - 1, 4)],
    ['160/8', number(started, 8)],
  ];
  assert.deepEqual(timesOf(ipfix, fields), [BASE - 1_000_000_000n, BASE - 5_001_000_000n]);
});

test('C-084 one end and a duration give the other end', () => {
  const start: FieldOfRecord = ['152/8', number(BASE / 1_000_000n - 10_000n, 8)];
  const end: FieldOfRecord = ['153/8', number(BASE / 1_000_000n - 10_000n, 8)];
  const at = BASE - 10_000_000_000n;
  for (const [, wire] of protocols) {
    assert.deepEqual(timesOf(wire, [start, ['161/4', number(2_500, 4)]]), [at, at + 2_500_000_000n]);
    assert.deepEqual(timesOf(wire, [['161/4', number(2_500, 4)], start]), [at, at + 2_500_000_000n]);
    assert.deepEqual(timesOf(wire, [end, ['161/4', number(2_500, 4)]]), [at - 2_500_000_000n, at]);
    assert.deepEqual(timesOf(wire, [start, ['162/4', number(1, 4)]]), [at, at + 1_000n]);
    assert.deepEqual(timesOf(wire, [end, ['162/4', number(1_500_001, 4)]]), [at - 1_500_001_000n, at]);
    assert.deepEqual(timesOf(wire, [start, end, ['161/4', 'ffffffff']]), [at, at], 'both ends are there');
    assert.deepEqual(timesOf(wire, [['161/4', 'ffffffff']]), [BASE, BASE], 'none is there');
  }
  const collector = new Collector();
  assert.deepEqual(timesOf(ipfix, [end, ['161/8', number(BASE / 1_000_000n, 8)]], { collector }), [BASE, at]);
  assert.equal(collector.count('notices:field_value'), 1);
});

test('C-138 v9 times count back from the header time by a signed 32-bit difference (D-5)', () => {
  for (const [uptime, first, last, start, end] of [
    [3_600_000, 3_599_000, 3_600_000, -1_000, 0],
    [3_600_000, 3_600_176, 3_600_192, 176, 192],
    [1_000, 2 ** 32 - 4_000, 500, -5_000, -500],
    [2 ** 32 - 1_000, 4_000, 2 ** 32 - 2_000, 5_000, -1_000],
    [0, 2 ** 31 + 1, 2 ** 31 - 1, -(2 ** 31) + 1, 2 ** 31 - 1],
  ] as const) {
    const fields: FieldOfRecord[] = [
      ['22/4', number(first, 4)],
      ['21/4', number(last, 4)],
    ];
    const expected = [BASE + BigInt(start) * 1_000_000n, BASE + BigInt(end) * 1_000_000n];
    assert.deepEqual(timesOf(v9, fields, { sysUptimeMs: uptime }), expected);
  }
  const collector = new Collector();
  const before1970 = { collector, exportSeconds: 0, sysUptimeMs: 5_000 };
  assert.deepEqual(timesOf(v9, [['22/4', number(1_000, 4)]], before1970), [0n, 0n]);
  assert.equal(collector.count('notices:field_value'), 1);
});

test('of several times the finest is used, wherever it stands (D-4)', () => {
  const seconds = BASE / 1_000_000_000n;
  const candidates: [id: number, size: number, value: bigint, expected: bigint][] = [
    [156, 8, (seconds + 2_208_988_800n) << 32n, BASE],
    [154, 8, (seconds + 2_208_988_799n) << 32n, BASE - 1_000_000_000n],
    [152, 8, seconds * 1000n - 2_000n, BASE - 2_000_000_000n],
    [150, 4, seconds - 3n, BASE - 3_000_000_000n],
    [158, 4, 4_000_000n, BASE - 4_000_000_000n],
    [22, 4, 3_595_000n, BASE - 5_000_000_000n],
    [323, 8, seconds * 1000n - 6_000n, BASE - 6_000_000_000n],
  ];
  for (let from = 0; from < candidates.length; from++) {
    const fields = candidates
      .slice(from)
      .map(([id, size, value]): FieldOfRecord => [`${id}/${size}`, number(value, size)]);
    for (const order of [fields, fields.toReversed()]) assert.equal(timesOf(v9, order)[0], candidates[from]![3]);
  }
});

test('the time of an observed packet is both ends', () => {
  for (const [id, size, value] of [
    [322, 4, number(EXPORT_TIME - 7, 4)],
    [323, 8, number(BigInt(EXPORT_TIME - 7) * 1000n, 8)],
    [324, 8, `${number(EXPORT_TIME - 7 + 2_208_988_800, 4)}00000000`],
    [325, 8, `${number(EXPORT_TIME - 7 + 2_208_988_800, 4)}00000000`],
  ] as const) {
    const at = BASE - 7_000_000_000n;
    assert.deepEqual(timesOf(ipfix, [[`${id}/${size}`, value]]), [at, at]);
  }
});

test('a time past what 64 bits hold is left out', () => {
  const collector = new Collector();
  assert.deepEqual(timesOf(ipfix, [['152/8', 'ffffffffffffffff']], { collector }), [BASE, BASE]);
  assert.equal(collector.count('notices:field_value'), 1);
  assert.deepEqual(timesOf(ipfix, [['152/8', '0000000000000000']], { collector }), [0n, BASE]);
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ExporterClocks, hasRestarted } from '#src/decode/templates/exporter-clock.js';
import { Collector } from '../../support/collector.ts';
import { EXPORT_TIME, data, v9 } from '../../support/exporter.ts';

const facts = (sysUptimeMs: number, exportSeconds: number, sequence = 0) => ({ sysUptimeMs, exportSeconds, sequence });

test('C-134 a restart is told from reordering, from a wrap and from a clock that is set', () => {
  const at = 1_700_000_000;
  const day = 86_400;
  const cases: [what: string, before: ReturnType<typeof facts>, now: ReturnType<typeof facts>, restarted: boolean][] = [
    ['time passes', facts(1_000_000, at), facts(1_060_000, at + 60), false],
    ['reboot', facts(90 * 60_000, at), facts(5_000, at + 70), true],
    ['reboot after a minute', facts(60_000, at), facts(1_000, at + 30), true],
    ['the datagram before came late', facts(1_000_000, at), facts(400_000, at - 600), false],
    ['overtaken in one second', facts(1_000_900, at), facts(1_000_010, at), false],
    ['sysUptime wraps', facts(2 ** 32 - 10_000, at), facts(20_000, at + 30), false],
    ['sysUptime wraps while nothing is sent', facts(2 ** 32 - 10_000, at), facts(day * 1000 - 10_000, at + day), false],
    ['reboot after 40 days', facts(40 * day * 1000, at), facts(1_000, at + 90), true],
    ['the clock is set forward', facts(1_000_000, at), facts(1_010_000, at + 10 * day), false],
    ['the clock is set back', facts(1_000_000, at), facts(1_010_000, at - 10 * day), false],
    ['no uptime: sequence goes on', facts(0, at, 70_000), facts(0, at, 70_001), false],
    ['no uptime: sequence begins anew', facts(0, at, 70_000), facts(0, at + 1, 0), true],
    ['no uptime: sequence wraps', facts(0, at, 2 ** 32 - 5), facts(0, at, 3), false],
    ['no uptime: overtaken', facts(0, at, 70_000), facts(0, at, 69_990), false],
    ['no uptime: falls as far as overtaking may', facts(0, at, 70_000), facts(0, at, 70_000 - 1024), false],
    ['no uptime: falls further', facts(0, at, 70_000), facts(0, at, 70_000 - 1025), true],
    ['no uptime: wraps as far as overtaking may', facts(0, at, 2 ** 32 - 1), facts(0, at, 1023), false],
    ['no uptime: falls that far from the top', facts(0, at, 2 ** 32 - 1), facts(0, at, 1024), true],
    ['sequence alone means nothing', facts(1_000_000, at, 70_000), facts(1_060_000, at + 60, 0), false],
  ];
  for (const [what, before, now, restarted] of cases) assert.equal(hasRestarted(before, now), restarted, what);
});

test('a datagram that comes late does not make the next one a restart', () => {
  const clocks = new ExporterClocks();
  assert.equal(clocks.observe(1, facts(1_000_000, 1000)), false);
  assert.equal(clocks.observe(1, facts(900_000, 900)), false);
  assert.equal(clocks.observe(1, facts(1_000_100, 1000)), false);
  assert.equal(clocks.observe(1, facts(500, 1001)), true);
  assert.equal(clocks.observe(1, facts(1_500, 1002)), false);
});

test('exporters behind one address have clocks of their own', () => {
  const clocks = new ExporterClocks();
  const seen: boolean[] = [];
  for (let i = 0; i < 20; i++) {
    seen.push(clocks.observe(1, facts(1_000_000 + i * 1000, 1000 + i)));
    if (i > 0) seen.push(clocks.observe(2, facts(50_000 + i * 1000, 1000 + i)));
  }
  assert.ok(!seen.includes(true));
  assert.equal(clocks.observe(2, facts(10, 1030)), true);
  assert.equal(clocks.observe(1, facts(1_030_000, 1030)), false);
});

test('an exporter that changes its port with every datagram has one clock, in bounded memory', () => {
  const clocks = new ExporterClocks();
  for (let i = 0; i < 1_000; i++) assert.equal(clocks.observe(1_024 + i, facts(1_000_000 + i * 1000, 1000 + i)), false);
  assert.equal(clocks.ports, 64);
  assert.equal(clocks.observe(60_000, facts(10, 2_001)), true);
});

test('C-134, F-26, RFC 5471 3.6.2 after a restart the templates of that source id are gone, and of no other', () => {
  const collector = new Collector();
  const template = v9.template(256, '8/4');
  const known = data(256, '01020304');
  const up = { sysUptimeMs: 7_200_000, sequence: 500 };
  for (const domain of [1, 2]) collector.send(v9.message([template, v9.template(257, '12/4')], { ...up, domain }));
  collector.send(v9.message([template], { ...up, domain: 1 }), { address: '192.0.2.2' });

  const later = { sysUptimeMs: 4_000, sequence: 0, exportSeconds: EXPORT_TIME + 60 };
  assert.deepEqual(collector.send(v9.message([known], { ...later, domain: 1 })).records, []);
  assert.equal(collector.count('notices:exporter_restart'), 1);
  assert.equal(collector.count('pending_in'), 1);

  const same = { ...up, exportSeconds: EXPORT_TIME + 60, sysUptimeMs: 7_260_000 };
  assert.deepEqual(collector.send(v9.message([known], { ...same, domain: 2 })).records, [['01020304']]);
  const other = collector.send(v9.message([known], { ...same, domain: 1 }), { address: '192.0.2.2' });
  assert.deepEqual(other.records, [['01020304']]);

  // the new layout is used at once, for what waited as well
  const { records } = collector.send(
    v9.message([v9.template(256, '7/2', '11/2'), known], { ...later, sequence: 1, domain: 1 }),
  );
  assert.deepEqual(records, [
    ['0102', '0304'],
    ['0102', '0304'],
  ]);
});

test('C-134 a restart behind a shared address leaves the other exporter alone', () => {
  const collector = new Collector();
  const send = (sourcePort: number, sets: Uint8Array[], sysUptimeMs: number, seconds: number) =>
    collector.send(v9.message(sets, { sysUptimeMs, exportSeconds: EXPORT_TIME + seconds }), { sourcePort });
  const known = data(256, '01020304');
  send(1_000, [v9.template(256, '8/4')], 9_000_000, 0);
  send(1_000, [known], 9_001_000, 1);
  send(2_000, [v9.template(256, '7/2', '11/2')], 5_000_000, 1);
  send(2_000, [known], 5_001_000, 2);
  assert.deepEqual(send(2_000, [], 1_000, 60).failure, undefined);
  assert.equal(collector.count('notices:exporter_restart'), 1);
  assert.deepEqual(send(1_000, [known], 9_061_000, 61).records, [['01020304']]);
});

test('reordered datagrams are not a restart', () => {
  const collector = new Collector();
  const known = data(256, '01020304');
  const at = (seconds: number) => ({ sysUptimeMs: 7_200_000 + seconds * 1000, exportSeconds: EXPORT_TIME + seconds });
  collector.send(v9.message([v9.template(256, '8/4')], at(0)));
  for (const seconds of [10, 3, 20, 12, 12, 5, 90, 30]) {
    assert.equal(collector.send(v9.message([known], at(seconds))).records.length, 1, `${seconds}`);
  }
  assert.equal(collector.count('notices:exporter_restart'), 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Collector } from '../../support/collector.ts';
import { EXPORT_TIME, data, protocols } from '../../support/exporter.ts';

test('F-22 clocks that jump: nothing expires, nothing is lost, times are numbers', () => {
  const year = 31_557_600;
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    collector.send(wire.message([wire.template(256, '8/4', '1/4')]));
    const jumps = [3_600, -3_600, 10 * year, -10 * year];
    const moments = [
      ...jumps.map((by) => EXPORT_TIME + by),
      2_085_978_496,
      2_147_483_647,
      2_147_483_648,
      4_294_967_295,
    ];
    for (const seconds of moments) {
      // our own clock jumps; the exporter's goes on, or jumps with it
      for (const exportSeconds of [EXPORT_TIME, seconds]) {
        const uptime = { exportSeconds, sysUptimeMs: 3_600_000 };
        const { flows } = collector.send(wire.message([data(256, '0a000001 00000001')], uptime), {
          seconds,
        });
        assert.equal(flows.length, 1, `${name} at ${seconds}`);
        for (const value of Object.values(flows[0]!)) assert.ok(!Number.isNaN(value));
      }
      collector.wait(1_000);
    }
    assert.equal(collector.count('notices:template_expired'), 0);
    assert.equal(collector.count('notices:exporter_restart'), 0);
  }
});

test('F-29 data up to 30 s before its template: in its order, with its time; what waits longer is counted', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    const numbered = (i: number) => wire.message([data(256, i.toString(16).padStart(8, '0'))], { sequence: i });
    for (let i = 0; i < 30; i++) {
      assert.deepEqual(collector.send(numbered(i)).records, []);
      collector.wait(1_000);
    }
    const { records } = collector.send(wire.message([wire.template(256, '1/4')]));
    assert.deepEqual(
      records.map(([value]) => parseInt(value!, 16)),
      Array.from({ length: 30 }, (_, i) => i),
      name,
    );
    const other = { address: '192.0.2.77' };
    collector.send(numbered(1), other);
    collector.wait(61_000);
    assert.equal(collector.count('sets_skipped:no_template_expired'), 1);
    assert.deepEqual(collector.send(wire.message([wire.template(256, '1/4')]), other).records, []);
  }
});

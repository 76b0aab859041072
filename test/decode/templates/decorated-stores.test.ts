import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ExpiringTemplateStore } from '#src/decode/templates/expiring-store.js';
import { OrderedTemplateStore } from '#src/decode/templates/ordered-store.js';
import { Collector } from '../../support/collector.ts';
import { data, EXPORT_TIME, protocols, v9 } from '../../support/exporter.ts';

const known = data(256, '01020304');

/** A collector whose templates hold for 60 s after they were sent, or used. */
function expiring(extendOnAccess: boolean, sweepMs = 0): { collector: Collector; wait: (seconds: number) => void } {
  let store: ExpiringTemplateStore | undefined;
  const collector = new Collector({
    decorate: (inner, counters) =>
      (store = new ExpiringTemplateStore(inner, { counters, ttlMs: 60_000, sweepMs, extendOnAccess })),
  });
  const wait = (seconds: number) => {
    collector.nowMs += seconds * 1000;
    store!.tick(collector.nowMs);
  };
  wait(1);
  return { collector, wait };
}

test('C-051 a template expires when it was not sent for its time; sending it again makes it hold', () => {
  for (const [name, wire] of protocols) {
    const { collector, wait } = expiring(false);
    collector.send(wire.message([wire.template(256, '8/4')]));
    for (let i = 0; i < 5; i++) {
      wait(50);
      assert.deepEqual(collector.send(wire.message([known])).records, [['01020304']], name);
      collector.send(wire.message([wire.template(256, '8/4')]));
    }
    assert.equal(collector.count('notices:template_expired'), 0);
  }
});

test('C-133, RFC 5471 3.6.8.3.2 an expired template decodes nothing, swept or not; sent again it decodes', () => {
  for (const [name, wire] of protocols) {
    const { collector, wait } = expiring(false);
    collector.send(wire.message([wire.template(256, '8/4')]));
    wait(61);
    assert.deepEqual(collector.send(wire.message([known])).records, [], name);
    assert.equal(collector.count('notices:template_expired'), 1);
    assert.equal(collector.templates.bytes, 0, 'its memory is given back');
    const later = { exportSeconds: EXPORT_TIME, sequence: 5 };
    assert.deepEqual(collector.send(wire.message([wire.template(256, '8/4'), known], later)).records, [
      ['01020304'],
      ['01020304'],
    ]);
  }
});

test('the sweep gives back the memory of what nobody uses any more', () => {
  const { collector, wait } = expiring(false, 30_000);
  collector.send(v9.message([v9.template(256, '8/4'), v9.template(257, '12/4')]));
  wait(59);
  assert.equal([...collector.templates.entries()].length, 2);
  wait(40);
  assert.equal([...collector.templates.entries()].length, 0);
  assert.equal(collector.count('notices:template_expired'), 2);
});

test('a template holds to the last moment of its time, and the sweep comes in the first one of its own', () => {
  const { collector, wait } = expiring(false, 100_000);
  collector.send(v9.message([v9.template(256, '8/4')]));
  wait(60);
  assert.deepEqual(collector.send(v9.message([known])).records, [['01020304']]);
  wait(39);
  assert.equal([...collector.templates.entries()].length, 1);
  wait(1);
  assert.equal([...collector.templates.entries()].length, 0);
});

test('templates.sweep-interval=0: nothing is swept', () => {
  const { collector, wait } = expiring(false, 0);
  collector.send(v9.message([v9.template(256, '8/4')]));
  wait(600);
  wait(600);
  assert.equal([...collector.templates.entries()].length, 1);
});

test('templates.ttl.extend-on-access: data that uses a template makes it hold', () => {
  const { collector, wait } = expiring(true);
  collector.send(v9.message([v9.template(256, '8/4')]));
  for (let i = 0; i < 5; i++) {
    wait(50);
    assert.deepEqual(collector.send(v9.message([known])).records, [['01020304']]);
  }
  wait(61);
  assert.deepEqual(collector.send(v9.message([known])).records, []);
});

test('C-055 a template that was overtaken does not replace the newer one, within the time that is asked for', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector({ decorate: (inner, counters) => new OrderedTemplateStore(inner, 10, counters) });
    const at = (seconds: number) => ({ exportSeconds: EXPORT_TIME + seconds });
    collector.send(wire.message([wire.template(256, '7/2', '11/2')], at(5)));
    const late = collector.send(wire.message([wire.template(256, '8/4'), known], at(0)));
    assert.deepEqual(late.records, [['01020304']], `${name}: what came with it is decoded by it`);
    assert.equal(collector.count('notices:template_late'), 1);
    assert.deepEqual(collector.send(wire.message([known], at(6))).records, [['0102', '0304']]);

    collector.send(wire.message([wire.template(256, '8/4')], at(-3600)));
    assert.deepEqual(collector.send(wire.message([known], at(-3600))).records, [['01020304']], 'a clock set back');
  }
});

test('C-050 templates of before a restart of the exporter decode nothing', () => {
  const collector = new Collector();
  const before = { sysUptimeMs: 7_200_000, sequence: 500 };
  collector.send(v9.message([v9.template(256, '8/4')], before));
  assert.deepEqual(collector.send(v9.message([known], { ...before, sequence: 501 })).records, [['01020304']]);
  const after = { sysUptimeMs: 4_000, sequence: 0, exportSeconds: EXPORT_TIME + 60 };
  assert.deepEqual(collector.send(v9.message([known], after)).records, []);
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Collector } from '../../support/collector.ts';
import { memoryUsed } from '../../support/memory-used.ts';
import { EXPORT_TIME, data, ipfix, protocols, v9 } from '../../support/exporter.ts';

const numbered = (id: number, i: number) => data(id, i.toString(16).padStart(8, '0'));

test('C-053, F-29 data before its template is decoded later, in order, as it came', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    for (let i = 0; i < 30; i++) {
      const held = wire.message([numbered(256, i), numbered(257, i)], { sequence: i, exportSeconds: EXPORT_TIME + i });
      assert.deepEqual(collector.send(held, { seconds: 1_700_000_000 + i }).records, [], name);
      collector.wait(1_000);
    }
    assert.equal(collector.count('pending_in'), 60);
    const both = wire.message([wire.template(256, '1/4'), wire.template(257, '1/4'), numbered(256, 30)], {
      sequence: 30,
      exportSeconds: EXPORT_TIME,
    });
    const { packets, records } = collector.send(both, { seconds: 1_700_000_030 });
    const expected = Array.from({ length: 60 }, (_, i) => [
      Math.floor(i / 2)
        .toString(16)
        .padStart(8, '0'),
    ]);
    assert.deepEqual(records, [...expected, ['0000001e']]);
    assert.deepEqual(
      packets
        .slice(0, 4)
        .map(({ sequence, exportSeconds, receivedSeconds }) => [sequence, exportSeconds, receivedSeconds]),
      [0, 0, 1, 1].map((i) => [i, EXPORT_TIME + i, 1_700_000_000 + i]),
    );
    assert.equal(collector.count('pending_replayed'), 60);
    assert.equal(collector.pending.bytes, 0);
  }
});

test('C-053 held options data is decoded when its options template comes', () => {
  for (const [, wire] of protocols) {
    const collector = new Collector();
    collector.send(wire.message([data(256, '00000009 00000064')]));
    const { packets } = collector.send(wire.message([wire.optionsTemplate(256, ['1/4'], ['34/4'])]));
    assert.equal(packets[0]!.sets[0]!.kind, 'options_data');
    assert.deepEqual(packets[0]!.sets[0]!.records, [['00000009', '00000064']]);
    assert.equal(collector.count('sets_options_data'), 1);
  }
});

test('data that stands before its template in one datagram is not held', () => {
  for (const [, wire] of protocols) {
    const collector = new Collector();
    const { records } = collector.send(wire.message([numbered(256, 5), wire.template(256, '1/4')]));
    assert.deepEqual(records, [['00000005']]);
    assert.equal(collector.count('pending_in'), 0);
  }
});

test('C-054 held data is not decoded with a template that was exported after it', () => {
  for (const [, wire] of protocols) {
    const collector = new Collector();
    collector.send(wire.message([numbered(256, 1)], { exportSeconds: EXPORT_TIME }));
    collector.send(wire.message([numbered(256, 2)], { exportSeconds: EXPORT_TIME + 10 }));
    const { records } = collector.send(wire.message([wire.template(256, '1/4')], { exportSeconds: EXPORT_TIME + 5 }));
    assert.deepEqual(records, [['00000002']]);
    assert.equal(collector.pending.count, 1);
    const earlier = collector.send(wire.message([wire.template(256, '1/4')], { exportSeconds: EXPORT_TIME - 1 }));
    assert.deepEqual(earlier.records, [['00000001']]);
  }
});

test('a template that comes again, as it was, is not looked for among held data', (t) => {
  for (const [, wire] of protocols) {
    const collector = new Collector();
    collector.send(wire.message([wire.template(256, '1/4')]));
    collector.send(wire.message([numbered(300, 1)]));
    const take = t.mock.method(collector.pending, 'take');
    for (let i = 0; i < 3; i++) collector.send(wire.message([wire.template(256, '1/4')]));
    assert.equal(take.mock.callCount(), 0);
    collector.send(wire.message([wire.template(256, '1/4', '2/4')]));
    assert.equal(take.mock.callCount(), 1, 'it is another one now');
    const { records } = collector.send(wire.message([wire.template(256, '1/4', '2/4'), wire.template(300, '1/4')]));
    assert.deepEqual(records, [['00000001']]);
  }
});

test('held data expires after a minute', () => {
  const collector = new Collector();
  for (let i = 0; i < 3; i++) {
    collector.send(v9.message([numbered(256, i)]));
    collector.wait(20_000);
  }
  assert.equal(collector.count('sets_skipped:no_template_expired'), 1);
  const { records } = collector.send(v9.message([v9.template(256, '1/4')]));
  assert.deepEqual(records, [['00000001'], ['00000002']]);
  collector.send(v9.message([numbered(300, 0)]));
  collector.wait(60_000);
  assert.equal(collector.pending.count, 0);
  assert.equal(collector.pending.bytes, 0);
});

test('held data is kept apart by exporter, version and domain', () => {
  const collector = new Collector();
  const held = numbered(256, 1);
  collector.send(ipfix.message([held], { domain: 1 }));
  collector.send(ipfix.message([held], { domain: 2 }));
  collector.send(ipfix.message([held], { domain: 1 }), { address: '192.0.2.2' });
  collector.send(v9.message([held], { domain: 1 }));
  const { packets } = collector.send(ipfix.message([ipfix.template(256, '1/4')], { domain: 1 }));
  assert.equal(packets.length, 2);
  assert.equal(collector.pending.count, 3);
});

test('held data with a bad variable length is dropped alone', () => {
  const collector = new Collector();
  collector.send(ipfix.message([data(256, '0161'), data(257, '0561'), data(256, '0162')]));
  const { failure, records } = collector.send(
    ipfix.message([ipfix.template(256, '82/v'), ipfix.template(257, '82/v')]),
  );
  assert.equal(failure, undefined);
  assert.deepEqual(records, [['61'], ['62']]);
  assert.equal(collector.count('sets_skipped:bad_variable_length'), 1);
});

test('the records of a held datagram count against its limit together', () => {
  const collector = new Collector({ maxRecords: 3 });
  collector.send(ipfix.message([data(256, '01020304'), data(257, '01020304'), data(256, '05060708')]));
  const { records } = collector.send(ipfix.message([ipfix.template(256, '4/1'), ipfix.template(257, '4/1')]));
  assert.equal(records.length, 3);
  assert.equal(collector.count('records_dropped:records_limit'), 9);
});

test('C-057, S-04 held data is bounded, an exporter has a share of it, and evictions are counted', () => {
  const maxPendingBytes = 64 * 1024;
  const collector = new Collector({ maxPendingBytes });
  collector.send(v9.message([numbered(256, 1)]), { address: '192.0.2.9' });
  for (let i = 0; i < 1_000; i++) collector.send(v9.message([data(256, '00'.repeat(600))]));
  assert.ok(collector.pending.bytes <= maxPendingBytes / 4 + 1_000, `${collector.pending.bytes}`);
  const own = collector.send(v9.message([v9.template(256, '1/4')]), { address: '192.0.2.9' });
  assert.deepEqual(own.records, [['00000001']], 'the share of another exporter is its own');
  for (let i = 0; i < 1_000; i++) {
    collector.send(v9.message([data(256, '00'.repeat(600))]), { address: `198.51.${i >> 8}.${i & 255}` });
    assert.ok(collector.pending.bytes <= maxPendingBytes);
  }
  assert.ok(collector.count('sets_skipped:no_template_evicted') > 1_800);
});

test('S-04 what is held takes no more memory than is counted for it', () => {
  const maxPendingBytes = 2 * 1024 * 1024;
  for (const size of [4, 100, 1_400]) {
    const collector = new Collector({ maxPendingBytes });
    collector.send(v9.message([]));
    const message = v9.message([data(256, '00'.repeat(size))]);
    const before = memoryUsed();
    for (let i = 0; i < 6_000; i++) collector.send(message, { address: `10.9.${i >> 8}.${i & 255}` });
    collector.forgetSources();
    const used = memoryUsed() - before;
    assert.ok(collector.count('sets_skipped:no_template_evicted') > 0);
    assert.ok(used < collector.pending.bytes * 1.1 + 300_000, `${size}: ${used} for ${collector.pending.bytes}`);
  }
});

test('data that does not fit at all is counted as without template', () => {
  const collector = new Collector({ maxPendingBytes: 0 });
  collector.send(v9.message([numbered(256, 1)]));
  assert.equal(collector.count('sets_skipped:no_template'), 1);
  assert.equal(collector.count('pending_in'), 0);
});

test('held data whose template finds no memory is counted as without template', () => {
  for (const wire of [ipfix, v9]) {
    const collector = new Collector({ maxTemplateBytes: 100 });
    collector.send(wire.message([numbered(256, 1)]));
    const { records } = collector.send(wire.message([wire.template(256, '1/4')]));
    assert.deepEqual(records, []);
    assert.equal(collector.count('notices:template_evicted'), 1);
    assert.equal(collector.count('sets_skipped:no_template'), 1);
    collector.assertBalanced();
  }
});

test('a template from another thread releases what waits for it', () => {
  const collector = new Collector();
  const elsewhere = new Collector();
  elsewhere.send(v9.message([v9.template(256, '1/4')]));
  collector.send(v9.message([numbered(256, 1)]));
  const [stored] = [...elsewhere.templates.entries()];
  const owner = { address: stored!.address, port: stored!.ports[0]!, version: 9, domain: 9 } as const;
  collector.templates.put(owner, stored!.template, stored!.exportSeconds);
  const packets: string[][][] = [];
  collector.v9.release(owner, (packet, datagram) => packets.push(collector.see(packet, datagram).sets[0]!.records));
  assert.deepEqual(packets, [[['00000001']]]);
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Collector } from '../../support/collector.ts';
import { data, hex, set, v9 } from '../../support/exporter.ts';

const template = v9.template(256, '8/4');
const known = data(256, '01020304');

test('a datagram shorter than its header is discarded', () => {
  const whole = v9.message([]);
  for (let length = 2; length < 20; length++) {
    assert.equal(new Collector().send(whole.subarray(0, length)).failure, 'too_short');
  }
});

test('C-126 finds templates by FlowSet id; 0 and 1 carry them', () => {
  const collector = new Collector();
  const sets = [v9.template(256, '8/4'), v9.optionsTemplate(257, ['1/4'], ['34/4'])];
  assert.deepEqual(
    sets.map((bytes) => bytes[1]),
    [0, 1],
  );
  const { packets } = collector.send(
    v9.message([...sets, known, data(257, '0000000000000064'), data(258, '00000000')]),
  );
  const kinds = packets[0]!.sets.map(({ kind }) => kind);
  assert.deepEqual(kinds, ['template', 'options_template', 'data', 'options_data', 'skipped']);
});

test('C-127 decodes to the end of the octets, whatever the count says', () => {
  for (const count of [0, 1, 2, 3, 100, 65_535]) {
    const collector = new Collector();
    const { records } = collector.send(v9.message([template, known, known], { count }));
    assert.deepEqual(records, [['01020304'], ['01020304']]);
    assert.equal(collector.count('notices:count_mismatch'), count === 3 ? 0 : 1);
  }
});

test('C-127 says nothing about the count where a set could not be counted', () => {
  const collector = new Collector();
  collector.send(v9.message([template, known, data(999, '0102030405060708')], { count: 4 }));
  assert.equal(collector.count('notices:count_mismatch'), 0);
});

test('C-130 scope types are numbers of their own', () => {
  const collector = new Collector();
  collector.send(v9.message([v9.optionsTemplate(256, ['1/4', '2/4'], ['1/4', '34/4'])]));
  const [stored] = [...collector.templates.entries()];
  assert.deepEqual([stored!.template.scopeCount, stored!.template.options], [2, true]);
  assert.deepEqual(
    stored!.template.fields.map(({ id }) => id),
    [1, 2, 1, 34],
  );
  const { records } = collector.send(v9.message([data(256, '00000001 00000002 00000003 00000004')]));
  assert.deepEqual(records, [['00000001', '00000002', '00000003', '00000004']]);
});

test('C-131 checks scope and option lengths before taking memory', () => {
  const body = (scope: string, option: string) => set(1, `0100 ${scope} ${option} 0001 0004 0022 0004`);
  for (const [scope, option] of [
    ['0003', '0005'],
    ['0005', '0004'],
    ['0004', '0006'],
    ['0004', '0008'],
    ['0100', '0004'],
    ['fffc', 'fffc'],
  ] as const) {
    const collector = new Collector();
    const { failure, records } = collector.send(v9.message([body(scope, option), template, known]));
    assert.equal(failure, undefined);
    assert.deepEqual(records, [['01020304']]);
    assert.equal(collector.count('sets_skipped:bad_template'), 1, `${scope} ${option}`);
  }
  const collector = new Collector();
  collector.send(v9.message([body('0004', '0004')]));
  assert.equal(collector.count('sets_options_template'), 1);
});

test('C-135 holds data until its template comes', () => {
  const collector = new Collector();
  collector.send(v9.message([known]));
  const { packets } = collector.send(v9.message([template]));
  assert.deepEqual(
    packets.map(({ sets }) => sets[0]!.records),
    [[['01020304']], []],
  );
});

test('C-136 accepts padding in data and options template FlowSets', () => {
  for (let length = 1; length <= 3; length++) {
    const padding = new Uint8Array(length);
    const collector = new Collector();
    collector.send(v9.message([v9.optionsTemplate(257, ['1/4'], ['34/2', '35/1'], { padding }), template]));
    const { records } = collector.send(
      v9.message([data(257, '00000000 0064 02', { padding }), data(256, '01020304', { padding })]),
    );
    assert.deepEqual(records, [['00000000', '0064', '02'], ['01020304']]);
  }
});

test('C-136 counts octets behind the last FlowSet', () => {
  const collector = new Collector();
  const { records } = collector.send(v9.message([template, known, hex('0000')]));
  assert.deepEqual(records, [['01020304']]);
  assert.equal(collector.count('notices:trailing_bytes'), 2);
});

test('C-137 skips FlowSet ids 2 to 255 and goes on', () => {
  const collector = new Collector();
  const strange = [2, 3, 4, 100, 255].map((id) => set(id, '0102030405'));
  const { records } = collector.send(v9.message([...strange, template, ...strange, known]));
  assert.deepEqual(records, [['01020304']]);
  assert.equal(collector.count('sets_skipped:reserved_id'), 10);
});

test('C-021 accepts FlowSets of their header alone', () => {
  const collector = new Collector();
  const empty = [0, 1, 256, 300].map((id) => set(id, ''));
  const { records } = collector.send(v9.message([template, ...empty, known]));
  assert.deepEqual(records, [['01020304']]);
  assert.equal(collector.count('sets_skipped:bad_set_length'), 0);
  assert.equal(collector.count('notices:trailing_bytes'), 0);
});

test('C-140 refuses a template with a field of length 65,535', () => {
  const collector = new Collector();
  const { records } = collector.send(v9.message([v9.template(256, '82/v', '8/4'), data(256, '0161 01020304')]));
  assert.deepEqual(records, []);
  assert.equal(collector.count('notices:variable_length_in_v9'), 1);
  collector.send(v9.message([v9.template(257, '8/4', '82/65534')]));
  assert.equal(collector.count('templates_added'), 1);
});

test('a FlowSet cut off by the end of the datagram keeps its whole records', () => {
  const collector = new Collector();
  collector.send(v9.message([template]));
  const whole = v9.message([data(256, ['01020304', '05060708', '090a0b0c'])]);
  for (const [length, records] of [
    [20, 0],
    [23, 0],
    [24, 0],
    [27, 0],
    [28, 1],
    [35, 2],
    [36, 3],
  ] as const) {
    const { failure, packets } = collector.send(whole.subarray(0, length));
    assert.equal(failure, undefined);
    const [cut] = packets[0]!.sets;
    assert.equal(cut?.records.length ?? 0, records, `${length} octets`);
    if (length >= 24) assert.equal(cut!.length, 16);
  }
  assert.equal(collector.count('notices:truncated_records'), 4);
});

test('a template FlowSet cut off keeps its whole templates', () => {
  const collector = new Collector();
  const { records } = collector.send(v9.message([set(0, '0100 0001 0008 0004  0101 0002 0008 0004'), known]));
  assert.deepEqual(records, [['01020304']]);
  assert.equal(collector.count('sets_template'), 1);
  assert.equal(collector.count('notices:truncated_records'), 1);
  collector.send(v9.message([set(0, '0101 0002 0008 0004')]));
  assert.equal(collector.count('sets_skipped:bad_template'), 1);
});

test('a FlowSet length below 4 ends the datagram, what was before it stays', () => {
  for (const length of [0, 1, 3]) {
    const collector = new Collector();
    const { failure, records } = collector.send(v9.message([template, known, set(256, '05060708', length), known]));
    assert.equal(failure, undefined);
    assert.deepEqual(records, [['01020304']]);
    assert.equal(collector.count('sets_skipped:bad_set_length'), 1);
    assert.equal(collector.count('sets_received'), 3);
  }
});

test('padding of zeros behind templates stores nothing', () => {
  const collector = new Collector();
  collector.send(
    v9.message([set(0, '0100 0001 0008 0004 00000000'), set(1, '0101 0004 0000 0001 0004 00000000 0000')]),
  );
  assert.equal(collector.count('templates_added'), 2);
  assert.equal(collector.count('notices:bad_template_id'), 0);
  collector.send(v9.message([set(0, '0012 0001 0008 0004')]));
  assert.equal(collector.count('notices:bad_template_id'), 1);
});

test('v9 element numbers have 16 bits and no enterprise bit', () => {
  const collector = new Collector();
  collector.send(v9.message([set(0, '0100 0002 e073 0004 0008 0004')]));
  const [stored] = [...collector.templates.entries()];
  assert.deepEqual(stored!.template.fields, [
    { id: 0xe073, pen: 0, length: 4 },
    { id: 8, pen: 0, length: 4 },
  ]);
});

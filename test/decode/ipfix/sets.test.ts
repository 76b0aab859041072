import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Collector } from '../../support/collector.ts';
import { data, hex, ipfix, set } from '../../support/exporter.ts';

const template = ipfix.template(256, '8/4');
const known = data(256, '01020304');

/** Records of a message in which the template stands before the given sets. */
function recordsOf(first: Uint8Array, ...sets: Uint8Array[]): string[][] {
  const { failure, records } = new Collector().send(ipfix.message([first, ...sets]));
  assert.equal(failure, undefined);
  return records;
}

test('C-017 finds the next set by Set Length alone', () => {
  // a set of a known id that has room for one record and a half, and one that is skipped
  const sets = [data(256, '01020304 0506'), set(77, '00ff00ff00'), data(256, '090a0b0c')];
  assert.deepEqual(recordsOf(template, ...sets), [['01020304'], ['090a0b0c']]);
});

test('C-018 discards a message with a Set Length below 4', () => {
  for (const length of [0, 1, 2, 3]) {
    const message = ipfix.message([template, set(256, '01020304', length)]);
    assert.equal(new Collector().send(message).failure, 'bad_set_length');
  }
});

test('C-019 discards a message with a set that leaves it', () => {
  for (const length of [9, 100, 65_535]) {
    const message = ipfix.message([template, known, set(256, '01020304', length)]);
    assert.equal(new Collector().send(message).failure, 'bad_set_length');
  }
});

test('C-020, RFC 5471 3.6.7 skips sets of unassigned ids and decodes the rest', () => {
  const collector = new Collector();
  const strange = [0, 1, 4, 5, 100, 255].map((id) => set(id, '0000000100020003'));
  const { records, packets } = collector.send(ipfix.message([template, ...strange, known]));
  assert.deepEqual(records, [['01020304']]);
  assert.equal(packets[0]!.sets.filter(({ kind }) => kind === 'skipped').length, strange.length);
  assert.equal(collector.count('sets_skipped:reserved_id'), strange.length);
});

test('C-021 accepts sets of their header alone', () => {
  const collector = new Collector();
  const { failure, records } = collector.send(
    ipfix.message([template, set(2, ''), set(3, ''), data(256, ''), data(999, ''), known]),
  );
  assert.equal(failure, undefined);
  assert.deepEqual(records, [['01020304']]);
});

test('C-022 accepts sets in any number and order', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => data(256, i.toString(16).padStart(8, '0')));
  const collector = new Collector({ maxRecords: 10_000 });
  const { records } = collector.send(
    ipfix.message([known, ...many.slice(0, 2), template, known, ipfix.template(300, '1/4'), ...many.slice(2)]),
  );
  assert.equal(records.length, 5_002);
  assert.deepEqual(records[1], ['00000000']);
});

test('C-024 applies templates in the order of the message', () => {
  const narrower = ipfix.template(256, '7/2', '11/2');
  assert.deepEqual(recordsOf(template, known, narrower, known, template, known), [
    ['01020304'],
    ['0102', '0304'],
    ['01020304'],
  ]);
});

test('C-024 of a message with two definitions the last one stays', () => {
  const collector = new Collector();
  collector.send(ipfix.message([template, ipfix.template(256, '7/2', '11/2')]));
  assert.deepEqual(collector.send(ipfix.message([known])).records, [['0102', '0304']]);
});

test('C-025, RFC 5471 3.2.3 takes a remainder shorter than the shortest record as padding', () => {
  const padded = data(256, '01020304', { padding: hex('000000') });
  assert.deepEqual(recordsOf(template, padded, padded), [['01020304'], ['01020304']]);
  // a field of variable length counts as one octet: 3 + 4 octets at least
  const variable = ipfix.template(257, '82/v', '83/v', '84/v', '8/4');
  const record = '0161 00 026263 0a0b0c0d';
  const expected = ['61', '', '6263', '0a0b0c0d'];
  for (let length = 0; length < 7; length++) {
    const sets = data(257, record, { padding: new Uint8Array(length) });
    assert.deepEqual(recordsOf(variable, sets), [expected], `${length} octets of padding`);
  }
  assert.deepEqual(recordsOf(variable, data(257, [record, '00 00 00 00000000'])), [expected, ['', '', '', '00000000']]);
});

test('C-026, RFC 5471 3.2.2 decodes fields of variable length alone and among others', () => {
  const long = 'ab'.repeat(300);
  const cases: [specifiers: string[], record: string, values: string[]][] = [
    [['82/v'], '03616263', ['616263']],
    [['82/v', '8/4'], '0261620a0b0c0d', ['6162', '0a0b0c0d']],
    [['8/4', '82/v'], `0a0b0c0d ff012c ${long}`, ['0a0b0c0d', long]],
    [['82/v', '83/v', '7/2', '84/v'], '00 0161 0050 ff0000', ['', '61', '0050', '']],
  ];
  for (const [specifiers, record, values] of cases) {
    const sets = data(256, [record, record]);
    assert.deepEqual(recordsOf(ipfix.template(256, ...specifiers), sets), [values, values], specifiers.join());
  }
});

test('C-030 decodes records of one to three octets', () => {
  assert.deepEqual(recordsOf(ipfix.template(256, '4/1'), data(256, '060111')), [['06'], ['01'], ['11']]);
  assert.deepEqual(recordsOf(ipfix.template(256, '7/2'), data(256, '00500051')), [['0050'], ['0051']]);
  assert.deepEqual(recordsOf(ipfix.template(256, '4/1', '7/2'), data(256, '060050 110035 00')), [
    ['06', '0050'],
    ['11', '0035'],
  ]);
});

test('C-031 sets only that set aside whose template is missing', () => {
  const collector = new Collector();
  const { failure, records, packets } = collector.send(ipfix.message([template, data(999, '01020304'), known]));
  assert.equal(failure, undefined);
  assert.deepEqual(records, [['01020304']]);
  assert.deepEqual(
    packets[0]!.sets.map(({ kind }) => kind),
    ['template', 'skipped', 'data'],
  );
  assert.equal(collector.pending.count, 1);
});

test('C-087 accepts a variable length of 0 in both forms', () => {
  const both = ipfix.template(256, '82/v', '8/4');
  assert.deepEqual(recordsOf(both, data(256, '00 01020304 ff0000 05060708')), [
    ['', '01020304'],
    ['', '05060708'],
  ]);
});

test('C-088 accepts the form of three octets for short lengths', () => {
  assert.deepEqual(recordsOf(ipfix.template(256, '82/v'), data(256, 'ff0003616263')), [['616263']]);
  assert.deepEqual(recordsOf(ipfix.template(256, '82/v'), data(256, `ff00ff${'61'.repeat(255)}`)), [
    ['61'.repeat(255)],
  ]);
});

test('C-089 discards a message with a variable length that leaves its set', () => {
  const bad: [specifiers: string[], body: string][] = [
    [['82/v'], '04616263'],
    [['82/v'], 'ff'],
    [['82/v'], 'ff00'],
    [['82/v'], 'ffffff61'],
    [['82/v', '8/4'], '03616263 010203'],
    [['82/v'], '0161 0561'],
  ];
  for (const [specifiers, body] of bad) {
    const collector = new Collector();
    const sets = [template, known, ipfix.template(300, ...specifiers), data(300, body), known];
    assert.equal(collector.send(ipfix.message(sets)).failure, 'bad_variable_length', body);
    assert.equal(collector.templates.bytes, 0);
  }
});

test('C-089 holds for data that stands before its template', () => {
  const message = ipfix.message([data(256, '04616263'), ipfix.template(256, '82/v')]);
  assert.equal(new Collector().send(message).failure, 'bad_variable_length');
});

test('C-110, RFC 5471 3.2.4 steps over paddingOctets, however long', () => {
  const cases: [specifiers: string[], body: string, expected: string[][]][] = [
    [
      ['8/4', '210/3'],
      '01020304 000000 05060708 000000',
      [
        ['01020304', '000000'],
        ['05060708', '000000'],
      ],
    ],
    [['210/1', '8/4', '210/2'], '00 01020304 0000', [['00', '01020304', '0000']]],
    [['8/4', '210/12'], `01020304 ${'00'.repeat(12)}`, [['01020304', '00'.repeat(12)]]],
    [['8/4', '210/v'], '01020304 05 0000000000', [['01020304', '0000000000']]],
  ];
  for (const [specifiers, body, expected] of cases) {
    assert.deepEqual(recordsOf(ipfix.template(256, ...specifiers), data(256, body)), expected);
  }
});

test('RFC 5471 3.6.6 records with too few or too many elements show by their length alone', () => {
  // too few: not a whole record; too many: the next record is cut off
  assert.deepEqual(recordsOf(ipfix.template(256, '8/4', '12/4'), data(256, '01020304')), []);
  const long = data(256, '01020304 05060708 0900');
  assert.deepEqual(recordsOf(ipfix.template(256, '8/4', '12/4'), long), [['01020304', '05060708']]);
});

test('records past the limit of a datagram are counted, across its sets (S-07)', () => {
  const collector = new Collector({ maxRecords: 5 });
  const four = data(256, ['01020304', '01020305', '01020306', '01020307']);
  const { records } = collector.send(ipfix.message([template, four, four, four]));
  assert.equal(records.length, 5);
  assert.equal(collector.count('records_decoded'), 12);
  assert.equal(collector.count('records_dropped:records_limit'), 7);
});

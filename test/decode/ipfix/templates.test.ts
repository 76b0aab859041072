import { test } from 'node:test';
import assert from 'node:assert/strict';
import { encodeWithdrawal } from '#src/simulate/templates.js';
import { encodeSet } from '#src/simulate/sets.js';
import { Collector } from '../../support/collector.ts';
import type { CounterName } from '#src/metrics/counters.js';
import { EXPORT_TIME, data, hex, ipfix, protocols, set, v9 } from '../../support/exporter.ts';

const template = ipfix.template(256, '8/4');
const known = data(256, '01020304');
const withdrawal = (setId: number, id: number) => encodeSet(setId, [encodeWithdrawal(id)]);

/** Sends a message with the sets, expects it to be taken, and gives the collector. */
function collect(...sets: Uint8Array[]): Collector {
  const collector = new Collector();
  assert.equal(collector.send(ipfix.message(sets)).failure, undefined);
  return collector;
}

test('C-023 needs template and data in one message or not', () => {
  assert.deepEqual(new Collector().send(ipfix.message([template, known])).records, [['01020304']]);
  const collector = collect(template);
  for (let i = 0; i < 3; i++) assert.deepEqual(collector.send(ipfix.message([known])).records, [['01020304']]);
});

test('C-027 accepts padding behind templates', () => {
  for (const padding of ['00', '0000', '000000', '00000000', '0000000000000000']) {
    const collector = collect(set(2, `0100 0001 0008 0004 ${padding}`));
    assert.deepEqual(collector.send(ipfix.message([known])).records, [['01020304']]);
    assert.equal(collector.count('notices:bad_template_id'), 0);
  }
});

test('C-028 accepts one to five octets of padding behind options templates', () => {
  for (let length = 1; length <= 5; length++) {
    const collector = collect(set(3, `0100 0002 0001 0095 0004 0022 0004 ${'00'.repeat(length)}`));
    const { records } = collector.send(ipfix.message([data(256, '00000009 000003e8')]));
    assert.deepEqual(records, [['00000009', '000003e8']]);
  }
});

test('C-029 takes padding of other values than zero', () => {
  for (const padding of ['ff', 'ffff', 'ffffff']) {
    const collector = collect(set(2, `0100 0001 0008 0004 ${padding}`), data(256, `01020304 ${padding}`));
    assert.equal(collector.count('records_decoded'), 1);
  }
  for (const padding of ['ff', 'ffff', 'ffffff', 'ffffffff', 'ffffffffff']) {
    collect(set(3, `0100 0002 0001 0095 0004 0022 0004 ${padding}`));
  }
});

test('C-033 refuses template ids below 256', () => {
  const collector = collect(set(2, '00ff 0001 0008 0004  0100 0001 0008 0004  0002 0001 0008 0004'), known);
  assert.equal(collector.count('notices:bad_template_id'), 2);
  assert.equal(collector.count('templates_added'), 1);
  assert.equal(collector.count('records_decoded'), 1);
});

test('C-034, RFC 5471 3.2.5.1 ignores a withdrawal over UDP', () => {
  const collector = collect(template);
  collector.send(ipfix.message([withdrawal(2, 256)]));
  assert.deepEqual(collector.send(ipfix.message([known])).records, [['01020304']]);
  assert.equal(collector.count('notices:withdrawal_ignored'), 1);
});

test('C-037, RFC 5471 3.2.5.2-3 ignores a withdrawal that is repeated or of an unknown template', () => {
  const collector = collect(template);
  const { failure } = collector.send(ipfix.message([withdrawal(2, 256), withdrawal(2, 256), withdrawal(2, 999)]));
  assert.equal(failure, undefined);
  assert.equal(collector.count('notices:withdrawal_ignored'), 3);
  assert.deepEqual(collector.send(ipfix.message([known])).records, [['01020304']]);
});

test('C-038, RFC 5471 3.2.5.4-5 reads a withdrawn options template as four octets', () => {
  const collector = collect(ipfix.optionsTemplate(257, ['149/4'], ['34/4']), template);
  const two = set(3, '0101 0000  0103 0002 0001 0095 0004 0022 0004');
  assert.equal(collector.send(ipfix.message([two, withdrawal(3, 3), withdrawal(2, 2)])).failure, undefined);
  assert.equal(collector.count('notices:withdrawal_ignored'), 3);
  const { records } = collector.send(
    ipfix.message([data(257, '0000000900000001'), data(259, '0000000900000002'), known]),
  );
  assert.deepEqual(records, [['00000009', '00000001'], ['00000009', '00000002'], ['01020304']]);
});

test('C-039 discards a message whose field count does not fit, before taking memory', () => {
  for (const count of ['0002', '00ff', 'ffff']) {
    const collector = new Collector();
    assert.equal(collector.send(ipfix.message([known, set(2, `0100 ${count} 0008 0004`)])).failure, 'bad_template');
    assert.equal(collector.send(ipfix.message([set(3, `0100 ${count} 0001 0008 0004`)])).failure, 'bad_template');
  }
  // the enterprise number is missing
  assert.equal(new Collector().send(ipfix.message([set(2, '0100 0001 8008 0004')])).failure, 'bad_template');
});

test('C-040 refuses a template whose records would be empty', () => {
  for (const specifiers of [['8/0'], ['8/0', '12/0', '1/0']]) {
    const collector = collect(ipfix.template(256, ...specifiers));
    assert.equal(collector.count('notices:empty_template'), 1);
    assert.deepEqual(collector.send(ipfix.message([known])).records, []);
    assert.equal(collector.count('pending_in'), 1);
  }
  const options = collect(ipfix.optionsTemplate(256, ['149/0'], ['34/0']));
  assert.equal(options.count('notices:empty_template'), 1);
});

test('C-041 accepts a field of length zero beside others', () => {
  const collector = collect(ipfix.template(256, '82/0', '8/4', '83/0'));
  assert.deepEqual(collector.send(ipfix.message([known])).records, [['', '01020304', '']]);
});

test('C-042 reads enterprise bit and number in both kinds of templates', () => {
  const collector = collect(
    ipfix.template(256, '9.8/4', '8/4'),
    ipfix.optionsTemplate(257, ['2636.149/4'], ['2636.305/4', '305/4']),
  );
  const stored = [...collector.templates.entries()].map(({ template: { fields } }) => fields);
  assert.deepEqual(stored, [
    [
      { id: 8, pen: 9, length: 4 },
      { id: 8, pen: 0, length: 4 },
    ],
    [
      { id: 149, pen: 2636, length: 4 },
      { id: 305, pen: 2636, length: 4 },
      { id: 305, pen: 0, length: 4 },
    ],
  ]);
});

test('C-043, RFC 5471 3.5.3 takes the largest template, of 16,370 fields, and its data', () => {
  const collector = collect(ipfix.template(256, ...Array.from({ length: 16_370 }, () => '4/1')));
  const { failure, records } = collector.send(ipfix.message([data(256, '06'.repeat(16_370))]));
  assert.equal(failure, undefined);
  assert.equal(records.length, 1);
  assert.equal(records[0]!.length, 16_370);
  assert.ok(records[0]!.every((value) => value === '06'));
});

test('C-044, RFC 5471 3.3.3 keeps every value of an element that repeats, in order', () => {
  const collector = collect(ipfix.template(256, '47/4', '47/4', '7/2', '47/4', '82/v', '82/v'));
  const { records } = collector.send(ipfix.message([data(256, '0a000001 0a000002 0050 0a000003 0161 0162')]));
  assert.deepEqual(records, [['0a000001', '0a000002', '0050', '0a000003', '61', '62']]);
});

/** Reasons that would have been logged. */
const noted = (collector: Collector, action: () => unknown): CounterName[] => {
  const before = collector.counters.snapshot();
  action();
  return Object.keys(collector.counters.snapshot()).filter(
    (name) => name.includes(':') && collector.counters.get(name as CounterName) !== before[name],
  ) as CounterName[];
};

test('C-045, RFC 5471 3.6.8.3.1 notes nothing when a definition is sent again, and renews it', () => {
  for (const [, { template: encode, optionsTemplate, message }] of protocols) {
    const collector = new Collector();
    const both = message([encode(256, '8/4'), optionsTemplate(257, ['149/4'], ['34/4'])], { count: 2 });
    collector.send(both);
    collector.wait(1_000);
    assert.deepEqual(
      noted(collector, () => collector.send(both)),
      [],
    );
    assert.equal(collector.count('templates_added'), 2);
    for (const { addedMs, updatedMs } of collector.templates.entries())
      assert.deepEqual([addedMs, updatedMs], [0, 1_000]);
  }
});

test('C-046, C-132 replaces a differing definition at once, with a notice', () => {
  for (const [name, { template: encode, message }] of protocols) {
    const collector = new Collector();
    collector.send(message([encode(256, '8/4')]));
    assert.deepEqual(collector.send(message([encode(256, '7/2', '11/2'), known])).records, [['0102', '0304']], name);
    assert.deepEqual(collector.send(message([known])).records, [['0102', '0304']], name);
    assert.equal(collector.count('notices:template_changed'), 1);
    assert.equal([...collector.templates.entries()].length, 1);
  }
});

test('C-048 templates and options templates share their ids: the later holds', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    const kindOf = () => collector.send(wire.message([known])).packets[0]!.sets[0]!.kind;
    collector.send(wire.message([wire.template(256, '8/4')]));
    assert.equal(kindOf(), 'data', name);
    collector.send(wire.message([wire.optionsTemplate(256, ['1/4'], [])]));
    assert.equal(kindOf(), 'options_data', name);
    collector.send(wire.message([wire.template(256, '8/4')]));
    assert.equal(kindOf(), 'data', name);
  }
});

test('C-049 one id in several domains means several templates', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    collector.send(wire.message([wire.template(256, '8/4')], { domain: 1 }));
    collector.send(wire.message([wire.template(256, '7/2', '11/2')], { domain: 4_294_967_295 }));
    assert.deepEqual(collector.send(wire.message([known], { domain: 1 })).records, [['01020304']], name);
    const other = collector.send(wire.message([known], { domain: 4_294_967_295 }));
    assert.deepEqual(other.records, [['0102', '0304']], name);
  }
});

test('v9 and IPFIX templates of one id are apart', () => {
  const collector = new Collector();
  collector.send(ipfix.message([ipfix.template(256, '8/4')]));
  collector.send(v9.message([v9.template(256, '7/2', '11/2')]));
  assert.deepEqual(collector.send(ipfix.message([known])).records, [['01020304']]);
  assert.deepEqual(collector.send(v9.message([known])).records, [['0102', '0304']]);
});

test('C-052 keeps with a template its exporter, port, domain, id, definition and time', () => {
  const collector = new Collector();
  collector.wait(5_000);
  collector.send(ipfix.message([template], { domain: 77 }), { address: '2001:db8::5', sourcePort: 4_740 });
  collector.wait(1_000);
  collector.send(ipfix.message([known], { domain: 77 }), { address: '2001:db8::5', sourcePort: 4_740 });
  const [stored] = [...collector.templates.entries()];
  const { address, ports, exportSeconds, addedMs, updatedMs, usedMs } = stored!;
  assert.deepEqual([address, ...ports, exportSeconds], ['2001:db8::5', 4_740, EXPORT_TIME]);
  assert.deepEqual([addedMs, updatedMs, usedMs], [5_000, 5_000, 6_000]);
  assert.deepEqual(stored!.template, {
    version: 10,
    domain: 77,
    id: 256,
    scopeCount: 0,
    options: false,
    fields: [{ id: 8, pen: 0, length: 4 }],
    minimumLength: 4,
    variable: false,
  });
});

test('C-056 infers nothing from the number of a template', () => {
  for (const id of [256, 257, 260, 1_024, 32_768, 65_535]) {
    const collector = collect(ipfix.optionsTemplate(id, ['149/4'], ['34/4']));
    const { packets, records } = collector.send(ipfix.message([data(id, '0000000900000064')]));
    assert.equal(packets[0]!.sets[0]!.kind, 'options_data');
    assert.deepEqual(records, [['00000009', '00000064']]);
  }
});

test('RFC 5471 3.6.4 discards messages whose lengths contradict each other', () => {
  const header = '000a0020 65920080 00000000 00000000';
  const figure4 = (length: string, body: string) => hex(header.replace('0020', length), body);
  const malformed: [name: string, bytes: Uint8Array, failure: string][] = [
    ['a: total 32', figure4('0020', '0002000c 01000002 00080004'), 'bad_message_length'],
    ['b: total 28', figure4('001c', '0002000c 01000002 00080004'), 'bad_template'],
    ['c: total 26', figure4('001a', '0002000c 01000002 00080004'), 'bad_set_length'],
    ['d: one field, total 32 of 28', figure4('0020', '0002000c 01000001 00080004'), 'bad_message_length'],
    ['f: scope count 0', figure4('001e', '0003000e 01000001 0000 00080004'), 'bad_scope_count'],
    ['f: scope count 2 of 1', figure4('001e', '0003000e 01000001 0002 00080004'), 'bad_scope_count'],
  ];
  for (const [name, bytes, failure] of malformed) assert.equal(new Collector().send(bytes).failure, failure, name);
  const completed = figure4('0020', '00020010 01000002 00080004 000c0004');
  assert.equal(new Collector().send(completed).failure, undefined, 'e: completed');
});

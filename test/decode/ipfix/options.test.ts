import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Collector } from '../../support/collector.ts';
import { data, ipfix, set } from '../../support/exporter.ts';

test('C-059 discards a message with an options template without scope', () => {
  const collector = new Collector();
  const without = set(3, '0100 0001 0000 0022 0004');
  assert.equal(collector.send(ipfix.message([ipfix.template(300, '8/4'), without])).failure, 'bad_scope_count');
  assert.equal(collector.templates.bytes, 0);
});

test('C-060 discards a message with more scopes than fields', () => {
  const collector = new Collector();
  const tooMany = set(3, '0100 0001 0002 0095 0004');
  assert.equal(collector.send(ipfix.message([tooMany])).failure, 'bad_scope_count');
});

/** The octets that a scope field of each data type is sent with, and more of elements that nobody has registered. */
const scopes: [specifier: string, value: string][] = [
  ['149/4', '00000009'],
  ['144/4', '00000001'],
  ['143/4', '00000002'],
  ['145/2', '0100'],
  ['141/4', '00000003'],
  ['130/4', 'c0000201'],
  ['131/16', '20010db8000000000000000000000001'],
  ['10/4', '0000000a'],
  ['4/1', '06'],
  ['1/8', '0102030405060708'],
  ['56/6', '020000000001'],
  ['82/v', '65746830'],
  ['311/8', '3f50624dd2f1a9fc'],
  ['276/1', '01'],
  ['156/8', 'ebe50e38c50cc000'],
  ['9999/4', 'deadbeef'],
  ['2636.7/2', 'beef'],
];

test('C-061, RFC 5471 3.4.1 accepts any element as scope', () => {
  for (const [specifier, value] of scopes) {
    const collector = new Collector();
    const sent = specifier.endsWith('/v') ? `${(value.length / 2).toString(16).padStart(2, '0')}${value}` : value;
    const message = ipfix.message([ipfix.optionsTemplate(256, [specifier], ['34/4']), data(256, [sent, '000003e8'])]);
    const { failure, packets } = collector.send(message);
    assert.equal(failure, undefined, specifier);
    assert.equal(packets[0]!.sets[1]!.kind, 'options_data');
    assert.deepEqual(packets[0]!.sets[1]!.records, [[value, '000003e8']], specifier);
    assert.equal([...collector.templates.entries()][0]!.template.scopeCount, 1);
  }
});

test('C-063, RFC 5471 3.4.2 keeps the order of several scopes', () => {
  const collector = new Collector();
  const template = ipfix.optionsTemplate(256, ['149/4', '10/4', '2636.7/2', '14/4'], ['34/4', '82/v']);
  const record = '00000009 0000000a beef 0000000b 00000064 0161';
  const { records } = collector.send(ipfix.message([template, data(256, [record, record])]));
  const expected = ['00000009', '0000000a', 'beef', '0000000b', '00000064', '61'];
  assert.deepEqual(records, [expected, expected]);
  assert.equal([...collector.templates.entries()][0]!.template.scopeCount, 4);
});

test('an options template may have scopes alone', () => {
  const collector = new Collector();
  const { records } = collector.send(ipfix.message([ipfix.optionsTemplate(256, ['149/4'], []), data(256, '00000009')]));
  assert.deepEqual(records, [['00000009']]);
});

test('RFC 5471 3.4.3-5 statistics and reliability options are decoded, with and without meteringProcessId', () => {
  const counts: [specifier: string, value: string][] = [
    ['41/8', '0000000000000011'],
    ['42/8', '0000000000000022'],
    ['40/8', '0000000000000033'],
    ['164/8', '0000000000000044'],
    ['165/8', '0000000000000055'],
    ['166/4', '00000066'],
    ['323/8', '0000018cc251f400'],
    ['323/8', '0000018cc2529c00'],
  ];
  for (const scope of [['149/4'], ['149/4', '143/4']]) {
    const collector = new Collector();
    const template = ipfix.optionsTemplate(
      256,
      scope,
      counts.map(([specifier]) => specifier),
    );
    const scopeValues = scope.map((_, i) => `0000000${i + 1}`);
    const record = [...scopeValues, ...counts.map(([, value]) => value)];
    const { failure, packets } = collector.send(ipfix.message([template, data(256, record)]));
    assert.equal(failure, undefined);
    assert.deepEqual(packets[0]!.sets[1]!.records, [record]);
  }
});

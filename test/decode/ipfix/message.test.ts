import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Collector } from '../../support/collector.ts';
import { data, hex, ipfix, set } from '../../support/exporter.ts';

const flow = ['8/4', '12/4'] as const;
const template = ipfix.template(256, ...flow);
const record = ['01020304', '05060708'];
const known = data(256, record);

/** A message of a template, a data set and what is given, in that order. */
const around = (...sets: Uint8Array[]) => ipfix.message([template, known, ...sets]);

test('C-001 takes a message of 65,535 octets', () => {
  const collector = new Collector({ maxRecords: 10_000 });
  const records = Array.from({ length: 8_187 }, (_, i) => i.toString(16).padStart(16, '0'));
  const bytes = ipfix.message([template, data(256, records, { padding: new Uint8Array(3) })]);
  assert.equal(bytes.length, 65_535);
  const { failure, records: seen } = collector.send(bytes);
  assert.equal(failure, undefined);
  assert.equal(seen.length, 8_187);
  assert.deepEqual(seen.at(-1), ['00000000', (8_186).toString(16).padStart(8, '0')]);
});

test('C-002 discards fewer than 16 octets', () => {
  const collector = new Collector();
  const whole = ipfix.message([]);
  for (let length = 2; length < 16; length++) {
    assert.equal(collector.send(whole.subarray(0, length)).failure, 'too_short');
  }
  assert.equal(collector.send(whole).failure, undefined);
});

test('C-003 discards a message whose Length is below 16', () => {
  for (const length of [0, 1, 15]) {
    assert.equal(new Collector().send(ipfix.message([template], { length })).failure, 'bad_message_length');
  }
});

test('C-004 discards a message whose Length is above what arrived', () => {
  const bytes = ipfix.message([template]);
  assert.equal(
    new Collector().send(ipfix.message([template], { length: bytes.length + 1 })).failure,
    'bad_message_length',
  );
  assert.equal(new Collector().send(bytes.subarray(0, bytes.length - 1)).failure, 'bad_message_length');
});

test('C-005 leaves octets behind Length alone and counts them', () => {
  const collector = new Collector();
  const whole = ipfix.message([template]);
  const bytes = ipfix.message([template, known], { length: whole.length });
  const { failure, packets } = collector.send(bytes);
  assert.equal(failure, undefined);
  assert.deepEqual(
    packets[0]!.sets.map(({ kind }) => kind),
    ['template'],
  );
  assert.equal(collector.count('notices:trailing_bytes'), known.length);
});

test('up to three octets behind the last set are counted, not an error (D-2)', () => {
  const collector = new Collector();
  for (const stray of ['00', '0000', 'ffffff']) {
    const { failure, records } = collector.send(around(hex(stray)));
    assert.equal(failure, undefined);
    assert.deepEqual(records, [record]);
  }
  assert.equal(collector.count('notices:trailing_bytes'), 6);
});

test('C-007 keeps nothing of a malformed message', () => {
  const collector = new Collector();
  const bad = around(set(256, '0102', 7));
  assert.equal(collector.send(bad).failure, 'bad_set_length');
  assert.equal(collector.templates.bytes, 0);
  assert.equal(collector.count('templates_added'), 0);
  assert.equal(collector.count('sets_received'), 0);
  const { packets } = collector.send(ipfix.message([known]));
  assert.deepEqual(packets[0]!.sets, [{ kind: 'skipped', id: 256, length: 12, records: [] }]);
  assert.equal(collector.count('pending_in'), 1);
});

test('C-016 keeps domains apart, and domain 0 is an ordinary one', () => {
  const collector = new Collector();
  collector.send(ipfix.message([ipfix.template(256, '8/4')], { domain: 0 }));
  collector.send(ipfix.message([ipfix.template(256, '4/1', '7/2')], { domain: 1 }));
  const sent = (domain: number, records: string) => collector.send(ipfix.message([data(256, records)], { domain }));
  assert.deepEqual(sent(0, '01020304').records, [['01020304']]);
  assert.deepEqual(sent(1, '060050').records, [['06', '0050']]);
  assert.equal(sent(0, '01020304').packets[0]!.domain, 0);
  assert.deepEqual(sent(2, '01020304').records, []);
});

test('RFC 5471 3.1.1 decodes a template and its data over IPv4 and IPv6', () => {
  const collector = new Collector();
  for (const address of ['198.51.100.7', '2001:db8::7']) {
    collector.send(ipfix.message([template]), { address });
    assert.deepEqual(collector.send(ipfix.message([known]), { address }).records, [record]);
  }
  const held = [...collector.templates.entries()].map(({ address, ports }) => [address, ...ports]);
  assert.deepEqual(held, [
    ['198.51.100.7', 50_000],
    ['2001:db8::7', 50_000],
  ]);
});

test('RFC 5471 3.6.5 discards what is too short and a variable length that cannot be', () => {
  const collector = new Collector();
  assert.equal(collector.send(hex('000a0010659200800000')).failure, 'too_short');
  const bad = ipfix.message([ipfix.template(256, '82/v'), data(256, '05616263')]);
  assert.equal(collector.send(bad).failure, 'bad_variable_length');
});

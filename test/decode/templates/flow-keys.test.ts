import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Collector } from '../../support/collector.ts';
import { data, ipfix } from '../../support/exporter.ts';

/** Flow keys of template 256, which has three fields, sent with an indicator of this size. */
function keys(about: string, indicator: string): Collector {
  const collector = new Collector();
  collector.send(ipfix.message([ipfix.template(256, '8/4', '12/4', '4/1')]));
  const options = ipfix.optionsTemplate(300, ['145/2'], [`173/${indicator.length / 2}`]);
  const { failure } = collector.send(ipfix.message([options, data(300, about + indicator)]));
  assert.equal(failure, undefined);
  assert.equal(collector.count('sets_options_data'), 1);
  return collector;
}

test('C-068, RFC 5471 3.4.6 flow keys of a known template are taken; of an unknown or shorter one they are an error', () => {
  for (const fitting of ['0000000000000007', '0000000000000004', '0000000000000000', '07']) {
    assert.equal(keys('0100', fitting).count('notices:bad_flow_keys'), 0, fitting);
  }
  for (const tooMany of ['0000000000000008', '8000000000000000', '0f', '0100']) {
    assert.equal(keys('0100', tooMany).count('notices:bad_flow_keys'), 1, tooMany);
  }
  assert.equal(keys('0101', '0000000000000001').count('notices:bad_flow_keys'), 1, 'no such template');
});

test('flow keys cost nothing but a notice: the rest of the message is decoded', () => {
  const collector = new Collector();
  const sets = [
    ipfix.template(256, '8/4'),
    ipfix.optionsTemplate(300, ['145/2'], ['173/8']),
    data(300, ['0100ffffffffffffffff', '03e70000000000000001']),
    data(256, '01020304'),
  ];
  const { records } = collector.send(ipfix.message(sets));
  assert.deepEqual(records.at(-1), ['01020304']);
  assert.equal(collector.count('notices:bad_flow_keys'), 2);
});

test('flow keys are those of a template id that is a scope, wherever in the record', () => {
  const count = (scopes: string[], fields: string[], record: string): number => {
    const collector = new Collector();
    collector.send(ipfix.message([ipfix.template(256, '8/4')]));
    collector.send(ipfix.message([ipfix.optionsTemplate(300, scopes, fields), data(300, record)]));
    assert.equal(collector.count('sets_options_data'), 1);
    return collector.count('notices:bad_flow_keys');
  };
  assert.equal(count(['173/1', '145/2'], ['41/1'], 'ff010000'), 1);
  assert.equal(count(['173/1', '145/2'], ['41/1'], '01010000'), 0);
  assert.equal(count(['149/1'], ['145/2', '173/1'], '000100ff'), 0, 'the template id is no scope');
});

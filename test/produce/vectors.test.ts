import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { HeaderParserOptions } from '#src/decode/headers/header-parser.js';
import { geneve } from '#src/decode/headers/geneve.js';
import { findColumn } from '#src/flow/fields.js';
import { fixed, sflow } from '../support/chain.ts';
import { columnsOfJson } from '../support/flow-columns.ts';
import { octetsOf, vectors } from '../support/vectors.ts';
import type { Vector } from '../support/vectors.ts';

/** What the mapping of a vector asks for, where it changes built-in columns. */
const options: Record<string, HeaderParserOptions> = {
  'packet-geneve': { ports: [{ protocol: 'udp', direction: 'both', port: 6081, parser: geneve }] },
};

/** The columns of the built-in table that each flow of a vector has to have. */
function expectedFlows({ observed, observed_when_wrapped_in_sflow: wrapped, differs }: Vector) {
  const lines = ((wrapped ?? observed)?.sample_json ?? []).filter((line) => line.startsWith('{'));
  return (differs ?? lines).map((_, i) => {
    const expected = { ...columnsOfJson(lines[i] ?? '{}'), ...columnsOfJson(differs?.[i] ?? '{}') };
    const entries = Object.entries(expected).filter(
      ([name, value]) => findColumn(name) !== undefined && !isRenderedTime(name, value),
    );
    return Object.fromEntries(entries);
  });
}

/** A mapping can ask for times as text. */
const isRenderedTime = (name: string, value: unknown) => name.startsWith('time_') && typeof value === 'string';

const datagramOf = ({ hex, observed_when_wrapped_in_sflow: wrapped }: Vector) => octetsOf(wrapped?.datagram_hex ?? hex);

for (const vector of vectors) {
  const { name, protocol, observed_when_wrapped_in_sflow: wrapped } = vector;
  if (protocol !== 'netflow-v5' && protocol !== 'sflow' && wrapped === undefined) continue;
  test(`vector ${name}: ${vector.correct ?? 'the same flows'}`, () => {
    const octets = datagramOf(vector);
    const { failure, flows } = protocol === 'netflow-v5' ? fixed(octets) : sflow(octets, options[name]);
    assert.equal(failure, undefined);
    const expected = expectedFlows(vector);
    assert.equal(flows.length, expected.length);
    for (const [i, columns] of expected.entries()) {
      assert.deepEqual(Object.fromEntries(Object.keys(columns).map((key) => [key, flows[i]![key as never]])), columns);
    }
  });
}

test('the vectors of NetFlow v5, sFlow and sampled packets are there', () => {
  const protocols = vectors.map(({ protocol }) => protocol.split(':')[0]);
  assert.equal(protocols.filter((protocol) => protocol === 'netflow-v5').length, 3);
  assert.ok(protocols.filter((protocol) => protocol === 'sflow').length >= 25);
  assert.ok(protocols.filter((protocol) => protocol === 'packet-parser').length >= 15);
});

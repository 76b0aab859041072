import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Collector } from '../support/collector.ts';
import { columnsOfJson } from '../support/flow-columns.ts';
import type { Columns } from '../support/flow-columns.ts';
import { octetsOf, vectors } from '../support/vectors.ts';
import type { Vector } from '../support/vectors.ts';

/** Vectors whose point is a mapping file, which has tests of its own. */
const templated = vectors.filter(
  ({ protocol, mapping_yaml: mapping }) => /^(netflow-v9|ipfix)$/.test(protocol) && mapping === undefined,
);

/** What an upstream that refused the whole message would have had to give, for those that are corrected. */
const corrected: Record<string, Partial<Columns>[]> = {
  'probe-ipfix-withdrawal-then-data': [{ src_addr: '1.2.3.4', etype: 0x0800n }],
  'probe-ipfix-zero-length-field-template': [],
  'probe-ipfix-varlen-only-template': [{ bytes: 0n, src_addr: '', etype: 0n }],
  'probe-ipfix-known-and-unknown-set': [{ src_addr: '1.2.3.4', etype: 0x0800n }],
  'probe-v9-trailing-2-bytes': [{ src_addr: '1.2.3.4', etype: 0x0800n }],
  'probe-v9-count-smaller-than-sets': [{ src_addr: '1.2.3.4', etype: 0x0800n }],
  'probe-ipfix-trailing-2-bytes': [{ src_addr: '1.2.3.4', etype: 0x0800n }],
  'probe-ipfix-reserved-set-id': [{ src_addr: '1.2.3.4', etype: 0x0800n }],
  'probe-ipfix-options-sampling-305': [{ sampling_rate: 1000n }],
  'probe-ipfix-enterprise-options': [],
  'probe-ipfix-number-9-bytes': [{ bytes: 0n }],
};

/** Columns of every flow that a vector has to give: what was observed, changed where it is corrected. */
function expectedFlows({ name, observed, differs, verdict }: Vector): Partial<Columns>[] {
  const lines = (observed?.sample_json ?? []).filter((line) => line.startsWith('{')).map(columnsOfJson);
  const changes = corrected[name] ?? differs?.map(columnsOfJson);
  if (verdict === 'same' || changes === undefined) return lines;
  return changes.map((change, i) => ({ ...lines[i], ...change }));
}

for (const vector of templated) {
  test(`vector ${vector.name}: ${vector.correct ?? 'the same flows'}`, () => {
    const collector = new Collector();
    for (const setup of vector.setup_hex ?? []) assert.equal(collector.send(octetsOf(setup)).failure, undefined);
    const { failure, flows } = collector.send(octetsOf(vector.hex));
    const refused = vector.observed?.sample_json?.some((line) => line.startsWith('ERROR')) ?? false;
    assert.equal(failure !== undefined, refused && vector.verdict === 'same', failure);
    const expected = expectedFlows(vector);
    assert.equal(flows.length, expected.length);
    for (const [i, columns] of expected.entries()) {
      const seen = Object.fromEntries(Object.keys(columns).map((key) => [key, flows[i]![key as never]]));
      assert.deepEqual(seen, columns);
    }
  });
}

test('the vectors of NetFlow v9 and IPFIX are there', () => {
  assert.equal(templated.length, 30);
});

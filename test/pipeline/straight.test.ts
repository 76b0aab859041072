import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterColumns, readFilter } from '#src/filter/filter.js';
import { FlowChain, usualDatagrams } from '../support/flow-chain.ts';
import type { FlowChainSettings } from '../support/flow-chain.ts';
import { readText } from '../support/mapped.ts';

type Protocol = keyof typeof usualDatagrams;
const protocols = Object.keys(usualDatagrams) as Protocol[];

/** Flows of a warm chain that were written and committed one by one, and all flows. */
function oneByOne(protocol: Protocol, settings: FlowChainSettings) {
  const chain = new FlowChain(usualDatagrams[protocol](), settings);
  chain.turn(); // templates come with it, and are compiled
  const { pool } = chain;
  const commit = pool.commit.bind(pool);
  let committed = 0;
  pool.commit = (subject) => {
    committed++;
    commit(subject);
  };
  const before = chain.flows;
  chain.turn();
  return { committed, flows: chain.flows - before };
}

for (const protocol of protocols) {
  test(`flows that nobody looks at become messages of protobuf at one go (${protocol})`, () => {
    const { committed, flows } = oneByOne(protocol, { format: 'bin', codegen: true });
    assert.ok(flows >= 2_000, `${flows} flows`);
    assert.ok(committed < flows / 100, `${committed} of ${flows} were written one by one`);
  });
}

test("so do flows with numbers of a user's own, and none with texts", () => {
  const mappingOf = (type: string) =>
    readText(`
formatter:
  protobuf: [{name: hops, index: 1001, type: ${type}}]
netflowv9:
  mapping: [{field: 10, destination: hops}]
`).mapping;
  const settings = { format: 'bin', codegen: true };
  const numbers = oneByOne('netflow-v9', { ...settings, mapping: mappingOf('varint') });
  assert.ok(numbers.committed < numbers.flows / 100, `${numbers.committed} of ${numbers.flows}`);
  const texts = oneByOne('netflow-v9', { ...settings, mapping: mappingOf('string') });
  assert.equal(texts.committed, texts.flows);
});

test('no flow goes past a filter, and rows and interpreted flows are written one by one', () => {
  const filter = readFilter('bytes >= 0', { columns: filterColumns(false), context: false });
  for (const protocol of protocols) {
    for (const settings of [
      { format: 'bin', codegen: true, filter },
      { format: 'json', codegen: true },
      { format: 'bin', codegen: false },
    ]) {
      const { committed, flows } = oneByOne(protocol, settings);
      assert.equal(committed, flows, `${protocol}, ${settings.format}`);
    }
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FixedExporter, repeated, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { columnsOf } from '../support/flow-columns.ts';
import { storedDatagram } from '../support/stored-datagram.ts';
import { WholeChain } from '../support/whole-chain.ts';

const boot = 1_700_000_000_000_000_000n;
const flows = [...new Traffic({ seed: 2, start: boot, ipv6: 0 }).flows(0, 100)];

test('repeated datagrams go on with the sequence numbers of their exporter', () => {
  const exporters = [
    () => new FixedExporter({ boot }),
    () => new TemplatedExporter({ version: 9, boot, refreshEvery: 3 }),
    () =>
      new TemplatedExporter({ version: 10, boot, refreshEvery: 3, domains: [{ id: 1, samplers: [{ interval: 5 }] }] }),
    () => new SFlowExporter({ boot }),
    () => new SFlowExporter({ boot, agent: '2001:db8::1' }),
  ];
  for (const make of exporters) {
    const exporter = make();
    const before = exporter.sequence();
    const datagrams = exporter.export(flows, boot);
    const advance = exporter.sequence() - before;
    const sequences: number[] = [];
    const chain = new WholeChain((flow) => sequences.push(Number(columnsOf(flow).sequence_num)));
    let count = 0;
    for (const datagram of repeated(datagrams, advance, 3)) {
      count++;
      assert.equal(chain.take(storedDatagram(datagram)), undefined);
    }
    assert.equal(count, datagrams.length * 3);
    assert.equal(sequences.length, 300);
    const pass = sequences.slice(0, 100);
    assert.deepEqual(
      sequences,
      [0, 1, 2].flatMap((times) => pass.map((sequence) => sequence + times * advance)),
    );
    assert.equal(pass[0]!, before);
    assert.equal(exporter.export(flows.slice(0, 1), boot).length, 1);
    assert.ok(exporter.sequence() > before + advance);
  }
});

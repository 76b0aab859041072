import { test } from 'node:test';
import assert from 'node:assert/strict';
import { slotOf } from '#src/flow/fields.js';
import { data, protocols } from '../../support/exporter.ts';
import { storedDatagram } from '../../support/stored-datagram.ts';
import { WholeChain } from '../../support/whole-chain.ts';

const RATE = slotOf('sampling_rate');
const SCALED = slotOf('scaled_bytes');
const SRC_AS = slotOf('src_as');

/** What the enricher says that it writes: its columns, or nothing. */
const declared = [['sampling_rate', 'scaled_bytes', 'src_as'] as const, undefined];

test('what an enricher writes into one flow is not in the next one, interpreted and compiled', () => {
  for (const [[name, wire], enriched] of protocols.flatMap((each) =>
    declared.map((columns) => [each, columns] as const),
  )) {
    const seen: number[] = [];
    const chain = new WholeChain(
      ({ words }) => {
        seen.push(words[RATE]!, words[SCALED]!, words[SCALED + 1]!, words[SRC_AS]!);
        words[RATE] = words[SCALED] = words[SCALED + 1] = words[SRC_AS] = 7;
      },
      { enriched },
    );
    const records = data(
      256,
      Array.from({ length: 40 }, (_, i) => i.toString(16).padStart(8, '0')),
    );
    chain.take(storedDatagram(wire.message([wire.template(256, '1/4'), records])));
    for (let i = 0; i < 3; i++) chain.take(storedDatagram(wire.message([records])));
    assert.equal(seen.length, 4 * 40 * 4, name);
    assert.ok(chain.counters.get('compiles') > 0);
    assert.ok(
      seen.every((word) => word === 0),
      name,
    );
  }
});

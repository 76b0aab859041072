import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { CustomPacket } from '#src/decode/packet.js';
import { slotOf } from '#src/flow/fields.js';
import { Datagram } from '#src/listen/datagram.js';
import { Counters } from '#src/metrics/counters.js';
import { SampleProducer } from '#src/produce/sample.js';

const IN_IF = slotOf('in_if');
const OUT_IF = slotOf('out_if');

test("flows of a user's own decoder are records in the books, and none has what another one had", () => {
  const counters = new Counters();
  const packet: CustomPacket = {
    kind: 'custom',
    name: 'own',
    records: 2,
    sequence: 1,
    produce(flow, _, emit) {
      flow.words[IN_IF] = 7;
      emit(flow);
      flow.words[OUT_IF] = 8;
      emit(flow);
    },
    raw: () => ({}),
  };
  const flows: (readonly [number, number])[] = [];
  new SampleProducer(counters).produce(packet, new Datagram(), ({ words }) => {
    flows.push([words[IN_IF]!, words[OUT_IF]!]);
  });
  assert.deepEqual(flows, [
    [7, 0],
    [0, 8],
  ]);
  assert.equal(counters.get('records_decoded'), 2);
});

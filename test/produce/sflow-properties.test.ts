import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sflow } from '../support/chain.ts';
import type { Outcome } from '../support/chain.ts';
import { octetsOf, vectors } from '../support/vectors.ts';

const wholes = vectors
  .filter(({ protocol }) => protocol === 'sflow')
  .map(({ name, hex }) => ({ name, octets: octetsOf(hex) }));

/** Whatever came in is a sample of some kind or was skipped for a reason; every flow sample is one record, one flow. */
function assertBalanced({ failure, flows, counters }: Outcome, octets: Uint8Array): void {
  const sum = (prefix: string) =>
    Object.entries(counters).reduce((total, [name, value]) => total + (name.startsWith(prefix) ? value : 0), 0);
  assert.equal(sum('sets_received'), sum('samples_') + sum('sets_skipped:'));
  assert.equal(sum('records_decoded'), sum('samples_flow'));
  assert.equal(flows.length, sum('records_decoded'));
  assert.ok(sum('sets_received') * 8 <= octets.length + 8, 'a sample takes eight octets, save the last, cut off one');
  if (failure !== undefined) assert.equal(sum('sets_received'), 0);
  for (const { layer_stack: stack, layer_size: sizes } of flows) {
    assert.equal((stack as unknown[]).length, (sizes as unknown[]).length);
  }
}

test('every beginning of every vector gives a beginning of its flows, and the books balance', () => {
  for (const { name, octets } of wholes) {
    const all = sflow(octets).flows;
    for (let length = 0; length <= octets.length; length += octets.length > 500 ? 7 : 1) {
      const part = octets.slice(0, length);
      const outcome = sflow(part);
      assertBalanced(outcome, part);
      assert.deepEqual(outcome.flows, all.slice(0, outcome.flows.length), `${name}, ${length} octets`);
    }
  }
});

const word = fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 0xff, 0x100, 0x3e9, 0x3eb, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff);

test('any change of a vector: no exception, and the books balance', () => {
  const change = fc.record({
    at: fc.nat(),
    value: fc.oneof(word, fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    aligned: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.constantFrom(...wholes), fc.array(change, { minLength: 1, maxLength: 4 }), ({ octets }, changes) => {
      const changed = Uint8Array.from(octets);
      const view = new DataView(changed.buffer);
      for (const { at, value, aligned } of changes) {
        const offset = at % (changed.length - 3);
        view.setUint32(aligned ? offset & ~3 : offset, value);
      }
      assertBalanced(sflow(changed), changed);
    }),
    { numRuns: 10_000 },
  );
});

test('any octets behind a header of sFlow: no exception, and the books balance', () => {
  const header = octetsOf('0000000500000001c00002090000000000000007000003e8');
  const words = fc.array(fc.oneof(word, fc.integer({ min: 0, max: 1100 })), { maxLength: 120 });
  fc.assert(
    fc.property(words, fc.nat(3), (values, odd) => {
      const octets = new Uint8Array(header.length + values.length * 4 + odd);
      octets.set(header);
      const view = new DataView(octets.buffer);
      for (const [i, value] of values.entries()) view.setUint32(header.length + 4 * i, value);
      assertBalanced(sflow(octets), octets);
    }),
    { numRuns: 10_000 },
  );
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FlowRecord } from '../flow/flow-record.ts';
import { ByteWriter } from '../format/byte-writer.ts';
import type { Format } from '../format/format.ts';
import { forSampleFlows } from './flows.ts';

/** Octets in front of and behind the room of a message, which have to stay as they are. */
const MARGIN = 5;
const GUARD = 0xa5;

/** What a format wrote for a flow; checks that it stayed in its bounds and changed nothing. */
export function writtenBy(format: Format, flow: FlowRecord): Uint8Array {
  const bound = format.bound(flow);
  const bytes = new Uint8Array(MARGIN + bound + MARGIN).fill(GUARD);
  const out = new ByteWriter(bytes.subarray(MARGIN, MARGIN + bound));
  const before = flow.words.slice();
  format.write(flow, out);
  assert.ok(out.pos <= bound, `${out.pos} octets written, the bound is ${bound}`);
  for (const margin of [bytes.subarray(0, MARGIN), bytes.subarray(MARGIN + bound)]) {
    assert.ok(
      margin.every((octet) => octet === GUARD),
      'nothing outside of the bound is written',
    );
  }
  assert.deepEqual(flow.words, before, 'a format reads only');
  return out.bytes.slice(0, out.pos);
}

/** The examination of formats: what `src/format/format.ts` promises. */
export function testFormat(name: string, make: () => Format): void {
  describe(`the contract of formats: ${name}`, () => {
    test('it stays within its bound, reads only, and writes the same for the same flow', () => {
      const format = make();
      const twin = make();
      const count = forSampleFlows((flow) => {
        const octets = writtenBy(format, flow);
        assert.deepEqual(writtenBy(format, flow), octets);
        assert.deepEqual(writtenBy(twin, flow), octets);
      });
      assert.ok(count > 100);
    });
  });
}

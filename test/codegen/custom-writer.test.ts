import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileBinary } from '#src/codegen/binary-writer.js';
import { CustomLayout } from '#src/flow/custom-fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { interpretCustom } from '#src/format/binary-custom.js';

/** Of each number of bits as likely as of another: every length of a varint. */
const anyOfBits = (bits: number) => fc.tuple(fc.integer({ min: 0, max: bits }), fc.bigInt(0n, 2n ** BigInt(bits) - 1n));
const anyNumber = (bits: number) => anyOfBits(bits).map(([shift, value]) => value >> BigInt(shift));

for (const [maxLength, numRuns] of [
  [8, 100],
  [300, 10],
] as const) {
  test(`up to ${maxLength} numbers of a user: with any tag and any value, compiled and interpreted alike`, () => {
    const anyField = fc.record({ number: anyNumber(29), value: anyNumber(64), there: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anyField, { minLength: 1, maxLength }), (fields) => {
        const layout = new CustomLayout(
          fields.map(({ number }, i) => ({
            name: `field_${i}`,
            number: Math.max(1, Number(number)),
            type: 'varint',
            array: false,
          })),
        );
        const flow = new FlowRecord(layout);
        layout.fields.forEach(({ slot, presence }, i) => {
          const { value, there } = fields[i]!;
          flow.words[slot] = Number(value & 0xffffffffn);
          flow.words[slot + 1] = Number(value >> 32n);
          flow.words[presence] = there ? 1 : 0;
        });
        const [compiled, interpreted] = [compileBinary([], { custom: layout }), interpretCustom(layout)].map(
          (write) => {
            const octets = new Uint8Array(16 * 512);
            return octets.subarray(0, write(new DataView(octets.buffer), 0, flow));
          },
        );
        assert.deepEqual(compiled, interpreted);
      }),
      { numRuns },
    );
  });
}

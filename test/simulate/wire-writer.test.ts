import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WireWriter } from '#src/simulate/wire-writer.js';

type Write = (writer: WireWriter, value: bigint) => WireWriter;

/** Every way to write an integer, and its octets. */
const writes: [Write, number][] = [
  [(writer, value) => writer.u8(Number(BigInt.asUintN(8, value))), 1],
  [(writer, value) => writer.u16(Number(BigInt.asUintN(16, value))), 2],
  [(writer, value) => writer.u24(Number(BigInt.asUintN(24, value))), 3],
  [(writer, value) => writer.u32(Number(BigInt.asUintN(32, value))), 4],
  [(writer, value) => writer.u64(value), 8],
  [(writer, value) => writer.integer(value, 5), 5],
];

test('integers of every width come out in network byte order, wherever the buffer grows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(writes.length - 1), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), { maxLength: 200 }),
      (steps) => {
        const writer = new WireWriter();
        let expected = '';
        for (const [which, value] of steps) {
          const [write, octets] = writes[which]!;
          write(writer, value);
          expected += BigInt.asUintN(octets * 8, value)
            .toString(16)
            .padStart(octets * 2, '0');
        }
        assert.equal(Buffer.from(writer.finish()).toString('hex'), expected);
      },
    ),
  );
});

test("values wrap at their width, negative ones are in two's complement", () => {
  const writer = new WireWriter()
    .u8(256 + 7)
    .u16(65_536 + 8)
    .u32(2 ** 32 + 9)
    .integer(-2, 3);
  assert.equal(Buffer.from(writer.finish()).toString('hex'), '07000800000009fffffe');
});

test('padding and patches', () => {
  const writer = new WireWriter().u16(0).u8(1).align(4).align(4).u8(2).zeros(1);
  writer.patchU16(0, writer.length);
  assert.equal(Buffer.from(writer.finish()).toString('hex'), '000601000200');
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Cursor } from '#src/decode/cursor.js';
import { readBoolean, readFloat, readOctets, readSigned, readText } from '#src/decode/elements/values.js';
import { boolean, float32, float64, integer } from '#src/simulate/values.js';

/** A cursor that has claimed the octets, with others around them. */
function claimed(octets: Uint8Array): Cursor {
  const bytes = Uint8Array.from([0xff, ...octets, 0xff]);
  const cursor = new Cursor();
  cursor.reset(bytes, new DataView(bytes.buffer), 1, 1 + octets.length);
  cursor.take(octets.length);
  return cursor;
}

const read = <T>(reader: (field: Cursor, length: number) => T, octets: Uint8Array) =>
  reader(claimed(octets), octets.length);

test('C-075 signed numbers of every size keep their sign', () => {
  for (let size = 1; size <= 8; size++) {
    const limit = size < 7 ? 2n ** BigInt(8 * size - 1) : 2n ** 53n;
    fc.assert(
      fc.property(fc.bigInt(-limit, limit - 1n), (value) => {
        const expected = Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
        assert.equal(read(readSigned, integer(value, size)), expected);
      }),
    );
  }
  assert.equal(read(readSigned, Uint8Array.of(0xff)), -1);
  assert.equal(read(readSigned, integer(2n ** 60n, 8)), undefined);
  assert.equal(read(readSigned, new Uint8Array(0)), undefined);
  assert.equal(read(readSigned, new Uint8Array(9)), undefined);
});

test('C-076 a float64 in four octets is a float32', () => {
  fc.assert(fc.property(fc.float({ noNaN: true }), (value) => assert.equal(read(readFloat, float32(value)), value)));
  fc.assert(fc.property(fc.double({ noNaN: true }), (value) => assert.equal(read(readFloat, float64(value)), value)));
  for (const size of [0, 1, 2, 3, 5, 7, 9]) assert.equal(read(readFloat, new Uint8Array(size)), undefined);
});

test('C-077 booleans are true by 1, false by 2, and nothing otherwise', () => {
  assert.equal(read(readBoolean, boolean(true)), true);
  assert.equal(read(readBoolean, boolean(false)), false);
  for (const value of [0, 3, 128, 255]) assert.equal(read(readBoolean, Uint8Array.of(value)), undefined);
  assert.equal(read(readBoolean, Uint8Array.of(0, 1)), undefined);
});

test('C-085 ill-formed UTF-8 is noticed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(5), (text, padding) => {
      const octets = Buffer.concat([Buffer.from(text), Buffer.alloc(padding)]);
      assert.equal(read(readText, octets), text.replace(/\0+$/, ''));
    }),
  );
  for (const bad of ['ff', 'c3', 'c328', 'e28228', 'eda080', 'f4908080', 'c080']) {
    assert.equal(read(readText, Buffer.from(`61${bad}`, 'hex')), undefined, bad);
  }
});

test('C-086 octet arrays of any length are base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      assert.deepEqual(Uint8Array.from(Buffer.from(read(readOctets, octets), 'base64')), octets);
    }),
  );
  assert.equal(read(readOctets, new Uint8Array(0)), '');
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyBits } from '#src/produce/mapped/bits.js';

test('bits that begin at the very end of what is there are zeros; behind it there are none', () => {
  const bytes = Uint8Array.of(0xff, 0xff);
  const copied = (offset: number, length: number): number[] => {
    const out = new Uint8Array(8).fill(0xaa);
    return [...out.subarray(0, copyBits(out, bytes, 0, 0, bytes.length, offset, length, false))];
  };
  assert.deepEqual(copied(8, 8), [0xff]);
  assert.deepEqual(copied(12, 8), [0xf0]);
  assert.deepEqual(copied(16, 8), [0]);
  assert.deepEqual(copied(17, 8), []);
  assert.deepEqual(copied(0, 0), []);
});

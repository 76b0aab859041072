import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Op } from '#src/produce/templated/plan.js';
import { unsettledWords } from '#src/produce/templated/writes.js';

test('what a plan writes in some records only is to be restored between two of them, what it writes in all is not', () => {
  const write = (slot: number) => [Op.u32, 0, slot, 0];
  const plan = (...instructions: number[][]) => unsettledWords(Int32Array.from(instructions.flat()));
  assert.deepEqual(plan(write(7), write(8)), new Set());
  assert.deepEqual(plan([Op.unless, 5, 0, 2], write(7), write(8), write(9)), new Set([5, 7, 8]));
  assert.deepEqual(plan(write(7), [Op.unlessLength, 0, 4, 1], write(8), write(9)), new Set([8]));
  assert.deepEqual(plan(write(7), write(5), [Op.unless, 5, 0, 1], write(7)), new Set());
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Op } from '#src/produce/templated/plan.js';
import { takeConstants, unsettledWords } from '#src/produce/templated/writes.js';

test('what a plan writes in some records only is to be restored between two of them, what it writes in all is not', () => {
  const write = (slot: number) => [Op.u32, 0, slot, 0];
  const plan = (...instructions: number[][]) => unsettledWords(Int32Array.from(instructions.flat()));
  assert.deepEqual(plan(write(7), write(8)), new Set());
  assert.deepEqual(plan([Op.unless, 5, 0, 2], write(7), write(8), write(9)), new Set([5, 7, 8]));
  assert.deepEqual(plan(write(7), [Op.unlessLength, 0, 4, 1], write(8), write(9)), new Set([8]));
  assert.deepEqual(plan(write(7), write(5), [Op.unless, 5, 0, 1], write(7)), new Set());
});

test('what a plan sets to one value in every record is set once, unless anything else touches the word', () => {
  const parts = (others: number[], ...instructions: number[][]) => {
    const { once, each } = takeConstants(Int32Array.from(instructions.flat()), new Set(others));
    return { once: [...once], each: [...each] };
  };
  const set = (slot: number, value: number) => [Op.set, 0, slot, value];
  const read = [Op.u32, 0, 7, 0];
  const when = [Op.unless, 5, 0, 1];
  assert.deepEqual(parts([], read, set(8, 1), set(9, 0)), { once: [8, 1, 9, 0], each: read });
  assert.deepEqual(parts([9], read, set(8, 1), set(9, 0)), { once: [8, 1], each: [...read, ...set(9, 0)] });
  assert.deepEqual(parts([], when, set(8, 1), set(9, 2)), { once: [9, 2], each: [...when, ...set(8, 1)] });
  assert.deepEqual(parts([], set(5, 1), when, read), { once: [], each: [...set(5, 1), ...when, ...read] });
  assert.deepEqual(parts([], set(8, 1), set(8, 2)), { once: [], each: [...set(8, 1), ...set(8, 2)] });
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WideStack } from '#src/filter/wide-stack.js';

const LEAST = -(2n ** 63n);
const MOST = 2n ** 64n - 1n;

const edges = [0n, 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, MOST].flatMap((edge) => [edge - 1n, edge, edge + 1n, -edge]);
const number = fc.oneof(
  fc.bigInt({ min: LEAST, max: MOST }),
  fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
  fc.constantFrom(...edges.filter((edge) => edge >= LEAST && edge <= MOST)),
);

const operators = {
  add: (a: bigint, b: bigint) => a + b,
  subtract: (a: bigint, b: bigint) => a - b,
  multiply: (a: bigint, b: bigint) => a * b,
  divide: (a: bigint, b: bigint) => (b === 0n ? undefined : a / b),
  remainder: (a: bigint, b: bigint) => (b === 0n ? undefined : a % b),
} as const;

function put(stack: WideStack, at: number, value: bigint): void {
  stack.put(at, Number(value >> 32n), Number(value & 0xffffffffn));
}

test('whole numbers are computed with as BigInt does it, and have no value beyond 64 bits', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      for (const [name, expected] of Object.entries(operators)) {
        const stack = new WideStack(4);
        put(stack, 1, a);
        put(stack, 2, b);
        assert.equal(Math.sign(stack.compare(1)), a < b ? -1 : a > b ? 1 : 0);
        stack[name as keyof typeof operators](1);
        const value = expected(a, b);
        const fits = value !== undefined && value >= LEAST && value <= MOST;
        put(stack, 2, fits ? value : 0n);
        const order = stack.compare(1);
        assert.ok(fits ? order === 0 : Number.isNaN(order), `${a} ${name} ${b} is ${value}, order ${order}`);
      }
    }),
    { numRuns: 3000 },
  );
});

test('what has no value gives none to anything', () => {
  for (const name of Object.keys(operators) as (keyof typeof operators)[]) {
    for (const [a, b] of [
      [NaN, 3],
      [3, NaN],
      [NaN, NaN],
    ] as const) {
      const stack = new WideStack(2);
      stack.putNumber(0, a);
      stack.putNumber(1, b);
      stack[name](0);
      stack.putNumber(1, 0);
      assert.ok(Number.isNaN(stack.compare(0)), `${a} ${name} ${b}`);
    }
  }
});

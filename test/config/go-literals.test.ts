import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseGoBool, parseGoDuration, parseGoInt, parseGoUint } from '#src/config/go-literals.js';

test('booleans are the literals of Go', () => {
  for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) assert.equal(parseGoBool(text), true, text);
  for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False']) assert.equal(parseGoBool(text), false, text);
  for (const text of ['', 'yes', 'no', 'on', 'tRUE', ' true', 'true\n', '2', 'truefalse']) {
    assert.equal(parseGoBool(text), undefined, text);
  }
});

const integers: [text: string, value: number | undefined][] = [
  ['0', 0],
  ['10', 10],
  ['+5', 5],
  ['-5', -5],
  ['0x10', 16],
  ['0X1f', 31],
  ['-0x10', -16],
  ['0x_10', 16],
  ['1_000', 1000],
  ['010', 8],
  ['0_7', 7],
  ['00', 0],
  ['0o17', 15],
  ['0O_17', 15],
  ['0b11', 3],
  ['0B1_1', 3],
  ['9007199254740991', 2 ** 53 - 1],
  ['9223372036854775807', Number.MAX_SAFE_INTEGER],
  ['-9223372036854775808', Number.MIN_SAFE_INTEGER],
  ['9223372036854775808', undefined],
  ['-9223372036854775809', undefined],
  ['0x8000000000000000', undefined],
  ['', undefined],
  ['+', undefined],
  ['-', undefined],
  ['--1', undefined],
  ['1__0', undefined],
  ['_1', undefined],
  ['1_', undefined],
  ['08', undefined],
  ['0b2', undefined],
  ['0o8', undefined],
  ['0x', undefined],
  ['0xg', undefined],
  ['1.0', undefined],
  ['1e3', undefined],
  [' 1', undefined],
  ['1\n', undefined],
  ['١', undefined],
];

test('integers take base prefixes and underscores, and 64 bits', () => {
  for (const [text, value] of integers) assert.equal(parseGoInt(text), value, JSON.stringify(text));
});

test('every safe integer is read back in every base', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const sign = value < 0 ? '-' : '';
      const magnitude = Math.abs(value);
      for (const [prefix, base] of [
        ['', 10],
        ['0x', 16],
        ['0o', 8],
        ['0', 8],
        ['0b', 2],
      ] as const) {
        assert.equal(parseGoInt(sign + prefix + magnitude.toString(base)), value === 0 ? 0 : value);
      }
    }),
  );
});

test('unsigned integers are plain digits', () => {
  const cases: [string, number | undefined][] = [
    ['0', 0],
    ['4', 4],
    ['007', 7],
    ['18446744073709551615', Number.MAX_SAFE_INTEGER],
    ['18446744073709551616', undefined],
    ['', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['0x4', undefined],
    ['1_0', undefined],
    ['1.5', undefined],
    ['4 ', undefined],
  ];
  for (const [text, value] of cases) assert.equal(parseGoUint(text), value, JSON.stringify(text));
});

const durations: [text: string, milliseconds: number | undefined][] = [
  ['0', 0],
  ['+0', 0],
  ['-0', -0],
  ['10s', 10_000],
  ['1.5h', 5_400_000],
  ['1m30s', 90_000],
  ['-1s', -1000],
  ['+1s', 1000],
  ['.5s', 500],
  ['5.s', 5000],
  ['00001s', 1000],
  ['1ns', 1e-6],
  ['1us', 1e-3],
  ['1µs', 1e-3],
  ['1μs', 1e-3],
  ['1ms', 1],
  ['1.9999999999ns', 1e-6],
  ['1.0000000000000000001s', 1000],
  ['9223372036s', 9_223_372_036_000],
  ['-9223372036854775808ns', -(2 ** 63) / 1e6],
  ['9223372036854775808ns', undefined],
  ['9223372037s', undefined],
  ['2562048h', undefined],
  ['10', undefined],
  ['', undefined],
  ['s', undefined],
  ['.s', undefined],
  ['-', undefined],
  ['1d', undefined],
  ['1S', undefined],
  ['1 s', undefined],
  [' 1s', undefined],
  ['1h30m-1s', undefined],
  ['--1s', undefined],
  ['1s2', undefined],
  ['0x1s', undefined],
  ['1e3s', undefined],
  ['1s\n', undefined],
];

test('durations need a unit, add up, and end at 2^63 nanoseconds', () => {
  for (const [text, value] of durations) {
    const parsed = parseGoDuration(text);
    assert.equal(parsed === 0 ? 0 : parsed, value === 0 ? 0 : value, JSON.stringify(text));
  }
});

test('a duration is the sum of its parts in any order', () => {
  const part = fc.tuple(
    fc.nat(1e6),
    fc.constantFrom(['ms', 1], ['s', 1e3], ['m', 6e4], ['h', 3.6e6]) as fc.Arbitrary<[string, number]>,
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.map(([count, [unit]]) => `${count}${unit}`).join('');
      const sum = parts.reduce((total, [count, [, scale]]) => total + count * scale, 0);
      assert.equal(parseGoDuration(text), sum > 2 ** 63 / 1e6 ? undefined : sum);
    }),
  );
});

test('a long run of digits is refused quickly, not read for ever', () => {
  const started = performance.now();
  assert.equal(parseGoDuration('1'.repeat(100_000)), undefined);
  assert.equal(parseGoInt('1_'.repeat(50_000)), undefined);
  assert.ok(performance.now() - started < 1000);
});

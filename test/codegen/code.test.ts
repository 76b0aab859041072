import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { code, sequence } from '#src/codegen/code.js';
import type { Code } from '#src/codegen/code.js';
import { constantText } from '#src/codegen/constant-text.js';
import { Source } from '#src/codegen/source.js';

type Write = (view: DataView, pos: number) => number;

test('integers and code become source text', () => {
  const slot = 7;
  assert.equal(code`v = words[${slot}] - ${-3};`.text, 'v = words[7] - (-3);');
  assert.equal(code`if (v) { ${code`v = ${Number.MAX_SAFE_INTEGER};`} }`.text, 'if (v) { v = 9007199254740991; }');
  assert.equal(sequence([code`a;`, code`b;`]).text, 'a;\nb;');
});

test('S-16 nothing else becomes source text', () => {
  const others: unknown[] = ['1', 'process.exit()', 1.5, NaN, Infinity, 2 ** 53, 1n, null, undefined, true, [1], {}];
  for (const value of others) assert.throws(() => code`v = ${value as number};`, TypeError, String(value));
  const forged = { text: 'process.exit()' };
  assert.throws(() => code`v = ${forged as unknown as Code};`, TypeError);
  assert.throws(() => sequence([forged as unknown as Code]), TypeError);
});

test('constants are bound by number, equal ones once', () => {
  const source = new Source();
  const table = new Uint8Array([5, 6, 7]);
  assert.equal(source.bind(table), source.bind(table));
  source.emit(code`return ${source.bind(table)}[pos] + ${source.bind(0.5)};`);
  assert.equal(source.compile<(pos: number) => number>(['pos'])(2), 7.5);
});

test('any text is written as it is', () => {
  const hostile = ['`;process.exit();`', '${1}', '*/', '//', '\\', '"\'\n\r\u2028', '\u0000', '\u{10ffff}\u{fffff}é'];
  const anyText = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(anyText, (text) => {
      const source = new Source();
      source.emit(constantText(source, text));
      source.emit(code`return pos;`);
      const expected = new TextEncoder().encode(text);
      const bytes = new Uint8Array(3 + expected.length + 7);
      const end = source.compile<Write>(['view', 'pos'])(new DataView(bytes.buffer), 3);
      assert.equal(end, 3 + expected.length);
      assert.deepEqual(bytes.subarray(3, end), expected);
    }),
    { numRuns: 300 },
  );
});

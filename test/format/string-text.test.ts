import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { STRING_EXPANSION, writeJsonString, writeTextString } from '#src/format/string-text.js';
import { textOf } from './scratch.ts';

/** Octets that come close to sequences of UTF-8, well-formed and not. */
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
  fc
    .array(
      fc.constantFrom(
        0x22,
        0x5c,
        0x41,
        0x80,
        0x8f,
        0x90,
        0x9f,
        0xa0,
        0xa8,
        0xa9,
        0xbf,
        0xc0,
        0xc1,
        0xc2,
        0xdf,
        0xe0,
        0xe2,
        0xed,
        0xef,
        0xf0,
        0xf4,
        0xf5,
        0xff,
      ),
      { maxLength: 12 },
    )
    .map((list) => Uint8Array.from(list)),
);

const plain = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const json = (bytes: Uint8Array): string => textOf((view, pos) => writeJsonString(view, pos, bytes, 0, bytes.length));
const text = (bytes: Uint8Array): string => textOf((view, pos) => writeTextString(view, pos, bytes, 0, bytes.length));

test('C-085 any octets become a valid JSON string, ill-formed UTF-8 as U+FFFD', () => {
  fc.assert(
    fc.property(octets, (bytes) => {
      const written = json(bytes);
      assert.equal(JSON.parse(`"${written}"`), plain(bytes));
      assert.ok(new TextEncoder().encode(written).length <= bytes.length * STRING_EXPANSION);
      assert.doesNotMatch(written, /[<>&\u2028\u2029\n\r]/);
    }),
    { numRuns: 20_000 },
  );
});

test('each maximal part of an ill-formed sequence is one U+FFFD', () => {
  const cases: [number[], string][] = [
    [[0xc0, 0xaf], '\ufffd\ufffd'],
    [[0xe0, 0x80, 0x41], '\ufffd\ufffdA'],
    [[0xf0, 0x9f, 0x98], '\ufffd'],
    [[0xf0, 0x9f, 0x98, 0x80], '\u{1f600}'],
    [[0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
    [[0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
    [[0xe2, 0x82], '\ufffd'],
  ];
  for (const [bytes, expected] of cases) assert.equal(json(Uint8Array.from(bytes)), expected);
});

test('a sequence that the end of the string cuts does not read beyond it', () => {
  const bytes = Uint8Array.of(0xe2, 0x82, 0xac);
  assert.equal(
    textOf((view, pos) => writeJsonString(view, pos, bytes, 0, 2)),
    '\ufffd',
  );
});

test('JSON escapes what it has to, and what HTML would read', () => {
  const bytes = new TextEncoder().encode('"\\\b\f\n\r\t\u0000\u001f<a>&\u2028\u2029\u007f/é');
  assert.equal(json(bytes), '\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\\u003ca\\u003e\\u0026\\u2028\\u2029\u007f/é');
});

test('text keeps characters and escapes controls', () => {
  const bytes = new TextEncoder().encode('a "b" \\ <c>\n\r\t\u0000\u001b\u007f é');
  assert.equal(text(bytes), 'a "b" \\ <c>\\n\\r\\t\\u0000\\u001b\\u007f é');
});

test('text of any octets is one line of valid UTF-8', () => {
  fc.assert(
    fc.property(octets, (bytes) => {
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(text(bytes), /[\u0000-\u001f\u007f\u2028\u2029]/);
    }),
    { numRuns: 5000 },
  );
});

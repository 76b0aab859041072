import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseSize } from '#src/config/size.js';

const cases: [text: string, octets: number | undefined][] = [
  ['0', 0],
  ['4096', 4096],
  ['12B', 12],
  ['1k', 1024],
  ['1K', 1024],
  ['32M', 32 * 2 ** 20],
  ['32MiB', 32 * 2 ** 20],
  ['32mib', 32 * 2 ** 20],
  ['32 MiB', 32 * 2 ** 20],
  ['32MB', 32e6],
  ['500kB', 500_000],
  ['1.5GiB', 1.5 * 2 ** 30],
  ['10GiB', 10 * 2 ** 30],
  ['1T', 2 ** 40],
  ['1TB', 1e12],
  ['0.1k', 102],
  ['9007199254740991', 2 ** 53 - 1],
  ['9007199254740992', undefined],
  ['9007199254740992TiB', undefined],
  ['', undefined],
  ['M', undefined],
  ['-1', undefined],
  ['+1', undefined],
  ['1.', undefined],
  ['.5M', undefined],
  ['1ib', undefined],
  ['1P', undefined],
  ['1  M', undefined],
  ['1M ', undefined],
  ['1_000', undefined],
  ['0x10', undefined],
  ['1e3', undefined],
  ['Infinity', undefined],
];

test('sizes have binary and decimal units', () => {
  for (const [text, octets] of cases) assert.equal(parseSize(text), octets, JSON.stringify(text));
});

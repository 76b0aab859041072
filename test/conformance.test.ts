import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from './support/requirements.ts';

interface Requirement {
  readonly number: string;
  readonly note?: string;
}

interface Conformance {
  requirements(): { rows: Requirement[] }[];
  rfc5471(): { number: string; lines: string[] }[];
  testsByNumber(): Map<string, Set<string>>;
  readonly pages: { file: string; render(): string }[];
}

const module = (await import(pathToFileURL(join(root, 'tools/docs/conformance.mjs')).href)) as Conformance;
const rows = module.requirements().flatMap((section) => section.rows);
const known = new Set(rows.map(({ number }) => number));
const tests = module.testsByNumber();

test('the requirements are numbered without a gap', () => {
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 172 }, (_, i) => `C-${String(i + 1).padStart(3, '0')}`),
  );
});

test('tests and other tables name requirements that exist', () => {
  const numbers = [...tests.keys()].filter((number) => number.startsWith('C-'));
  assert.deepEqual(
    numbers.filter((number) => !known.has(number)),
    [],
  );
  const rfcTests = new Set(module.rfc5471().map(({ number }) => `RFC 5471 ${number}`));
  assert.deepEqual(
    [...tests.keys()].filter((number) => number.startsWith('RFC') && !rfcTests.has(number)),
    [],
  );
  assert.deepEqual(
    module.rfc5471().flatMap(({ lines }) => lines.filter((line) => !known.has(line))),
    [],
  );
});

test('a line that is not met by choice has no test that says otherwise', () => {
  const choices = rows.filter(({ note }) => note?.startsWith('by choice'));
  assert.ok(choices.length > 0);
  for (const { number, note } of choices) assert.match(note!, /^by choice \(D-\d+\): /, number);
});

test('every line that docs/conformance.md calls met has a test', () => {
  const page = readFileSync(join(root, 'docs/conformance.md'), 'utf8');
  const claimed = [...page.matchAll(/^\| (C-\d{3}) .*\| met: /gm)].map((match) => match[1]!);
  assert.deepEqual(
    claimed.filter((number) => !tests.has(number)),
    [],
  );
});

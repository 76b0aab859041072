// docs/conformance.md: the requirements of conformance.tsv and the tests of RFC 5471, each with the tests that show it.
// A line is met when a test carries its number at the beginning of its name: `C-040 refuses a template of length 0`.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from '../markdown.mjs';
import { readTable } from './table.mjs';

const root = join(fileURLToPath(import.meta.url), '../../..');

/** All requirements: `{ number, level, requirement, source, note }`, in sections. */
export function requirements() {
  return readTable('conformance.tsv').map(({ title, rows }) => ({
    title,
    rows: rows.map(([number, level, requirement, source, note]) => ({ number, level, requirement, source, note })),
  }));
}

/** The tests of RFC 5471: `{ number, sent, expected, lines }`. */
export function rfc5471() {
  return readTable('rfc5471.tsv').flatMap(({ rows }) =>
    rows.map(([number, sent, expected, lines]) => ({ number, sent, expected, lines: lines.split(' ') })),
  );
}

/** Names of tests that begin with numbers of requirements: number -> files. A name may begin with several. */
export function testsByNumber() {
  const found = new Map();
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((path) => path.endsWith('.test.ts')).sort()) {
    const text = readFileSync(join(root, 'test', file), 'utf8');
    for (const [, names] of text.matchAll(/['"`]((?:(?:C-\d{3}|RFC 5471 [\d.-]+)(?:, | and | )?)+)/g)) {
      for (const [number] of names.matchAll(/C-\d{3}|RFC 5471 [\d.-]*\d/g)) {
        found.set(number, (found.get(number) ?? new Set()).add(`test/${file}`));
      }
    }
  }
  return found;
}

const links = (files) =>
  [...files].map((file) => `[${file.replace(/^test\/|\.test\.ts$/g, '')}](../${file})`).join(', ');

function statusOf({ number, note }, tests) {
  const files = tests.get(number);
  const shown = files === undefined ? '' : links(files);
  if (note?.startsWith('by choice')) return `**not met, ${note}**${shown && `; shown by ${shown}`}`;
  if (files !== undefined) return `met: ${shown}`;
  return note ? `not yet: ${note}` : 'not yet';
}

function statusOfTest({ number, lines }, tests) {
  const files = tests.get(`RFC 5471 ${number}`);
  if (files !== undefined) return `passed: ${links(files)}`;
  const open = lines.filter((line) => !tests.has(line));
  return open.length === 0 ? 'passed, by its lines' : `not yet: ${open.join(', ')}`;
}

function render() {
  const tests = testsByNumber();
  const sections = requirements();
  const all = sections.flatMap(({ rows }) => rows);
  const count = (prefix) => all.filter((row) => statusOf(row, tests).startsWith(prefix)).length;
  const parts = [
    '# Conformance',
    'What the standards ask of a collecting process, one requirement a line, and the tests that show that it is met. ' +
      'This page is made from `tools/docs/conformance.tsv` and from the names of the tests: `npm run generate`.',
    'MUST, SHOULD and MAY are the levels of the source. `MUST*` is our own: the source does not say it, but ' +
      'without it another requirement, or safety, cannot hold.',
    `${all.length} requirements: ${count('met')} met, ${count('not yet')} not yet, ` +
      `${count('**not met')} not met by choice.`,
  ];
  for (const { title, rows } of sections) {
    parts.push(`## ${title}`);
    parts.push(
      table(
        ['line', 'level', 'requirement', 'source', 'status'],
        rows.map((row) => [row.number, row.level, row.requirement, row.source, statusOf(row, tests)]),
      ),
    );
  }
  parts.push('## K. The tests of RFC 5471, over UDP');
  parts.push(
    table(
      ['test', 'sent', 'expected', 'lines', 'status'],
      rfc5471().map((row) => [row.number, row.sent, row.expected, row.lines.join(', '), statusOfTest(row, tests)]),
    ),
  );
  return parts.join('\n\n') + '\n';
}

export const pages = [{ file: 'docs/conformance.md', render }];

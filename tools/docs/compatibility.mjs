// docs/compatibility.md: what differs on purpose from GoFlow2, from differences.tsv and from the vectors, whose
// `differs` the tests hold the program to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { code, page, table } from '../markdown.mjs';
import { readTable } from './table.mjs';

const root = join(fileURLToPath(import.meta.url), '../../..');
const vectors = JSON.parse(readFileSync(join(root, 'test/fixtures/goflow2-vectors.json'), 'utf8'));

const introduction = `GoFlow2+ takes the flags, listen URIs and formats of GoFlow2, and its messages have the same columns and numbers. This page lists what gives another result here, on purpose. Rules that begin with C are lines of [conformance](conformance.md); D, F, R and S are decisions and goals of this project.`;

const aboutVectors = `A vector is a datagram, or a part of one, with what GoFlow2 makes of it (January 2026). The tests take each one through the whole chain: what is not listed here comes out octet for octet the same.`;

/** Columns that differ, as text: `vlan_id = 100`. */
function changes({ differs }) {
  const lists = (differs ?? []).filter((text) => text !== '{}');
  return [...new Set(lists)].map((text) => code(text.slice(1, -1).replaceAll('"', ''))).join('; ');
}

function corrected() {
  return vectors
    .filter(({ verdict, differs }) => verdict === 'corrected' || differs !== undefined)
    .map((vector) => [vector.name, vector.correct ?? 'columns below', changes(vector), vector.rule ?? 'as below']);
}

async function render() {
  return page(
    '# Compatibility',
    introduction,
    ...readTable('differences.tsv').flatMap(({ title, rows }) => [
      `## ${title}`,
      table(['what comes in, or is asked for', 'here', 'rule'], rows),
    ]),
    '## The README of GoFlow2+, sentence by sentence',
    'What the README of the Go program promises, and what became of it.',
    ...readTable('readme-promises.tsv').flatMap(({ title, rows }) => [
      `### ${title}`,
      table(['it says', 'here'], rows),
    ]),
    '## Vectors that give another result',
    aboutVectors,
    table(['vector', 'here', 'columns that differ', 'rule'], corrected()),
  );
}

export const pages = [{ file: 'docs/compatibility.md', render }];

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as prettier from 'prettier';
import { readText } from '../../support/mapped.ts';
import { corpusFolder, root, skipWithoutCorpus } from '../../support/requirements.ts';
import { vendors, vendorsPage } from './page.ts';

const file = join(root, 'docs/vendors.md');

test('docs/vendors.md is what the corpus shows: WRITE_VENDORS=1 writes it', skipWithoutCorpus(), async () => {
  const settings = await prettier.resolveConfig(file);
  const page = await prettier.format(vendorsPage(await vendors(corpusFolder()!)), { ...settings, parser: 'markdown' });
  if (process.env['WRITE_VENDORS'] === '1') writeFileSync(file, page);
  const committed = readFileSync(file, 'utf8').split('\n');
  const rendered = page.split('\n');
  const at = rendered.findIndex((row, i) => row !== committed[i]);
  assert.equal(committed[at], rendered[at], `line ${at + 1}`);
  assert.equal(committed.length, rendered.length);
});

test('every mapping line of docs/vendors.md is one', () => {
  const rows = readFileSync(file, 'utf8').matchAll(/^\| (ipfix|netflowv9) .*`(\{.*destination: (\w+) \})`/gm);
  let lines = 0;
  for (const [, section, line, name] of rows) {
    lines++;
    const { mapping, warnings } = readText(
      `formatter:\n  protobuf: [{ name: ${name}, index: 1000, type: bytes }]\n${section}:\n  mapping:\n    - ${line}\n`,
    );
    assert.equal(mapping.elements.length, 1, line);
    assert.deepEqual(warnings, [], line);
  }
  assert.ok(lines > 50);
});

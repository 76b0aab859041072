import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCatalogue } from '#src/config/errors.js';
import { optionTable } from '#src/config/options.js';
import { captureOptions, socketOptions } from '#src/listen/listen-options.js';
import { counterTable } from '#src/metrics/counters.js';
import { root } from '../support/requirements.ts';

interface Pages {
  readonly pages: readonly { readonly file: string; readonly render: () => Promise<string> }[];
}

for (const name of ['flags', 'errors', 'metrics', 'http']) {
  const { pages } = (await import(pathToFileURL(join(root, `tools/docs/${name}.mjs`)).href)) as Pages;
  for (const { file, render } of pages) {
    test(`${file} is what its tables give: npm run generate`, async () => {
      const committed = readFileSync(join(root, file), 'utf8').split('\n');
      const rendered = (await render()).split('\n');
      const at = rendered.findIndex((line, i) => line !== committed[i]);
      assert.equal(committed[at], rendered[at], `line ${at + 1}`);
      assert.equal(committed.length, rendered.length);
    });
  }
}

test('docs/flags.md has a row for every option, of listen URIs too', () => {
  const text = readFileSync(join(root, 'docs/flags.md'), 'utf8');
  for (const name of Object.keys(optionTable)) assert.ok(new RegExp(`^\\| \`-${name}\``, 'm').test(text), name);
  for (const name of Object.keys({ ...socketOptions, ...captureOptions })) {
    assert.ok(new RegExp(`^\\| \`${name}\` `, 'm').test(text), name);
  }
});

test('docs/errors.md has a row for every code and every reason that is counted', () => {
  const text = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const reasons = counterTable.filter(({ name }) => name.includes(':')).map(({ name }) => name.split(':')[1]!);
  assert.ok(reasons.length > 40);
  for (const name of [...Object.keys(errorCatalogue), ...reasons]) {
    assert.ok(new RegExp(`^\\| \`${name}\` `, 'm').test(text), name);
  }
});

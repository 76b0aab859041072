import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileContext } from '#src/enrich/context/compile-context.js';
import { ContextEnricher } from '#src/enrich/context/context-enricher.js';
import { ContextModel } from '#src/enrich/context/context-model.js';
import { contextOutput } from '#src/enrich/context/context-output.js';
import { readContextFiles } from '#src/enrich/context/read-files.js';
import type { ColumnName } from '#src/flow/fields.js';
import { Counters } from '#src/metrics/counters.js';
import { contextOfFlow, flowWith } from '../support/context.ts';
import { ContextCollector } from '../support/context-collector.ts';
import { blocksOf } from '../support/markdown.ts';
import type { Block } from '../support/markdown.ts';
import { root } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Writes the files of a page into a folder. */
function filesOf(t: TestContext, blocks: readonly Block[]): string {
  const folder = temporaryFolder(t);
  for (const { language, about, text } of blocks) {
    if (['yaml', 'csv'].includes(language) && about !== 'norun') writeFileSync(join(folder, about), text);
  }
  return folder;
}

test('docs/context.md: each flow of its blocks gets the context that stands there, in that order', (t) => {
  const blocks = blocksOf('docs/context.md');
  const folder = filesOf(t, blocks);
  let enricher: ContextEnricher | undefined;
  let shown = 0;
  for (const { language, about, text, line } of blocks) {
    if (language === 'yaml' && about !== 'norun') {
      const { draft, problems } = readContextFiles([join(folder, about)]);
      const tables = compileContext(draft, contextOutput('json'), problems);
      problems.throwIfAny();
      enricher = new ContextEnricher(new ContextModel(tables), new Counters());
    }
    if (about !== 'flow') continue;
    const { flow, context } = JSON.parse(text) as Record<string, Record<string, string>>;
    const found = contextOfFlow(enricher!, flowWith(flow as Partial<Record<ColumnName, string | number>>));
    assert.deepEqual(Object.entries(found), Object.entries(context!), `docs/context.md:${line}`);
    shown++;
  }
  assert.ok(shown >= 5);
});

test('docs/context.md: its commands print what stands there', (t) => {
  const blocks = blocksOf('docs/context.md');
  const folder = filesOf(t, blocks);
  const commands = blocks.filter(({ language, about }) => language === 'bash' && about === '');
  assert.ok(commands.length > 0);
  for (const { text, line } of commands) {
    const printed = text
      .trim()
      .split('\n')
      .map((command) => {
        const [program, ...args] = command.split(' ');
        return execFileSync(join(root, program!), args, { cwd: folder, encoding: 'utf8' });
      });
    const expected = blocks.find((block) => block.line > line && block.language === 'text');
    assert.equal(printed.join(''), expected?.text, `docs/context.md:${line}`);
  }
});

test("README.md: the sample context, through the program, gives the sample's keys", async (t) => {
  const [sample] = blocksOf('README.md').filter(({ language }) => language === 'yaml');
  const collector = new ContextCollector(t, sample!.text);
  const [there, back] = await collector.messagesOf([
    { source: '10.1.0.7', destination: '10.1.1.9' },
    { source: '10.1.1.9', destination: '192.0.2.1' },
  ]);
  assert.deepEqual(Object.entries(there!['context'] as object), [
    ['source_group', 'web-servers'],
    ['destination_group', 'database-servers'],
    ['source_application', 'web'],
    ['source_tier', 'frontend'],
    ['destination_application', 'database'],
    ['destination_tier', 'backend'],
  ]);
  assert.deepEqual(Object.entries(back!['context'] as object), [
    ['source_group', 'database-servers'],
    ['source_application', 'database'],
    ['source_tier', 'backend'],
  ]);
});

/** Every page: its links lead somewhere, its blocks parse, and its commands have flags that exist, or are run. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { parseFlags } from '#src/config/go-flags.js';
import { demoOptions } from '#src/config/groups/demo.js';
import { firewallOptions } from '#src/config/groups/firewall.js';
import { healthOptions } from '#src/config/groups/health.js';
import { natsInitOptions } from '#src/config/groups/nats-init.js';
import { optionTable } from '#src/config/options.js';
import { NatsServer, natsServerMissing } from '../support/nats-server.ts';
import { blocksOf, commandsOf, pages, wordsOf } from '../support/markdown.ts';
import type { Block } from '../support/markdown.ts';
import { root } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const blocks = pages().flatMap(blocksOf);
const at = ({ page, line }: Block) => `${page}:${line}`;

test('every relative link of every page leads to a file', () => {
  for (const page of pages()) {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```[^]*?^```$/gm, '');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^([a-z]+:|#)/.test(target)) continue;
      const path = join(root, dirname(page), target.replace(/#.*$/, ''));
      assert.ok(existsSync(path), `${page}: ${target}`);
    }
  }
});

test('everything that the README of the original links to is there', () => {
  for (const path of [
    'docs/protocols.md',
    'docs/agents.md',
    'docs/performance.md',
    'docs/protobuf.md',
    'docs/contributors.md',
    'cmd/goflow2plus/mapping.yaml',
    'graphics/diagram.svg',
    'pb/flow.proto',
  ]) {
    assert.ok(existsSync(join(root, path)), path);
  }
});

test('blocks of JSON and YAML parse', () => {
  for (const block of blocks) {
    if (block.language === 'json') assert.doesNotThrow(() => JSON.parse(block.text) as unknown, at(block));
    if (block.language === 'yaml') assert.deepEqual(parseDocument(block.text).errors, [], at(block));
  }
});

/** The flags of a subcommand, as far as this test knows them. */
const tables = new Map<string, Parameters<typeof parseFlags>[0]>([
  ['', optionTable],
  ['health', healthOptions],
  ['firewall', firewallOptions],
  ['nats', natsInitOptions],
  ['simulate', demoOptions],
  ['demo', { ...optionTable, ...demoOptions }],
]);

test('every command of ours in every page has flags that exist', () => {
  let checked = 0;
  for (const block of blocks) {
    if (block.language !== 'bash') continue;
    for (const command of commandsOf(block)) {
      for (const part of command.split(/\s(?:\||&&|>|2>)\s?/)) {
        const [program = '', ...words] = wordsOf(part);
        if (!/^(\.\/bin\/)?goflow2plus$/.test(program)) continue;
        const subcommand = /^[a-z]/.test(words[0] ?? '') ? words[0]! : '';
        const table = tables.get(subcommand);
        if (table === undefined) continue;
        const flags = words.filter((word) => word !== '&');
        const read = () => parseFlags(table, flags, { program: 'test', anywhere: true });
        assert.doesNotThrow(read, `${at(block)}: ${part}`);
        checked++;
      }
    }
  }
  assert.ok(checked >= 20, `${checked} commands`);
});

test('commands that replay a capture of the project print flows', () => {
  let run = 0;
  for (const block of blocks) {
    if (block.language !== 'bash' || block.about !== '') continue;
    for (const command of commandsOf(block)) {
      if (!/^\.\/bin\/goflow2plus .*file:test\//.test(command)) continue;
      const [program = '', ...flags] = wordsOf(command);
      const output = execFileSync(program, [...flags, '-addr=', '-loglevel=error'], { cwd: root, encoding: 'utf8' });
      const [line = ''] = output.split('\n');
      assert.doesNotThrow(() => JSON.parse(line) as unknown, `${at(block)}: ${line}`);
      run++;
    }
  }
  assert.ok(run >= 3, `${run} commands`);
});

/**
 * Blocks that nothing runs, by page: configurations of devices and of other programs, and commands that would change
 * the machine or not end. A new one has to be counted here.
 */
const notRun: Readonly<Record<string, number>> = {
  'compose/elk/README.md': 1,
  'compose/ncg/README.md': 1,
  'README.md': 4,
  'docs/agents.md': 15,
  'docs/context.md': 3,
  'docs/enricher.md': 1,
  'docs/nats.md': 1,
  'docs/operations.md': 3,
  'docs/templates.md': 2,
  'examples/own-parts/README.md': 1,
};

test('the blocks that are not run are counted', () => {
  const counts: Record<string, number> = {};
  for (const { page, about } of blocks) {
    if (!about.split(' ').includes('norun')) continue;
    counts[page] = (counts[page] ?? 0) + 1;
  }
  assert.deepEqual(counts, notRun);
});

test('docs/tutorial.md, command by command', { skip: natsServerMissing }, async (t) => {
  const folder = temporaryFolder(t);
  symlinkSync(join(root, 'bin'), join(folder, 'bin'));
  const server = await NatsServer.start(t);
  const results: string[] = [];
  for (const block of blocksOf('docs/tutorial.md')) {
    if (block.language === 'yaml') writeFileSync(join(folder, block.about), block.text);
    if (!block.about.startsWith('run')) continue;
    for (const command of commandsOf(block)) {
      if (command.startsWith('npm ci')) continue; // it was built, or this test would not run
      const there = block.about === 'run nats' ? `${command} -transport.nats.servers=${server.url}` : command;
      results.push(
        execFileSync('sh', ['-ec', there], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
      );
    }
  }
  const lines = (file: string) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { proto: string; dst_port: number; context: Record<string, string> });
  assert.ok(lines('flows.json').length > 40);
  assert.ok(lines('named.json').some(({ context }) => context['source_group'] === 'clients'));
  const https = lines('https.json');
  assert.ok(https.length > 0 && https.every(({ proto, dst_port }) => proto === 'TCP' && dst_port === 443));
  assert.match(results.join(''), /servers/, 'explain names the network');
  assert.match(results.join(''), /ENGINE = NATS SETTINGS/);
});

import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContextEnricher } from '#src/enrich/context/context-enricher.js';
import { ContextModel } from '#src/enrich/context/context-model.js';
import { LiveContext } from '#src/enrich/live/live-context.js';
import type { ContextGeneration } from '#src/enrich/live/live-context.js';
import type { BuildRequest, BuildResult } from '#src/enrich/live/messages.js';
import { Model } from '#src/enrich/live/model.js';
import { loggerTo } from '#src/log/logger.js';
import type { LogLine } from '#src/log/logger.js';
import { Counters } from '#src/metrics/counters.js';
import { contextOfFlow, flowWith } from '../../support/context.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const file = (name: string) => `networks: [{ name: ${name}, cidr: 10.0.0.0/8 }]\n`;

/** A context of files, with what it tells of itself. */
class Followed {
  readonly counters = new Counters();
  readonly lines: LogLine[] = [];
  readonly generations: ContextGeneration[] = [];
  readonly context: LiveContext;

  constructor(t: TestContext, files: readonly string[]) {
    this.context = new LiveContext(
      { files, keys: [], format: 'json' },
      {
        counters: this.counters,
        log: loggerTo((line) => this.lines.push(line)),
        onGeneration: (generation) => this.generations.push(generation),
      },
    );
    t.after(() => this.context.stop());
  }

  /** The group of 10.0.0.1 in the generation at work. */
  get group(): string | undefined {
    const enricher = new ContextEnricher(new ContextModel(this.context.generation!.tables), new Counters());
    return contextOfFlow(enricher, flowWith({ src_addr: '10.0.0.1' }))['source_group'];
  }

  get errors(): string[] {
    return this.lines.filter(({ level }) => level === 'error').map(({ fields }) => String(fields?.['error']));
  }

  async becomes(group: string): Promise<void> {
    await eventually(
      () => this.group === group,
      () => `${this.group} and not ${group}: ${JSON.stringify(this.lines)}`,
    );
  }

  async refused(count: number): Promise<void> {
    await eventually(
      () => this.errors.length >= count,
      () => `${this.errors.length} errors: ${JSON.stringify(this.lines)}`,
    );
  }
}

test('a file that is written to, and one that is renamed into its place, are taken into use', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'context.yaml');
  writeFileSync(path, file('one'));
  const followed = new Followed(t, [path]);
  await followed.context.start();
  assert.equal(followed.group, 'one');
  assert.equal(followed.generations.length, 0, 'the first one is there before anything listens');
  writeFileSync(path, file('two'));
  await followed.becomes('two');
  writeFileSync(`${path}.new`, file('three'));
  renameSync(`${path}.new`, path);
  await followed.becomes('three');
  assert.deepEqual(
    followed.generations.map(({ number }) => number),
    [2, 3],
  );
  assert.equal(followed.counters.get('context_loads'), 3);
  assert.equal(followed.counters.get('context_errors'), 0);
});

test('a ConfigMap: the folder behind a link is swapped', async (t) => {
  const folder = temporaryFolder(t);
  const put = (version: string, group: string) => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'context.yaml'), file(group));
    symlinkSync(version, join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));
  };
  put('..1', 'one');
  symlinkSync('..data/context.yaml', join(folder, 'context.yaml'));
  const followed = new Followed(t, [join(folder, 'context.yaml')]);
  await followed.context.start();
  assert.equal(followed.group, 'one');
  put('..2', 'two');
  rmSync(join(folder, '..1'), { recursive: true });
  await followed.becomes('two');
  put('..3', 'three');
  await followed.becomes('three');
});

test('bulk files are followed too, and new ones among them', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'context.yaml');
  writeFileSync(path, 'networks_from: [{ file: bulk/a.csv }]\n');
  mkdirSync(join(folder, 'bulk'));
  writeFileSync(join(folder, 'bulk/a.csv'), 'cidr,name\n10.0.0.0/8,one\n');
  const followed = new Followed(t, [path]);
  await followed.context.start();
  writeFileSync(join(folder, 'bulk/a.csv'), 'cidr,name\n10.0.0.0/8,two\n');
  await followed.becomes('two');
  writeFileSync(join(folder, 'bulk/b.csv'), 'cidr,name\n10.0.0.0/8,three\n');
  writeFileSync(path, 'networks_from: [{ file: bulk/b.csv }]\n');
  await followed.becomes('three');
  writeFileSync(join(folder, 'bulk/b.csv'), 'cidr,name\n10.0.0.0/8,four\n');
  await followed.becomes('four');
  assert.deepEqual(
    followed.context.status.sources.map(({ name, bytes }) => [name.slice(folder.length + 1), bytes]),
    [
      ['context.yaml', 38],
      ['bulk/b.csv', 26],
    ],
  );
});

test('F-23 what cannot be used changes nothing: told once with its place, counted, shown, and over when it is', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'context.yaml');
  writeFileSync(path, file('one'));
  const followed = new Followed(t, [path]);
  await followed.context.start();
  const mistakes: [what: () => void, error: RegExp][] = [
    [
      () => writeFileSync(path, 'networks: [{ name: x, cidr: 10.0.0.0/99 }]\n'),
      /context\.yaml:1:29: networks\.0\.cidr: /,
    ],
    [() => truncateSync(path), /context\.yaml: is empty, and was not before/],
    [() => rmSync(path), /context\.yaml: ENOENT/],
    [() => writeFileSync(path, `# ${'x'.repeat(100 * 1024 * 1024)}`), /context\.yaml: .* octets are more than the/],
    [() => writeFileSync(path, bomb()), /context\.yaml:.*alias/i],
    [() => writeFileSync(path, Buffer.from([0xff, 0xfe, 0xfd])), /context\.yaml:.*UTF-8/],
  ];
  for (const [i, [make, error]] of mistakes.entries()) {
    make();
    await followed.refused(i + 1);
    assert.match(followed.errors[i]!, error);
    assert.equal(followed.group, 'one');
    assert.equal(followed.context.status.problems.length, 1);
    assert.match(followed.context.status.problems[0]!, error);
  }
  assert.equal(followed.errors.length, mistakes.length, 'each one is told once');
  assert.equal(followed.counters.get('context_errors'), mistakes.length);
  assert.equal(followed.counters.get('reload_failures'), mistakes.length);
  assert.equal(followed.context.status.generation, 1);
  writeFileSync(path, file('one'));
  await eventually(() => followed.context.status.problems.length === 0);
  assert.equal(followed.context.status.generation, 1, 'the same content is the same generation');
  writeFileSync(path, file('two'));
  await followed.becomes('two');
});

/** Nine levels of nine aliases each. */
function bomb(): string {
  const levels = Array.from('abcdefghi');
  const lines = levels.map((name, i) => {
    const inner = i === 0 ? 'x' : `*${levels[i - 1]!}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
  });
  return `${lines.join('\n')}\n`;
}

test('a reload builds although nothing has changed; a mistake is told again each time', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'context.yaml');
  writeFileSync(path, file('one'));
  const followed = new Followed(t, [path]);
  const { context } = followed;
  await context.start();
  (await context.prepare())();
  assert.equal(context.status.generation, 2);
  writeFileSync(path, 'networks: 1\n');
  await assert.rejects(context.prepare(), /context.yaml:1:11: networks: a list is expected/);
  await assert.rejects(context.prepare(), { code: 'GF_CONTEXT_FILE' });
  assert.equal(followed.group, 'one');
  writeFileSync(path, file('two'));
  const use = await context.prepare();
  assert.equal(followed.group, 'one', 'not in use before it is committed');
  use();
  assert.equal(followed.group, 'two');
});

test('the model thread ends when what it has made is much, and another one goes on', async (t) => {
  const path = join(temporaryFolder(t), 'context.yaml');
  writeFileSync(path, file('one'));
  const request = {
    settings: { files: [path], keys: [], format: 'json' },
    build: 1,
    inUse: 0,
    changes: undefined,
    document: undefined,
    isOpen: false,
    previous: undefined,
    force: true,
  };
  const busy = new Model<BuildRequest, BuildResult>('model', () => 1e9);
  const idle = new Model<BuildRequest, BuildResult>('model', () => 0);
  t.after(() => Promise.all([busy.stop(), idle.stop()]));
  for (let turn = 0; turn < 2; turn++) {
    assert.equal((await busy.build(request)).kind, 'built');
    assert.ok(!busy.isRunning);
    assert.equal((await idle.build(request)).kind, 'built');
    assert.ok(idle.isRunning);
  }
});

test('a start without a usable context fails with every mistake', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'context.yaml');
  writeFileSync(path, 'networks: [{ name: a }, { cidr: 10.0.0.0/8 }]\n');
  const followed = new Followed(t, [path]);
  await assert.rejects(followed.context.start(), (error: Error & { code: string }) => {
    assert.equal(error.code, 'GF_CONTEXT_FILE');
    assert.match(error.message, /context\.yaml:1:25: networks\.1\.name: is missing/);
    return true;
  });
});

import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readOwnFile } from '#src/pipeline/state/durable-file.js';
import { eventually } from '../../support/eventually.ts';
import { inFull } from '../../support/extent.ts';
import { KeptState, template } from '../../support/kept-state.ts';
import { skipUnlessRoot } from '../../support/requirements.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A collector that knew two exporters and ended orderly; returns the text of its two files. */
async function fill(path: string): Promise<{ templates: string; state: string; known: string[] }> {
  const kept = new KeptState(path);
  await kept.files.start();
  kept.learn('192.0.2.1', 50_000, template(9, 256, 260, 8, 12));
  kept.learn('2001:db8::1', 2055, template(10, 1, 300, 8));
  const owner = { address: '192.0.2.1', port: 50_000, version: 9, domain: 256 } as const;
  kept.state.take({
    about: 'clocks',
    clocks: [{ owner, clock: { sysUptimeMs: 5_000, exportSeconds: 1_700_000_000, sequence: 77 } }],
  });
  const scope = { samplerId: 3, selectorId: undefined, inputInterface: undefined, outputInterface: undefined };
  const rates = [{ scope, rate: { low: 1000, high: 0 } }];
  kept.state.take({
    about: 'facts',
    facts: [{ address: '192.0.2.1', version: 9, domain: 256, exporterStartMs: -1, rates }],
  });
  await kept.files.stop();
  assert.deepEqual(kept.warnings, []);
  return { templates: readFileSync(path, 'utf8'), state: readFileSync(`${path}.state`, 'utf8'), known: kept.known() };
}

/** Starts on these files, looks, and ends. */
async function start(path: string): Promise<KeptState> {
  const kept = new KeptState(path);
  await kept.files.start();
  return kept;
}

test('D-9, D-23 templates, clocks and sampling come back; the file of templates has the form of the original', async (t) => {
  const path = join(temporaryFolder(t), 'sub/templates.json');
  const { templates, known } = await fill(path);
  assert.equal(
    templates,
    '{"192.0.2.1:50000":{"9/256/260":{"template-id":260,"field-count":2,"fields":' +
      '[{"pen-provided":false,"type":8,"length":4,"pen":0},{"pen-provided":false,"type":12,"length":4,"pen":0}]}},' +
      '"[2001:db8::1]:2055":{"10/1/300":{"template-id":300,"field-count":1,"fields":' +
      '[{"pen-provided":false,"type":8,"length":4,"pen":0}]}}}',
  );
  const again = await start(path);
  assert.deepEqual(again.known(), known);
  assert.deepEqual(again.state.factsOf('192.0.2.1'), [
    {
      address: '192.0.2.1',
      version: 9,
      domain: 256,
      exporterStartMs: -1,
      rates: [
        {
          scope: { samplerId: 3, selectorId: undefined, inputInterface: undefined, outputInterface: undefined },
          rate: { low: 1000, high: 0 },
        },
      ],
    },
  ]);
  const clocks = [...again.state.all()].find(({ about }) => about === 'clocks');
  assert.ok(clocks?.about === 'clocks' && clocks.clocks[0]?.clock.sequence === 77);
  await again.files.stop();
});

test('D-9 only exporters whose data was decoded reach the disk', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const kept = await start(path);
  kept.state.take({
    about: 'template',
    address: '192.0.2.66',
    port: 1,
    template: template(9, 1, 256, 1),
    exportSeconds: 0,
  });
  kept.learn('192.0.2.1', 1, template(9, 1, 256, 8));
  await kept.files.stop();
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object), ['192.0.2.1:1']);
});

test('what the original has written is read: options templates of both kinds, an empty list as null', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const field = (type: number, pen = 0) => ({ 'pen-provided': pen !== 0, type, length: 4, pen });
  writeFileSync(
    path,
    JSON.stringify({
      '192.0.2.1:50000': {
        '9/0/257': {
          'template-id': 257,
          'scope-length': 4,
          'option-length': 8,
          scopes: [field(1)],
          options: [field(48), field(34)],
        },
        '10/7/258': {
          'template-id': 258,
          'field-count': 2,
          'scope-field-count': 1,
          options: [field(33073, 2636)],
          scopes: [field(346)],
        },
        '10/7/259': { 'template-id': 259, 'field-count': 0, fields: null },
      },
    }),
  );
  const kept = await start(path);
  const [first, second, ...none] = [...kept.state.templates()].map((stored) => stored.template);
  assert.deepEqual([first!.options, first!.scopeCount, first!.fields.map(({ id }) => id)], [true, 1, [1, 48, 34]]);
  assert.deepEqual(
    [second!.scopeCount, second!.fields.map(({ id, pen }) => [id, pen])],
    [
      1,
      [
        [346, 0],
        [305, 2636],
      ],
    ],
  );
  assert.deepEqual(none, [], 'a template without octets would never end');
  await kept.files.stop();
});

test('files are written when a definition has changed, and not when one is told again', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const kept = await start(path);
  const writes = () => kept.counters.get('state_writes');
  kept.learn('192.0.2.1', 1, template(9, 1, 256, 8));
  await eventually(() => writes() === 1);
  for (let i = 0; i < 10; i++) kept.learn('192.0.2.1', 1, template(9, 1, 256, 8));
  kept.learn('192.0.2.1', 1, template(9, 1, 256, 12));
  await eventually(() => writes() === 2 && readFileSync(path, 'utf8').includes('"type":12'));
  kept.learn('192.0.2.1', 1, template(9, 1, 256, 12));
  await kept.files.stop();
  assert.equal(writes(), 2);
});

/** Templates in a file that have octets: one without is not taken. */
function templatesIn(file: Buffer): number {
  const exporters = JSON.parse(file.toString()) as Record<string, Record<string, { fields: { length: number }[] }>>;
  const all = Object.values(exporters).flatMap((templates) => Object.values(templates));
  return all.filter(({ fields }) => fields.some(({ length }) => length > 0)).length;
}

test('F-17 a file cut at every octet, or with a bit flipped: nothing is half read, it is set aside', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const { templates, state } = await fill(path);
  const damaged: [name: string, octets: Buffer][] = [];
  const octets = Buffer.from(templates);
  for (let at = 1; at < octets.length; at++) damaged.push([`cut at ${at}`, octets.subarray(0, at)]);
  for (let bit = 0; bit < 8 * octets.length; bit += inFull ? 1 : 25) {
    const flipped = Buffer.from(octets);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    damaged.push([`bit ${bit & 7} flipped at ${bit >> 3}`, flipped]);
  }
  for (const [name, content] of damaged) {
    writeFileSync(path, content);
    writeFileSync(`${path}.state`, state);
    rmSync(`${path}.bad`, { force: true });
    const kept = await start(path);
    const aside = existsSync(`${path}.bad`);
    if (name.startsWith('cut')) assert.ok(aside, name);
    // a flipped bit may give another valid file: then it is that file that is read
    if (aside) {
      assert.deepEqual(kept.known(), [], name);
      assert.deepEqual(readFileSync(`${path}.bad`), content, name);
      assert.equal(kept.warnings.length, 1, name);
      assert.equal(kept.counters.get('state_unreadable'), 1, name);
    } else {
      assert.equal(kept.known().length, templatesIn(content), name);
    }
    await kept.files.stop();
  }
});

test('F-17 the state beside it likewise; a version of later is not touched by half', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const { state } = await fill(path);
  const contents = [
    '',
    '{',
    '[]',
    '{"version":2,"clocks":[],"exporters":[]}',
    state.replace('"rate":1000', '"rate":0'),
  ];
  for (let at = 1; at < state.trimEnd().length; at += inFull ? 1 : 2) contents.push(state.slice(0, at));
  for (const content of contents) {
    writeFileSync(`${path}.state`, content);
    const kept = await start(path);
    assert.deepEqual(kept.state.factsOf('192.0.2.1'), [], content);
    assert.equal(kept.known().length, 2, 'the templates are there all the same');
    assert.equal(readFileSync(`${path}.state.bad`, 'utf8'), content);
    await kept.files.stop();
  }
});

test('F-17 an empty file is none; one of a gigabyte, a link, and other things are not followed or read', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'templates.json');
  writeFileSync(path, '');
  const empty = await start(path);
  assert.deepEqual(empty.warnings, []);
  await empty.files.stop();

  truncateSync(path, 1024 ** 3); // sparse
  const before = process.memoryUsage().rss;
  const huge = await start(path);
  assert.ok(process.memoryUsage().rss - before < 32e6, 'it was not read');
  assert.equal(huge.warnings.length, 1);
  assert.equal(statSync(`${path}.bad`).size, 1024 ** 3);
  await huge.files.stop();

  const secret = join(folder, 'secret');
  writeFileSync(secret, '{}');
  rmSync(path, { force: true });
  symlinkSync(secret, path);
  const linked = await start(path);
  assert.ok(lstatSync(`${path}.bad`).isSymbolicLink());
  linked.learn('192.0.2.1', 1, template(9, 1, 256, 8));
  await linked.files.stop();
  assert.equal(readFileSync(secret, 'utf8'), '{}', 'nothing was written through the link');
  assert.ok(lstatSync(path).isFile());
});

test('F-17 a file of another user is not believed', skipUnlessRoot(), async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  await fill(path);
  chownSync(path, 12_345, 12_345);
  const kept = await start(path);
  assert.deepEqual(kept.known(), []);
  assert.ok(existsSync(`${path}.bad`));
  await kept.files.stop();
});

test('F-18 a write that fails leaves the old files whole, is counted, and is made up for', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const { templates } = await fill(path);
  const kept = await start(path);
  mkdirSync(`${path}_tmp`); // where the new file has to be made
  kept.learn('192.0.2.1', 1, template(9, 1, 256, 8));
  await eventually(() => kept.counters.get('state_write_failures') >= 1);
  assert.equal(readFileSync(path, 'utf8'), templates);
  rmSync(`${path}_tmp`, { recursive: true });
  await eventually(() => kept.counters.get('state_writes') === 1);
  assert.notEqual(readFileSync(path, 'utf8'), templates);
  assert.equal(kept.warnings.length, 1, 'told once');
  await kept.files.stop();
});

test('F-36 a second one on the same path is refused, and has it when the first one has ended', async (t) => {
  const path = join(temporaryFolder(t), 'x'.repeat(120), 'templates.json'); // longer than the name of a socket may be
  const first = await start(path);
  const second = new KeptState(path);
  await assert.rejects(second.files.start(), { code: 'GF_STATE_LOCK' });
  await first.files.stop();
  await second.files.start();
  await second.files.stop();
  assert.ok(!existsSync(`${path}.lock`));
});

test('S-17 files are for their owner alone, in folders that nobody else may write', async (t) => {
  const folder = join(temporaryFolder(t), 'new');
  const path = join(folder, 'templates.json');
  const before = process.umask(0);
  try {
    await fill(path);
    const kept = await start(path);
    for (const name of [path, `${path}.state`, `${path}.lock`]) assert.equal(statSync(name).mode & 0o777, 0o600, name);
    assert.equal(statSync(folder).mode & 0o022, 0);
    await kept.files.stop();
  } finally {
    process.umask(before);
  }
  assert.equal(await readOwnFile(join(folder, 'none'), 1), undefined);
});

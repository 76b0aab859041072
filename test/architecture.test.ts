import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from './support/requirements.ts';

/** Folders that everybody may import. They import each other and nothing above. */
const base = ['flow', 'metrics', 'config', 'log'];
/** The chain. A stage imports itself, the base, tools, and the interface files of other stages. */
const stages = ['listen', 'decode', 'produce', 'enrich', 'filter', 'format', 'transport'];
/** Used by stages, know no stage's implementation. */
const tools = ['pcap', 'codegen'];
/** Above the stages: may import everything but what stands later in this list. */
const upper = ['simulate', 'http', 'mapping', 'pipeline', 'testing', 'collector', 'enricher', 'cmd', 'index'];

/** The files of a stage that another stage may import. */
const interfaces = new Set([
  'listen/listener',
  'listen/datagram',
  'listen/listen-url',
  'decode/decoder',
  'decode/cursor',
  'decode/packet',
  'decode/limits',
  'decode/elements/decode-value',
  'decode/elements/registry',
  'decode/elements/values',
  'decode/headers/header-parser',
  'decode/headers/layer-parser',
  'decode/headers/layers',
  'decode/headers/packet-section',
  'decode/headers/port-parser',
  'decode/netflow-fixed/layout',
  'decode/sflow/flow-records',
  'decode/sflow/records',
  'decode/templates/lru-list',
  'decode/templates/records',
  'decode/templates/template',
  'produce/producer',
  'enrich/enricher',
  'filter/filter',
  'format/format',
  'format/byte-writer',
  'format/subject-pattern',
  'format/context-pair',
  'transport/transport',
]);

/** What src/codegen compiles, and the functions of the interpreting twins that compiled code calls for what is rare. */
const compiled = new Set([
  'filter/expression',
  'filter/interpret',
  'filter/network-set',
  'filter/number-set',
  'format/address-text',
  'format/binary',
  'format/binary-custom',
  'format/binary-list',
  'format/binary-plan',
  'format/binary-reader',
  'format/bound',
  'format/cell',
  'format/context-value',
  'format/decimal',
  'format/hex-text',
  'format/home',
  'format/length-prefix',
  'format/literal',
  'format/row-format',
  'format/row-plan',
  'format/varint',
  'produce/templated/interpreter',
  'produce/templated/plan',
]);

/** Imports of another stage's implementation that are wanted, each with its reason. */
const wanted: Record<string, string> = {};

/** Files of src/decode that read memory otherwise than through the cursor, each with its reason. */
const rawReaders: Record<string, string> = {
  'decode/cursor.ts': 'the cursor itself',
};

/** Files in the data path that may use BigInt, each with its reason. */
const bigIntUsers: Record<string, string> = {
  'flow/flow-record.ts': 'FlowRecord.bigint() for tests and reports',
  'decode/elements/decode-value.ts': 'values as JSON shows them, for raw messages',
  'filter/check.ts': 'constants of an expression, read once',
  'filter/check-numbers.ts': 'bounds of what an expression computes, found once',
  'filter/expression.ts': 'constants of an expression',
  'filter/interpret.ts': 'constants of an expression, read once',
  'filter/literals.ts': 'constants of an expression, read once',
  'enrich/geoip/mmdb-data.ts': 'numbers of 64 and 128 bits in a database, when it is loaded',
  'produce/raw/raw-producer.ts': 'the receive time as text, once a raw message',
};

/** Hand-written files over 400 lines, each with its reason. */
const longFiles: Record<string, string> = {};

interface SourceFile {
  readonly path: string;
  /** Text without comments; line breaks are kept. */
  readonly code: string;
  readonly lines: number;
  /** Paths of imported files in src, without extension. */
  readonly imports: readonly string[];
  /** Names of imported packages. */
  readonly packages: readonly string[];
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/.*$/gm, (found) => found.replace(/[^\n]/g, ''));
}

function parse(path: string): SourceFile {
  const text = readFileSync(join(root, 'src', path), 'utf8');
  const code = withoutComments(text);
  const names = [...code.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g)].map((match) => match[1]!);
  const local = names.filter((name) => name.startsWith('.'));
  return {
    path,
    code,
    lines: text.split('\n').length - 1,
    imports: local.map((name) => normalize(join(dirname(path), name)).replace(/\.ts$/, '')),
    packages: names.filter((name) => !name.startsWith('.')),
  };
}

const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map(parse);

const handWritten = files.filter(({ path }) => !/(^|\/)gen\//.test(path));

/** `decode/sflow/x.ts` -> `decode`; `index.ts` -> `index`. */
const folderOf = (path: string) => path.split('/')[0]!.replace(/\.ts$/, '');

function mayImport(from: string, to: string): boolean {
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === target || base.includes(target)) return true;
  if (base.includes(source)) return false;
  if (upper.includes(source)) return !upper.includes(target) || upper.indexOf(target) < upper.indexOf(source);
  if (tools.includes(target)) return true;
  if (source === 'codegen' && compiled.has(to)) return true;
  return interfaces.has(to);
}

/** Fails when the rows of a table of exceptions are not exactly those that occur. */
function assertListed(found: readonly string[], table: Record<string, string>, what: string): void {
  const unlisted = found.filter((path) => !(path in table));
  const stale = Object.keys(table).filter((path) => !found.includes(path));
  assert.deepEqual({ unlisted, stale }, { unlisted: [], stale: [] }, what);
}

const matching = (list: readonly SourceFile[], pattern: RegExp) =>
  list.filter(({ code }) => pattern.test(code)).map(({ path }) => path);

test('every folder of src has its place', () => {
  const known = new Set([...base, ...stages, ...tools, ...upper]);
  assert.deepEqual(
    [...new Set(files.map(({ path }) => folderOf(path)))].filter((folder) => !known.has(folder)),
    [],
  );
  assert.ok(files.length > 10, 'the sources were found');
});

test('imports point one way, and a stage knows only the interfaces of the others', () => {
  const against = files.flatMap(({ path, imports }) =>
    imports.filter((to) => !mayImport(path, to)).map((to) => `${path} -> ${to}.ts`),
  );
  assertListed(against, wanted, 'imports against the direction');
});

test('imports name files that exist, with their extension', () => {
  const known = new Set(files.map(({ path }) => path.replace(/\.ts$/, '')));
  const broken = files.flatMap(({ path, imports }) =>
    imports.filter((to) => !known.has(to)).map((to) => `${path} -> ${to}`),
  );
  assert.deepEqual(broken, []);
});

test('no file imports itself by way of others', () => {
  const byName = new Map(files.map((file) => [file.path.replace(/\.ts$/, ''), file]));
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (name: string): void => {
    const at = trail.indexOf(name);
    if (at >= 0) assert.fail(`cycle: ${[...trail.slice(at), name].join(' -> ')}`);
    if (done.has(name)) return;
    trail.push(name);
    for (const next of byName.get(name)?.imports ?? []) visit(next);
    trail.pop();
    done.add(name);
  };
  for (const name of byName.keys()) visit(name);
});

test('decoders read the network through the cursor', () => {
  const raw = /\.(read(U?Int|BigU?Int|Double|Float)|get(U?[Ii]nt|Float|Big))\w*\(/;
  const decoders = files.filter(({ path }) => folderOf(path) === 'decode');
  assertListed(matching(decoders, raw), rawReaders, 'raw reads in src/decode');
});

test('generated code comes from src/codegen alone', () => {
  const makers = matching(files, /\bnew Function\b|\beval\(|\bimport\('data:/);
  assert.deepEqual(
    makers.filter((path) => folderOf(path) !== 'codegen'),
    [],
  );
  assert.deepEqual(matching(files, /\beval\(/), []);
});

test('no memory is transferred between threads', () => {
  // A buffer that was detached once makes every access to any buffer of its thread slower: by a third and more.
  const transfers = /postMessage\([^;]*,\s*\[|\btransfer: \[|\btransfer(ToFixedLength)?\(|transferList: \[.*uffer/;
  assert.deepEqual(matching(files, transfers), []);
});

test('nothing in src starts another program', () => {
  const starters = files.filter(({ packages }) =>
    packages.some((name) => /^(node:)?(child_process|cluster|vm)$/.test(name)),
  );
  assert.deepEqual(
    starters.map(({ path }) => path),
    [],
  );
});

test('the data path has no BigInt', () => {
  const path = ['flow', 'decode', 'produce', 'enrich', 'filter', 'format', 'codegen'];
  const users = files.filter((file) => path.includes(folderOf(file.path)));
  assertListed(matching(users, /\bBigInt\b|\b\d+n\b|\bBigU?[Ii]nt64/), bigIntUsers, 'BigInt in the data path');
});

test('a hand-written file over 400 lines has a reason', () => {
  assertListed(
    handWritten.filter(({ lines }) => lines > 400).map(({ path }) => path),
    longFiles,
    'long files',
  );
});

test('programs in src/cmd are 80 lines at most', () => {
  const long = files.filter(({ path, lines }) => folderOf(path) === 'cmd' && lines > 80);
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  );
});

test('what runs by itself, a program or a thread, is bundled', async () => {
  const { programs, threads } = (await import(pathToFileURL(join(root, 'tools/programs.mjs')).href)) as {
    readonly programs: readonly string[];
    readonly threads: readonly string[];
  };
  const entries = files.filter(({ code }) => /import \{[^}]*\bparentPort\b[^}]*\} from/.test(code));
  assert.deepEqual(
    entries.map(({ path }) => path),
    threads.map((path) => `${path}.ts`).sort(),
  );
  for (const path of [...threads, ...programs.map((name) => `cmd/${name}`)]) {
    assert.ok(existsSync(join(root, 'programs', `${path}.js`)), path);
  }
});

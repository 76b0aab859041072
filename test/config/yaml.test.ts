import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ConfigError } from '#src/config/errors.js';
import { MAX_YAML_ALIASED, MAX_YAML_BYTES, MAX_YAML_DEPTH } from '#src/config/yaml/limits.js';
import { parseYaml } from '#src/config/yaml/parse-yaml.js';

const origin = { file: 'x.yaml', code: 'GF_CONTEXT_FILE' } as const;
const parse = (text: string | Uint8Array) =>
  parseYaml(typeof text === 'string' ? new TextEncoder().encode(text) : text, origin);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const text = `# people
networks:
  - name: a
    cidr: 10.0.0.0/8
    context: { version: 1.10, on: true, site: 'fra 1' }
  - &other
    name: b
list: [1, 0x10, *other]
empty:
`;

test('values are plain, numbers can be had as they were written, and every place is known', () => {
  const tree = parse(text);
  assert.deepEqual(plain(tree.value), {
    networks: [{ name: 'a', cidr: '10.0.0.0/8', context: { version: 1.1, on: true, site: 'fra 1' } }, { name: 'b' }],
    list: [1, 16, { name: 'b' }],
    empty: null,
  });
  assert.equal(tree.text(['networks', 0, 'context', 'version']), '1.10');
  assert.equal(tree.text(['networks', 0, 'context', 'on']), 'true');
  assert.equal(tree.text(['networks', 0, 'context', 'site']), 'fra 1');
  assert.equal(tree.text(['list', 2, 'name']), 'b');
  assert.equal(tree.text(['networks']), undefined);
  const at = (...path: (string | number)[]) => {
    const { line, column, path: shown } = tree.place(path) as { line: number; column: number; path?: string };
    return `${line}:${column}: ${shown}`;
  };
  assert.equal(at('networks', 0, 'cidr'), '4:11: networks.0.cidr');
  assert.equal(at('networks', 0, 'context', 'site'), '5:47: networks.0.context.site');
  assert.equal(at('networks', 0, 'nothing'), '3:5: networks.0.nothing');
  assert.equal(at('list', 2), '8:17: list.2');
  assert.equal(at('empty'), '9:1: empty');
  assert.equal(tree.at(['list', 1]), 16);
  assert.equal(tree.at(['list', 7, 'x']), undefined);
});

test('keys mean nothing but themselves', () => {
  const tree = parse('__proto__: { polluted: 1 }\nconstructor: 2\n1: one\n');
  const value = tree.value as Record<string, unknown>;
  assert.deepEqual(Object.keys(value), ['1', '__proto__', 'constructor']);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.equal(Object.getPrototypeOf(value), null);
});

test('a document without content is null, JSON is YAML', () => {
  for (const empty of ['', '# nothing\n', '---\n']) assert.equal(parse(empty).value, null);
  assert.deepEqual(plain(parse('{"a": [1, "x"]}').value), { a: [1, 'x'] });
  assert.deepEqual(plain(parse('\ufeffa: 1').value), { a: 1 });
});

const refused: [name: string, text: string | Uint8Array, message: RegExp][] = [
  ['bad indentation', 'a:\n  - b\n c: 1\n', /^x\.yaml:3:\d+: /],
  ['a tab as indentation', 'a:\n\t- b\n', /^x\.yaml:2:1: /],
  ['an open bracket', 'a: [1, 2\nb: 3\n', /^x\.yaml:2:1: /],
  ['a duplicate key', 'a: 1\nb: 2\na: 3\n', /^x\.yaml:3:1: a: stands here twice$/],
  ['an unknown alias', 'a: 1\nb: *none\n', /^x\.yaml:2:4: b: there is no anchor &none/],
  ['a key that is a list', '[1, 2]: 3\n', /^x\.yaml:1:1: a key is expected to be a plain name$/],
  ['an unknown tag', 'a: !secret x\n', /^x\.yaml:1:4: /],
  ['two documents', 'a: 1\n---\nb: 1\n', /^x\.yaml:2:1: a second document/],
  ['what is no UTF-8', Uint8Array.of(0x61, 0x3a, 0x20, 0xff), /^x\.yaml: is no UTF-8$/],
  ['a file that is too large', new Uint8Array(MAX_YAML_BYTES + 1), /^x\.yaml: 4194305 octets are more than/],
  ['nesting in brackets', '['.repeat(1_000_000), /^x\.yaml:1:\d+: nested deeper/],
  ['nesting in blocks', '- '.repeat(1_000_000), /^x\.yaml:1:\d+: nested deeper/],
  ['nesting in maps', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), /nested deeper/],
  ['an alias inside of itself', 'a: &x [*x]\n', /^x\.yaml:1:\d+: .*nested deeper/],
];

for (const [name, input, message] of refused) {
  test(`refused: ${name}`, () => {
    const before = performance.now();
    assert.throws(
      () => parse(input),
      (error) => error instanceof ConfigError && error.code === 'GF_CONTEXT_FILE' && message.test(error.message),
    );
    assert.ok(performance.now() - before < 5000);
  });
}

test('refused: aliases that multiply', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++)
    lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
  assert.throws(() => parse(lines.join('\n')), new RegExp(`aliases stand for more than ${MAX_YAML_ALIASED} values`));
});

test('a map of many keys takes time by its size alone', () => {
  const before = performance.now();
  parse(Array.from({ length: 50_000 }, (_, i) => `k${i}: 1\n`).join(''));
  assert.ok(performance.now() - before < 10_000);
  assert.ok(MAX_YAML_DEPTH >= 32);
});

import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileContext } from '#src/enrich/context/compile-context.js';
import { ContextEnricher } from '#src/enrich/context/context-enricher.js';
import { ContextModel } from '#src/enrich/context/context-model.js';
import { contextOutput } from '#src/enrich/context/context-output.js';
import { readContextFiles } from '#src/enrich/context/read-files.js';
import { renderContextSchema } from '#src/enrich/context/schema.js';
import { Counters } from '#src/metrics/counters.js';
import { contextOfFlow, flowWith } from '../../support/context.ts';
import { root } from '../../support/requirements.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Writes files into a folder of the test's own and reads the first one as a context. */
function read(t: TestContext, files: Record<string, string | Uint8Array>, paths = [Object.keys(files)[0]!]) {
  const folder = temporaryFolder(t);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const context = readContextFiles(paths.map((path) => join(folder, path)));
  const tables = compileContext(context.draft, contextOutput('json'), context.problems);
  const enricher = new ContextEnricher(new ContextModel(tables), new Counters());
  return {
    ...context,
    empty: context.empty,
    problems: context.problems.list.map(({ message }) => message.replaceAll(`${folder}/`, '')),
    of: (address: string) => contextOfFlow(enricher, flowWith({ src_addr: address })),
  };
}

const networks = (entry: string) => `networks:\n  - ${entry}\n`;
const exporters = (entry: string) => `exporters:\n  - ${entry}\n`;
const applications = (entry: string) => `applications:\n  - ${entry}\n`;
const longName = 'x'.repeat(257);
const manyAttributes = Array.from({ length: 65 }, (_, i) => `a${i}: x`).join(', ');

const mistakes: [name: string, file: string, problem: string][] = [
  ['a list for a map', '- a\n', '1:1: a map of names to values is expected'],
  ['an unknown section', 'network: []\n', '1:10: network: no such key is known here: did you mean networks?'],
  ['no name', networks('{ cidr: 10.0.0.0/8 }'), '2:5: networks.0.name: is missing'],
  ['an empty name', networks("{ name: '', cidr: 10.0.0.0/8 }"), '2:13: networks.0.name: is empty'],
  [
    'a name that is a number',
    networks('{ name: 7, cidr: 10.0.0.0/8 }'),
    '2:13: networks.0.name: text (between quotes if it looks like a number) is expected',
  ],
  ['a long name', networks(`{ name: ${longName} }`), '2:13: networks.0.name: at most 256 characters are expected'],
  [
    'an unknown key',
    networks('{ name: a, cdir: 10.0.0.0/8 }'),
    '2:22: networks.0.cdir: no such key is known here: did you mean cidr?',
  ],
  ['no prefix', networks('{ name: a }'), '2:5: networks.0: has no prefix: cidr, cidrs or range is expected'],
  [
    'text that is no prefix',
    networks('{ name: a, cidr: 10.0.0 }'),
    '2:22: networks.0.cidr: "10.0.0" is no address, prefix or range',
  ],
  [
    'an address with a zone',
    networks("{ name: a, cidr: 'fe80::1%eth0' }"),
    '2:22: networks.0.cidr: "fe80::1%eth0" is no address, prefix or range',
  ],
  [
    'a prefix that is too long',
    networks('{ name: a, cidr: 10.0.0.0/33 }'),
    '2:22: networks.0.cidr: "10.0.0.0/33" has a prefix length that is none: 0 to 32 are',
  ],
  [
    'a prefix with bits behind it',
    networks('{ name: a, cidr: 10.0.0.1/24 }'),
    '2:22: networks.0.cidr: "10.0.0.1/24" has bits set behind its prefix: 10.0.0.0/24 is the network',
  ],
  [
    'a range that ends before it begins',
    networks('{ name: a, range: 10.0.0.9-10.0.0.1 }'),
    '2:23: networks.0.range: "10.0.0.9-10.0.0.1" ends before it begins',
  ],
  [
    'a range of two families',
    networks("{ name: a, range: '10.0.0.9-2001:db8::1' }"),
    '2:23: networks.0.range: "10.0.0.9-2001:db8::1" begins and ends in different address families',
  ],
  [
    'a range of names',
    networks('{ name: a, range: from-to }'),
    '2:23: networks.0.range: "from-to" is no range of addresses',
  ],
  [
    'one of several prefixes',
    networks('{ name: a, cidrs: [10.0.0.0/8, x] }'),
    '2:36: networks.0.cidrs.1: "x" is no address, prefix or range',
  ],
  [
    'attributes that are a list',
    networks('{ name: a, cidr: 10.0.0.0/8, context: [a] }'),
    '2:43: networks.0.context: a map of names to values is expected',
  ],
  [
    'the reserved attribute',
    networks('{ name: a, cidr: 10.0.0.0/8, context: { group: a } }'),
    '2:52: networks.0.context.group: group is reserved: it is the name of the network',
  ],
  [
    'the name of an attribute with a blank',
    networks("{ name: a, cidr: 10.0.0.0/8, context: { 'a b': c } }"),
    '2:52: networks.0.context.a b: the name of an attribute is made of letters, digits and _ . : / -, and begins ' +
      'with a letter, digit or _',
  ],
  [
    'an attribute that is a list',
    networks('{ name: a, cidr: 10.0.0.0/8, context: { a: [b] } }'),
    '2:48: networks.0.context.a: text, a number, true, false or null is expected',
  ],
  [
    'an attribute named __proto__ that is a list',
    networks('{ name: a, cidr: 10.0.0.0/8, context: { __proto__: [b] } }'),
    '2:56: networks.0.context.__proto__: text is expected',
  ],
  [
    'a long attribute',
    networks(`{ name: a, cidr: 10.0.0.0/8, context: { a: ${'é'.repeat(513)} } }`),
    '2:48: networks.0.context.a: is longer than 1024 octets',
  ],
  [
    'too many attributes',
    networks(`{ name: a, cidr: 10.0.0.0/8, context: { ${manyAttributes} } }`),
    '2:552: networks.0.context.a64: there are more than 64 attributes',
  ],
  [
    'a mistyped boundary',
    networks('{ name: a, cidr: 10.0.0.0/8, context: { boundary: interal } }'),
    '2:55: networks.0.context.boundary: "interal" is neither internal nor external, by which the direction of ' +
      'flows is told',
  ],
  [
    'inherit that is text',
    networks('{ name: a, cidr: 10.0.0.0/8, inherit: maybe }'),
    '2:43: networks.0.inherit: true or false is expected',
  ],
  [
    'the same prefix twice',
    'networks:\n  - { name: a, cidr: 10.0.0.0/8 }\n  - { name: b, cidrs: [192.0.2.0/24, 10.0.0.0/8] }\n',
    '3:38: 10.0.0.0/8 stands here twice: first in line 2',
  ],
  [
    'the same prefix twice, of an exporter',
    'exporters:\n  - { name: a, address: 192.0.2.1 }\n  - { name: b, address: 192.0.2.1/32 }\n',
    '3:25: 192.0.2.1/32 stands here twice: first in line 2',
  ],
  ['no address', exporters('{ name: a }'), '2:5: exporters.0: has no address: address or addresses is expected'],
  [
    'a host name',
    exporters('{ name: a, address: edge1.example }'),
    '2:25: exporters.0.address: "edge1.example" is no address, prefix or range',
  ],
  [
    'a sampling rate of 0',
    exporters('{ name: a, address: 192.0.2.1, sampling: { default: 0 } }'),
    '2:57: exporters.0.sampling.default: 1 or more is expected',
  ],
  [
    'a sampling rate with a fraction',
    exporters('{ name: a, address: 192.0.2.1, sampling: { override: 1.5 } }'),
    '2:58: exporters.0.sampling.override: a whole number is expected',
  ],
  [
    'a sampling rate of a word too many',
    exporters('{ name: a, address: 192.0.2.1, sampling: { override: 4294967296 } }'),
    '2:58: exporters.0.sampling.override: 4294967295 or less is expected',
  ],
  [
    'an interface without index',
    exporters('{ name: a, address: 192.0.2.1, interfaces: [{ name: x }] }'),
    '2:49: exporters.0.interfaces.0.index: is missing',
  ],
  [
    'an interface twice',
    exporters('{ name: a, address: 192.0.2.1, interfaces: [{ index: 1, name: x }, { index: 1, name: y }] }'),
    '2:72: exporters.0.interfaces.1: 1 stands in this list twice',
  ],
  [
    'a VRF below 0',
    exporters('{ name: a, address: 192.0.2.1, vrfs: [{ id: -1, name: x }] }'),
    '2:49: exporters.0.vrfs.0.id: 0 or more is expected',
  ],
  [
    'an application for everything',
    applications('{ name: a }'),
    '2:5: applications.0: matches every flow: proto, port, ports or network is expected',
  ],
  [
    'an unknown protocol',
    applications('{ name: a, proto: tpc }'),
    '2:23: applications.0.proto: "tpc" is no IP protocol',
  ],
  [
    'a protocol above 255',
    applications('{ name: a, proto: 256 }'),
    '2:23: applications.0.proto: 255 or less is expected',
  ],
  [
    'a port that is none',
    applications('{ name: a, port: 65536 }'),
    '2:22: applications.0.port: 65535 or less is expected',
  ],
  [
    'ports that end before they begin',
    applications('{ name: a, ports: [80, 90-89] }'),
    '2:28: applications.0.ports.1: "90-89" is no port and no range of ports',
  ],
  [
    'a network that does not exist',
    'networks:\n  - { name: a, cidr: 10.0.0.0/8 }\napplications:\n  - { name: x, network: b }\n',
    '4:5: there is no network named "b"',
  ],
  [
    'the prefix of an application with bits behind it',
    applications('{ name: a, network: 10.0.0.1/8 }'),
    '2:25: applications.0.network: "10.0.0.1/8" has bits set behind its prefix: 10.0.0.0/8 is the network',
  ],
  [
    'bulk of an unknown format',
    'networks_from:\n  - file: networks.dat\n',
    '2:11: networks_from.0.file: "networks.dat" does not tell its format by its name: format: csv or jsonl is expected',
  ],
  [
    'bulk of a format that does not exist',
    'networks_from:\n  - { file: networks.dat, format: xml }\n',
    '2:35: networks_from.0.format: csv or jsonl is expected',
  ],
  ['a tab', 'networks:\n\t- name: a\n', '2:1: Tabs are not allowed as indentation'],
];

for (const [name, file, problem] of mistakes) {
  test(`refused, with line and column: ${name}`, (t) => {
    assert.deepEqual(read(t, { 'c.yaml': file }).problems.slice(0, 1), [`c.yaml:${problem}`]);
  });
}

test('all problems of a file are told, the first 50 of them with their places', (t) => {
  const text = `networks:\n${'  - { name: a, cidr: x }\n'.repeat(60)}`;
  const { problems } = read(t, { 'c.yaml': text });
  assert.equal(problems.length, 50);
  assert.match(problems[49]!, /^c\.yaml:51:22: networks\.49\.cidr: /);
});

const bulk = (file: string) => `networks_from: [{ file: ${file} }]\nnetworks: [{ name: own, cidr: 10.2.0.0/16 }]\n`;

test('CSV: quotes, line ends, empty fields, other delimiters, inherit, a byte order mark', (t) => {
  const csv = [
    '\ufeffcidr,name,site,"note",inherit',
    '10.1.0.0/16,office,fra1,"a ""quoted"", note",',
    '',
    '10.1.2.0/24,"lab',
    'two",,,false\r',
    '2001:db8::/32,six,ham1,,true',
    '10.2.0.0/16,bulk,fra2,note,',
    '10.3.0.1-10.3.0.2,range,,,',
    ' 10.4.0.1 ,blanks,,,',
  ].join('\n');
  const { of, problems } = read(t, { 'c.yaml': bulk('sub/n.csv'), 'sub/n.csv': csv });
  assert.deepEqual(problems, []);
  assert.deepEqual(of('10.1.0.1'), { source_group: 'office', source_note: 'a "quoted", note', source_site: 'fra1' });
  assert.deepEqual(of('10.1.2.1'), { source_group: 'lab\ntwo' });
  assert.deepEqual(of('2001:db8::1'), { source_group: 'six', source_site: 'ham1' });
  assert.deepEqual(of('10.2.0.1'), { source_group: 'own', source_note: 'note', source_site: 'fra2' });
  assert.deepEqual(of('10.3.0.2'), { source_group: 'range' });
  assert.deepEqual(of('10.4.0.1'), { source_group: 'blanks' });
  for (const [delimiter, name] of [
    [';', 'n.csv'],
    ['\t', 'n.tsv'],
  ] as const) {
    const text = `name${delimiter}cidr\r\na,b${delimiter}10.0.0.0/8\r\n`;
    assert.deepEqual(read(t, { 'c.yaml': bulk(name), [name]: text }).of('10.0.0.1'), { source_group: 'a,b' });
  }
});

test('JSON lines: the same objects as in the file, plain ones and others', (t) => {
  const lines = [
    '{"name":"plain","cidr":"10.1.0.0/16","context":{"site":"fra1"}}',
    '',
    '{"name":"many","cidrs":["10.3.0.0/16","10.4.0.0/16"],"context":{"vlan":10,"ratio":1.50,"up":true,"site":null}}\r',
    '{"name":"range","range":"10.5.0.1-10.5.0.2","inherit":false}',
    '{"name":"proto","cidr":"10.6.0.0/16","context":{"__proto__":"x"}}',
  ].join('\n');
  const { of, problems } = read(t, { 'c.yaml': bulk('n.jsonl'), 'n.jsonl': lines });
  assert.deepEqual(problems, []);
  assert.deepEqual(of('10.1.0.1'), { source_group: 'plain', source_site: 'fra1' });
  assert.deepEqual(of('10.4.0.1'), {
    source_group: 'many',
    source_ratio: '1.50',
    source_up: 'true',
    source_vlan: '10',
  });
  assert.deepEqual(of('10.5.0.2'), { source_group: 'range' });
  assert.deepEqual(of('10.6.0.2'), { source_group: 'proto', source___proto__: 'x' });
});

const bulkMistakes: [name: string, file: string, content: string | Uint8Array, problem: string | RegExp][] = [
  [
    'no name column',
    'n.csv',
    'cidr,site\n',
    'n.csv:1:1: the first line names the columns, and there is none named name',
  ],
  ['a column twice', 'n.csv', 'cidr,name,site,site\n', 'n.csv:1:16: the column "site" is there twice'],
  [
    'a reserved column',
    'n.csv',
    'cidr,name,group\n',
    'n.csv:1:11: "group": group is reserved: it is the name of the network',
  ],
  ['too few fields', 'n.csv', 'cidr,name,site\n10.0.0.0/8,a\n', 'n.csv:2:12: 2 fields, where the first line has 3'],
  ['too many fields', 'n.csv', 'cidr,name\n10.0.0.0/8,a,b\n', 'n.csv:2:12: 3 fields, where the first line has 2'],
  ['no prefix', 'n.csv', 'name,cidr\na,10.0.0.0/33\n', /^n\.csv:2:3: cidr: "10\.0\.0\.0\/33" has a prefix length/],
  ['no prefix at all', 'n.csv', 'name,cidr\na,\n', 'n.csv:2:3: cidr: "" is no address, prefix or range'],
  ['no name', 'n.csv', 'name,cidr\n,10.0.0.0/8\n', 'n.csv:2:1: name: is empty'],
  ['a quote left open', 'n.csv', 'name,cidr\n"a,10.0.0.0/8\n', 'n.csv:2:1: a quote is not closed'],
  [
    'text behind a quote',
    'n.csv',
    'name,cidr\n"a"b,10.0.0.0/8\n',
    'n.csv:2:1: something follows the quote that closes a field',
  ],
  ['inherit', 'n.csv', 'name,cidr,inherit\na,10.0.0.0/8,no\n', 'n.csv:2:14: inherit: true or false is expected'],
  ['boundary', 'n.csv', 'name,cidr,boundary\na,10.0.0.0/8,in\n', /^n\.csv:2:14: boundary: "in" is neither/],
  [
    'a long value',
    'n.csv',
    `name,cidr,x\na,10.0.0.0/8,${'x'.repeat(1025)}\n`,
    'n.csv:2:14: x: is longer than 1024 octets',
  ],
  [
    'a prefix twice',
    'n.csv',
    'name,cidr\na,10.0.0.0/8\nb,10.0.0.0/8\n',
    'n.csv:3:3: 10.0.0.0/8 stands here twice: first in line 2',
  ],
  ['no UTF-8', 'n.csv', Uint8Array.of(0x63, 0xff), 'n.csv: is no UTF-8'],
  ['no JSON', 'n.jsonl', '\n{"name":"a",}\n', /^n\.jsonl:2:\d+: is no JSON: /],
  ['a JSON list', 'n.jsonl', '[]\n', 'n.jsonl:1:1: a map of names to values is expected'],
  ['no name in JSON', 'n.jsonl', '\n\n{"cidr": "10.0.0.0/8"}\n', 'n.jsonl:3:1: name: is missing'],
  [
    'a bad prefix in JSON',
    'n.jsonl',
    '{"name":"a","cidr":"x"}\n',
    'n.jsonl:1:20: cidr: "x" is no address, prefix or range',
  ],
  [
    'a reserved attribute in JSON',
    'n.jsonl',
    '{"name":"a","cidr":"10.0.0.0/8","context":{"group":"x"}}',
    /^n\.jsonl:1:52: context\.group: group is reserved/,
  ],
  [
    'an unknown key in JSON',
    'n.jsonl',
    '{"name":"a","cidr":"10.0.0.0/8","ctx":{}}',
    'n.jsonl:1:39: ctx: no such key is known here',
  ],
  ['a long line', 'n.jsonl', `{"name":"${'x'.repeat(70_000)}"}`, 'n.jsonl:1:1: the line is longer than 65536 octets'],
];

for (const [name, file, content, problem] of bulkMistakes) {
  test(`refused in bulk, with line and column: ${name}`, (t) => {
    const [first] = read(t, { 'c.yaml': bulk(file), [file]: content }).problems;
    if (typeof problem === 'string') assert.equal(first, problem);
    else assert.match(first!, problem);
  });
}

test('files that cannot be read are told by name', (t) => {
  const folder = temporaryFolder(t);
  const missing = join(folder, 'none.yaml');
  const { problems, files } = readContextFiles([missing, folder]);
  assert.match(problems.list[0]!.message, /none\.yaml: ENOENT/);
  assert.match(problems.list[1]!.message, /EISDIR/);
  assert.deepEqual(
    [...files].map(([path, { hash }]) => [path, hash]),
    [
      [missing, undefined],
      [folder, undefined],
    ],
  );
  assert.match(read(t, { 'c.yaml': bulk('gone.csv') }).problems[0]!, /gone\.csv: ENOENT/);
});

test('hashes of all files, and which have no content', (t) => {
  const { files, empty, problems } = read(t, { 'c.yaml': bulk('n.csv'), 'n.csv': '', 'd.yaml': '# later\n' }, [
    'c.yaml',
    'd.yaml',
  ]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    [...files.keys()].map((path) => path.split('/').at(-1)),
    ['c.yaml', 'n.csv', 'd.yaml'],
  );
  assert.equal(new Set([...files.values()].map(({ hash }) => hash)).size, 3);
  assert.deepEqual(
    [...files.values()].map(({ bytes }) => bytes),
    [Buffer.byteLength(bulk('n.csv')), 0, 8],
  );
  assert.deepEqual(
    empty.map((path) => path.split('/').at(-1)),
    ['n.csv', 'd.yaml'],
  );
});

test('docs/context.schema.json is what the schema gives (npm run generate)', () => {
  const committed = JSON.parse(readFileSync(join(root, 'docs/context.schema.json'), 'utf8')) as unknown;
  assert.deepEqual(committed, JSON.parse(renderContextSchema()));
});

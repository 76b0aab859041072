import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementRegistry, parseElements } from '#src/decode/elements/registry.js';
import { root } from '../../support/requirements.ts';

const registry = ElementRegistry.bundled();

test('C-105 the registry of IANA is bundled, with its date, and not asked at run time', () => {
  for (let id = 1; id <= 433; id++) {
    if ([38, 39].includes(id)) continue; // engine type and id: deprecated
    const element = registry.find(0, id);
    if (element !== undefined) assert.equal(element.vendor, 'iana');
  }
  assert.ok(registry.size > 2600, `${registry.size}`);
  const iana = [...registry].filter(({ vendor }) => vendor === 'iana');
  assert.ok(iana.length >= 502, `${iana.length}`);
  assert.deepEqual(
    iana.filter(({ type }) => type === ''),
    [],
  ); // each has its type
  assert.equal(registry.find(0, 529)?.name, 'udpUnsafeExIDList');
  assert.deepEqual(registry.find(0, 8), {
    pen: 0,
    vendor: 'iana',
    id: 8,
    name: 'sourceIPv4Address',
    type: 'ipv4Address',
    semantics: 'default',
    units: '',
  });
});

test('an enterprise has its own numbers', () => {
  assert.equal(registry.find(9, 8)?.name === 'sourceIPv4Address', false);
  assert.equal(registry.find(4_000_000_000, 1), undefined);
});

test('elements are found by name, those of vendors behind theirs', () => {
  assert.equal(registry.byName('sourceIPv4Address')?.id, 8);
  assert.equal(registry.byName('iana:octetDeltaCount')?.id, 1);
  assert.equal(registry.byName('nonsense'), undefined);
  assert.equal(registry.byName('__proto__'), undefined);
});

test('a reverse element is that of its forward one (RFC 5103)', () => {
  assert.equal(registry.find(29_305, 1)?.name, 'reverseOctetDeltaCount');
  assert.equal(
    new ElementRegistry(parseElements('titles\n0\tiana\t1\toctets\tunsigned64', 'few.tsv')).find(29_305, 1)?.name,
    'reverseOctets',
  );
});

const vendors: readonly (readonly [name: string, pen: number, id: number, type: string])[] = [
  ['cisco:appHTTPHost', 9, 12_235, 'string'],
  ['cisco:username', 0, 40_000, 'string'], // ASA, a number of NetFlow v9
  ['juniper:commonPropertiesId', 2_636, 137, 'unsigned16'],
  ['ntop:SRC_FRAGMENTS', 35_632, 80, 'unsigned16'],
  ['vmware:tenantSourceIPv4', 6_876, 881, 'ipv4Address'],
  ['netscaler:httpReqUrl', 5_951, 130, 'string'],
  ['barracuda:LogOp', 10_704, 2, 'unsigned8'],
  ['paloalto:appId', 0, 56_701, 'string'],
  ['paloalto:userId', 0, 56_702, 'string'],
  ['ixia:ixiaL7AppName', 3_054, 111, 'string'],
  ['cert:silkAppLabel', 6_871, 33, 'unsigned16'],
  ['gigamon:HttpReqUrl', 26_866, 1, 'string'],
  ['plixer:client_hostname', 13_745, 101, 'string'],
  ['niagara:SslServerNameIndication', 47_729, 100, 'string'],
  ['reverse:reversePacketDeltaCount', 29_305, 2, 'unsigned64'],
];

for (const [name, pen, id, type] of vendors) {
  test(`vendors: ${name} is found by its name and by its number`, () => {
    const element = registry.byName(name);
    assert.deepEqual([element?.pen, element?.id, element?.type], [pen, id, type]);
    assert.equal(registry.find(pen, id), element);
  });
}

test('Cisco has names for the numbers of NetFlow v9 that are IANA\u2019s now', () => {
  assert.equal(registry.byName('cisco:applicationName'), registry.byName('applicationName'));
  assert.equal(registry.byName('juniper:applicationName'), undefined);
});

test('ntop\u2019s elements have numbers of their own in NetFlow v9', () => {
  assert.equal(registry.find(0, 57_472 + 80)?.name, 'SRC_FRAGMENTS');
  assert.equal(registry.find(0, 57_472 + 1_024), undefined);
});

test('a file of a user adds elements and has the last word', () => {
  const own = parseElements(
    'pen\tvendor\n# ours\n64999\tacme\t7\tdoorNumber\tunsigned16\n0\tiana\t8\tsource\t\n',
    'own.tsv',
  );
  const extended = new ElementRegistry(registry);
  extended.add(own);
  assert.equal(extended.byName('acme:doorNumber')?.id, 7);
  assert.equal(extended.find(0, 8)?.name, 'source');
  assert.equal(registry.find(0, 8)?.name, 'sourceIPv4Address');
});

const mistakes: readonly (readonly [row: string, message: RegExp])[] = [
  ['x\tacme\t1\ta\tstring', /^own\.tsv:2: pen: no enterprise number: "x"$/],
  ['4294967296\tacme\t1\ta\tstring', /^own\.tsv:2: pen/],
  ['1\t\t1\ta\tstring', /^own\.tsv:2: vendor/],
  ['1\tacme\t65536\ta\tstring', /^own\.tsv:2: id/],
  ['1\tacme\t1\t\tstring', /^own\.tsv:2: name/],
  ['1\tacme\t1\ta\tstrng', /^own\.tsv:2: type: no abstract data type: "strng"$/],
];

for (const [row, message] of mistakes) {
  test(`a row that is none is refused with its place: ${JSON.stringify(row)}`, () => {
    assert.throws(() => parseElements(`titles\n${row}\n`, 'own.tsv'), { code: 'GF_ELEMENT_FILE', message });
  });
}

test('a file that cannot be read is refused', () => {
  assert.throws(() => ElementRegistry.bundled('/nowhere/own.tsv'), { code: 'GF_ELEMENT_FILE', message: /own\.tsv/ });
});

test('the table of enterprise numbers in data/README.md is that of the file', () => {
  const text = readFileSync(join(root, 'data/README.md'), 'utf8');
  const told = [...text.matchAll(/^\| (\d+) +\| \S.*? +\| `(\w+)` +\| (\d+) +\|$/gm)].map((row) =>
    row.slice(1).join(' '),
  );
  const counts = new Map<string, number>();
  for (const { pen, vendor } of parseElements(readFileSync(join(root, 'data/ipfix-elements.tsv'), 'utf8'), 'all')) {
    if (pen > 0) counts.set(`${pen} ${vendor}`, (counts.get(`${pen} ${vendor}`) ?? 0) + 1);
  }
  assert.deepEqual(told.sort(), [...counts].map(([key, count]) => `${key} ${count}`).sort());
});

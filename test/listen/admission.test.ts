import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseAddress } from '#src/flow/address.js';
import { Admission } from '#src/listen/admission.js';
import { Source } from '#src/listen/datagram.js';
import { findPrefix, parsePrefixes } from '#src/listen/prefix-list.js';

const source = (text: string) => new Source(parseAddress(text)!);
const list = (...prefixes: string[]) => parsePrefixes(prefixes, 'exporters.allow');
const open = { allow: [], deny: [], ratePerSecond: 0 };

const cases: [allow: string[], deny: string[], address: string, refused: string | undefined][] = [
  [[], [], '192.0.2.1', undefined],
  [['192.0.2.0/24'], [], '192.0.2.255', undefined],
  [['192.0.2.0/24'], [], '192.0.3.1', 'not_allowed'],
  [['192.0.2.0/24'], ['192.0.2.7'], '192.0.2.7', 'not_allowed'],
  [['192.0.2.0/25'], [], '192.0.2.127', undefined],
  [['192.0.2.0/25'], [], '192.0.2.128', 'not_allowed'],
  [[], ['0.0.0.0/0'], '192.0.2.1', 'not_allowed'],
  [[], ['0.0.0.0/0'], '2001:db8::1', undefined],
  [['2001:db8::/33'], [], '2001:db8:7fff::1', undefined],
  [['2001:db8::/33'], [], '2001:db8:8000::1', 'not_allowed'],
  [['::ffff:192.0.2.0/120'], [], '192.0.2.9', undefined],
  [['192.0.2.9'], [], '::ffff:192.0.2.9', undefined],
];

test('C-118 without TLS a list of addresses says which exporters may send', () => {
  for (const [allow, deny, address, refused] of cases) {
    const admission = new Admission({ ...open, allow: list(...allow), deny: list(...deny) });
    assert.equal(admission.refuse(source(address), 0), refused, `${address} in ${allow.join()} not ${deny.join()}`);
  }
});

test('C-120 the rate of datagrams of a source is limited, each on its own', () => {
  const admission = new Admission({ ...open, ratePerSecond: 10 });
  const [a, b] = [source('192.0.2.1'), source('192.0.2.2')];
  const taken = (from: Source, nowMs: number, count: number) =>
    Array.from({ length: count }, () => admission.refuse(from, nowMs)).filter((refused) => refused === undefined)
      .length;
  assert.equal(taken(a, 0, 100), 10);
  assert.equal(taken(b, 0, 5), 5);
  assert.equal(taken(a, 500, 100), 5);
  assert.equal(taken(a, 60_000, 100), 10, 'a second is saved up, not a minute');
  assert.equal(admission.refuse(a, 60_000), 'rate_limited');
});

test('prefixes equal a look at the bits', () => {
  const bitsOf = (octets: Uint8Array) => [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const octets = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(
    fc.property(octets, octets, fc.nat(128), (prefix, address, length) => {
      const bits = Math.min(length, prefix.length * 8);
      const expected =
        prefix.length === address.length && bitsOf(prefix).slice(0, bits) === bitsOf(address).slice(0, bits);
      assert.equal(findPrefix([{ octets: prefix, bits }], address, address.length), expected);
    }),
  );
});

test('a file has one prefix a line; errors name the file and line, or the flag', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'goflow2plus-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'exporters');
  writeFileSync(file, '# edge\n192.0.2.0/24\n\n2001:db8::1  # one\n');
  assert.equal(list(`@${file}`).length, 2);
  writeFileSync(file, '192.0.2.0/24\n192.0.2.0/33\n');
  assert.throws(() => list(`@${file}`), /exporters:2: "192\.0\.2\.0\/33": the length is from 0 to 32/);
  for (const [text, message] of [
    ['router', /-exporters\.allow: "router" is neither/],
    ['10.0.0.0/8/9', /neither/],
    ['10.0.0.0/', /length/],
    ['fe80::1%eth0', /neither/],
    ['@/nonexistent', /@\/nonexistent: ENOENT/],
  ] as const) {
    assert.throws(() => list(text), message);
  }
});

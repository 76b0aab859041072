import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Reader } from 'mmdb-lib';
import type { AsnResponse, CountryResponse } from 'mmdb-lib';
import { AddressTable } from '#src/enrich/geoip/address-table.js';
import { attributes } from '#src/enrich/geoip/attribute.js';
import { compileTable } from '#src/enrich/geoip/compile-table.js';
import { MmdbError } from '#src/enrich/geoip/mmdb-data.js';
import type { MmdbValue } from '#src/enrich/geoip/mmdb-data.js';
import { MmdbFile } from '#src/enrich/geoip/mmdb-file.js';
import { addressText, parseAddress } from '#src/flow/address.js';
import { codeText } from '#src/flow/code-text.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { slotOf } from '#src/flow/fields.js';
import { asnMmdb, countryMmdb, writeMmdb } from '../../support/mmdb-writer.ts';
import { root, skipWithoutFile } from '../../support/requirements.ts';

const SRC = slotOf('src_addr');
const flow = new FlowRecord();

function lookup(table: AddressTable, address: Uint8Array): number {
  flow.reset();
  flow.setAddress(SRC, address, 0, address.length);
  return table.lookup(flow, SRC);
}

const find = (table: AddressTable, text: string) => lookup(table, parseAddress(text)!);

/** Values as the other reader gives them: 64 bits as numbers or text, octets as buffers. */
function plain(value: MmdbValue | undefined | null): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map((each: MmdbValue) => plain(each));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each as MmdbValue)]));
}

const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => {
    octets[0] = 0x20 | (octets[0]! & 0x1f);
    return octets;
  }),
);
const prefix = fc
  .tuple(address, fc.nat(128))
  .map(([octets, length]) => `${addressText(octets, 0, octets.length)}/${1 + (length % (octets.length * 8))}`);

for (const recordSize of [24, 28, 32] as const) {
  test(`records of ${recordSize} bits say what another reader says, of every address`, () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(prefix, fc.integer({ min: 1, max: 2 ** 32 - 1 })), { maxLength: 30 }),
        fc.array(address),
        (networks, addresses) => {
          const bytes = asnMmdb(Object.fromEntries([['192.0.2.0/24', 64500], ...networks]), { recordSize });
          const theirs = new Reader<AsnResponse>(bytes);
          const file = new MmdbFile(bytes);
          const table = new AddressTable(compileTable(file, attributes.asn));
          const tried = [...addresses, ...networks.map(([text]) => parseAddress(text.split('/')[0]!)!)];
          for (const octets of tried) {
            const expected = theirs.get(addressText(octets, 0, octets.length));
            assert.deepEqual(plain(file.find(octets)), plain(expected as unknown as MmdbValue));
            assert.equal(lookup(table, octets), expected?.autonomous_system_number ?? 0);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
}

test('every type of value is read as another reader does', () => {
  const record = {
    text: 'grün',
    long: 'x'.repeat(300),
    longest: 'y'.repeat(70_000),
    octets: Uint8Array.of(1, 2, 255),
    double: { type: 'double', number: -1.5 },
    float: { type: 'float', number: 0.25 },
    small: { type: 'uint16', number: 65_535 },
    zero: 0,
    large: 4_294_967_295,
    negative: { type: 'int32', number: -7 },
    yes: true,
    no: false,
    list: ['a', 1, { deep: ['b'] }],
    nothing: {},
  } as const;
  const bytes = writeMmdb([['10.0.0.0/8', record]]);
  const ours = plain(new MmdbFile(bytes).find(Uint8Array.of(10, 1, 2, 3)));
  assert.deepEqual(ours, plain(new Reader(bytes).get('10.1.2.3') as unknown as MmdbValue));
  const wide = writeMmdb([
    ['10.0.0.0/8', { a: { type: 'uint64', number: 2n ** 63n }, b: { type: 'uint128', number: 2n ** 127n + 5n } }],
  ]);
  assert.deepEqual(new MmdbFile(wide).find(Uint8Array.of(10, 1, 2, 3)), { a: 2n ** 63n, b: 2n ** 127n + 5n });
});

test('both layouts of countries, and a database for IPv4 alone', () => {
  const maxmind = new AddressTable(
    compileTable(new MmdbFile(countryMmdb({ '10.0.0.0/8': 'DE', '2001:db8::/32': 'FR' })), attributes.country),
  );
  assert.equal(codeText(find(maxmind, '10.9.9.9')), 'DE');
  assert.equal(codeText(find(maxmind, '::ffff:10.9.9.9')), 'DE');
  assert.equal(codeText(find(maxmind, '2001:db8::1')), 'FR');
  assert.equal(find(maxmind, '11.0.0.1'), 0);
  const flat = writeMmdb([['10.0.0.0/8', { country_code: 'NL' }]], { ipVersion: 4 });
  const v4 = new AddressTable(compileTable(new MmdbFile(flat), attributes.country));
  assert.equal(codeText(find(v4, '10.9.9.9')), 'NL');
  assert.equal(find(v4, '2001:db8::1'), 0);
});

test('a record without the attribute is a miss, a database without it an error', () => {
  const mixed = writeMmdb([
    ['10.0.0.0/8', { country_code: 'too long' }],
    ['11.0.0.0/8', { country_code: 'SE' }],
  ]);
  const table = new AddressTable(compileTable(new MmdbFile(mixed), attributes.country));
  assert.equal(find(table, '10.0.0.1'), 0);
  assert.equal(codeText(find(table, '11.0.0.1')), 'SE');
  assert.throws(() => compileTable(new MmdbFile(countryMmdb({ '10.0.0.0/8': 'DE' })), attributes.asn), {
    name: 'MmdbError',
    message: 'no record has autonomous_system_number: a database of type "Test-Country"',
  });
});

test('metadata that cannot be are named', () => {
  const of = (metadata: Record<string, number>) => () => new MmdbFile(asnMmdb({ '10.0.0.0/8': 1 }, { metadata }));
  assert.throws(of({ record_size: 20 }), /record_size is 20/);
  assert.throws(of({ binary_format_major_version: 3 }), /binary_format_major_version is 3/);
  assert.throws(of({ ip_version: 5 }), /ip_version is 5/);
  assert.throws(of({ node_count: 1_000_000 }), /a tree of 1000000 nodes does not fit/);
  assert.throws(() => new MmdbFile(new Uint8Array(0)), /no MaxMind DB/);
});

test('a tree that leads into itself ends with the address', () => {
  const bytes = asnMmdb({ '10.0.0.0/8': 1 });
  bytes.fill(0, 0, 6); // both records of the first node are the first node
  const table = new AddressTable(compileTable(new MmdbFile(bytes), attributes.asn));
  assert.equal(find(table, '2001:db8::1'), 0);
  assert.equal(find(table, '10.0.0.1'), 0);
});

test('values inside each other without end are an error', () => {
  const bytes = asnMmdb({ '10.0.0.0/8': 1 });
  const data = new MmdbFile(bytes).metadata.nodeCount * 6 + 16;
  bytes.set([0x01, 0x04, 0x20, 0x00], data); // an array of one: itself
  assert.throws(() => new MmdbFile(bytes).find(Uint8Array.of(10, 0, 0, 1)), /inside each other without end/);
});

test('S-01 a damaged or cut file is an error or a table, and nothing else', () => {
  const whole = [
    asnMmdb({ '10.0.0.0/8': 64500, '192.0.2.0/24': 64501, '2001:db8::/32': 64502 }),
    countryMmdb({ '10.0.0.0/8': 'DE', '192.0.2.0/24': 'FR', '2001:db8::/32': 'SE' }, { recordSize: 28 }),
  ];
  const damage = fc.tuple(fc.nat(), fc.nat(255));
  let tables = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.nat(1), fc.array(damage, { maxLength: 6 }), fc.nat(3), fc.nat(), (which, damages, cut, at) => {
      let bytes = Uint8Array.from(whole[which]!);
      for (const [offset, octet] of damages) bytes[offset % bytes.length] = octet;
      if (cut === 0) bytes = bytes.slice(0, at % bytes.length);
      try {
        const table = new AddressTable(compileTable(new MmdbFile(bytes), attributes[which === 0 ? 'asn' : 'country']));
        for (const text of ['10.1.2.3', '192.0.2.1', '2001:db8::1', '::1', '255.255.255.255']) find(table, text);
        tables++;
      } catch (error) {
        if (!(error instanceof MmdbError)) throw error;
        refused++;
      }
    }),
    { numRuns: 600 },
  );
  assert.ok(tables > 40 && refused > 40, `${tables} tables, ${refused} refused`);
});

for (const path of [
  'geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
  'iptoasn-country-mmdb/iptoasn-country.mmdb',
]) {
  const file = join(root, 'bench/node_modules/@ip-location-db', path);
  test(`countries of ${path}`, skipWithoutFile(file, 'npm --prefix bench ci'), () => {
    const bytes = readFileSync(file);
    const theirs = new Reader<CountryResponse>(bytes);
    const table = new AddressTable(compileTable(new MmdbFile(bytes), attributes.country));
    let hits = 0;
    fc.assert(
      fc.property(address, (octets) => {
        const expected =
          (theirs.get(addressText(octets, 0, octets.length)) as unknown as { country_code: string } | null)
            ?.country_code ?? '';
        if (expected !== '') hits++;
        assert.equal(codeText(lookup(table, octets)), expected);
      }),
      { numRuns: 5000 },
    );
    assert.ok(hits > 1000, `${hits} hits`);
  });
}

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addressText, parseAddress } from '#src/flow/address.js';
import { writeAddress, writeHex, writePrefix } from '#src/format/address-text.js';
import { writeMac } from '#src/format/hex-text.js';
import { addressWords, textOf, wordsOf } from './scratch.ts';

const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const v6 = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.array(fc.constantFrom(0, 0, 0, 1, 16, 255), { minLength: 16, maxLength: 16 }).map((list) => Uint8Array.from(list)),
  v4.map((octets) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...octets)),
);
const address = fc.oneof(v4, v6);

const shown = (octets: Uint8Array): string => textOf((view, pos) => writeAddress(view, pos, addressWords(octets), 0));
const prefix = (octets: Uint8Array, bits: number): string =>
  textOf((view, pos) => writePrefix(view, pos, addressWords(octets), 0, bits));

test('addresses read as addressText has them', () => {
  fc.assert(
    fc.property(address, (octets) => assert.equal(shown(octets), addressText(octets, 0, octets.length))),
    { numRuns: 10_000 },
  );
});

test('addresses: every place of one run of zeros', () => {
  for (let from = 0; from < 8; from++) {
    for (let to = from; to <= 8; to++) {
      const octets = Uint8Array.from({ length: 16 }, (_, i) => (i >> 1 >= from && i >> 1 < to ? 0 : i + 1));
      assert.equal(shown(octets), addressText(octets, 0, 16));
    }
  }
});

test('an address of another length has no text', () => {
  assert.equal(shown(new Uint8Array(0)), '');
});

test('prefixes are masked', () => {
  const cases: [string, number, string][] = [
    ['198.38.121.17', 24, '198.38.121.0/24'],
    ['198.38.121.17', 0, '0.0.0.0/0'],
    ['198.38.121.17', 32, '198.38.121.17/32'],
    ['255.255.255.255', 1, '128.0.0.0/1'],
    ['2001:db8:1:2:3:4:5:6', 64, '2001:db8:1:2::/64'],
    ['2001:db8:1:2:3:4:5:6', 0, '::/0'],
    ['2001:db8:1:2:3:4:5:6', 128, '2001:db8:1:2:3:4:5:6/128'],
    ['2001:db8:ffff::', 33, '2001:db8:8000::/33'],
    ['::ffff:192.0.2.1', 120, '::ffff:192.0.2.0/120'],
    ['::ffff:192.0.2.1', 64, '::/64'],
  ];
  for (const [text, bits, expected] of cases) assert.equal(prefix(parseAddress(text)!, bits), expected);
});

test('prefixes mask any address to any length', () => {
  fc.assert(
    fc.property(address, fc.nat(128), (octets, bits) => {
      fc.pre(bits <= octets.length * 8);
      const masked = octets.map((octet, i) => octet & (0xff00 >> Math.min(Math.max(bits - 8 * i, 0), 8)));
      assert.equal(prefix(octets, bits), `${addressText(masked, 0, masked.length)}/${bits}`);
    }),
    { numRuns: 10_000 },
  );
});

test('a prefix without a fitting address is invalid', () => {
  assert.equal(prefix(new Uint8Array(0), 0), 'invalid Prefix');
  assert.equal(prefix(Uint8Array.of(10, 0, 0, 1), 33), 'invalid Prefix');
  assert.equal(prefix(new Uint8Array(16), 129), 'invalid Prefix');
  assert.equal(prefix(new Uint8Array(16), -1), 'invalid Prefix', 'the highest bit as a sign');
});

test('octets as hexadecimal digits', () => {
  fc.assert(
    fc.property(address, (octets) => {
      const text = textOf((view, pos) => writeHex(view, pos, addressWords(octets), 0));
      assert.equal(text, Buffer.from(octets).toString('hex'));
    }),
  );
});

test('MAC addresses are the low 48 bits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      const digits = (value & 0xffffffffffffn).toString(16).padStart(12, '0');
      assert.equal(
        textOf((view, pos) => writeMac(view, pos, wordsOf(value), 0)),
        digits.match(/../g)!.join(':'),
      );
    }),
  );
});

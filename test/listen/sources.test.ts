import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAddress } from '#src/flow/address.js';
import { Sources } from '#src/listen/sources.js';

const v4 = (n: number) => Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);

test('one address is one object, whichever buffer and offset it comes from', () => {
  const sources = new Sources();
  const padded = Uint8Array.of(9, 9, 192, 0, 2, 1, 9);
  const source = sources.get(padded, 2, 4);
  assert.equal(source.text, '192.0.2.1');
  assert.equal(sources.get(v4(0xc0000201), 0, 4), source);
  assert.notEqual(sources.get(v4(0xc0000202), 0, 4), source);
  assert.equal(sources.get(v4(0xc0000201), 0, 4), source);
  padded.fill(0);
  assert.equal(source.octets[0], 192, 'the octets are a copy');
  assert.equal(sources.size, 2);
});

test('IPv4-mapped addresses are the IPv4 source (D-11)', () => {
  const sources = new Sources();
  const mapped = parseAddress('::ffff:192.0.2.1')!;
  const source = sources.get(mapped, 0, 16);
  sources.get(v4(1), 0, 4);
  assert.equal(sources.get(v4(0xc0000201), 0, 4), source);
  sources.get(v4(1), 0, 4);
  assert.equal(sources.get(mapped, 0, 16), source);
  assert.equal(sources.get(mapped, 0, 16).length, 4);
  const v6 = sources.get(parseAddress('2001:db8::1')!, 0, 16);
  assert.equal(v6.text, '2001:db8::1');
  assert.equal(sources.get(parseAddress('c000:201::')!, 0, 16).text, 'c000:201::', 'same first octets, other family');
});

test('forged sources do not make the table grow, nor push out the exporters that send', () => {
  const sources = new Sources(1024, 12345);
  const honest = [1, 2, 3, 4, 5].map((n) => v4(0x0a000000 + n));
  const known = honest.map((octets) => sources.get(octets, 0, 4));
  honest.forEach((octets) => sources.get(octets, 0, 4));
  for (let n = 0; n < 200_000; n++) sources.get(v4((Math.imul(n, 2654435761) >>> 0) | 0x80000000), 0, 4);
  assert.equal(sources.size, 1024);
  assert.ok(sources.evictions > 190_000);
  honest.forEach((octets, i) => assert.equal(sources.get(octets, 0, 4), known[i], `exporter ${i}`));
});

test('a source that is seen again comes before all others of its bucket, and none is lost by that', () => {
  const sources = new Sources(8, 1); // one bucket
  const known = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => sources.get(v4(n), 0, 4));
  const again = (n: number) => sources.get(v4(n), 0, 4) === known[n - 1];
  assert.ok(again(1) && again(8));
  sources.get(v4(9), 0, 4);
  assert.deepEqual([sources.size, sources.evictions], [8, 1]);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 8].map((n) => again(n)),
    Array.from({ length: 7 }, () => true),
  );
  assert.equal(again(7), false, 'it was the last');
});

test('any sequence of addresses gives their text, within the bound', () => {
  const address = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc.integer({ min: 0, max: 15 }).map((n) => v4(n)),
  );
  fc.assert(
    fc.property(fc.array(address, { maxLength: 100 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (list, seed) => {
      const sources = new Sources(16, seed);
      for (const octets of list) {
        const source = sources.get(octets, 0, octets.length === 4 ? 4 : 16);
        assert.deepEqual(
          source.octets.slice(0, source.length),
          octets.length === source.length ? octets : octets.slice(12),
        );
      }
      assert.ok(sources.size <= 16);
    }),
  );
});

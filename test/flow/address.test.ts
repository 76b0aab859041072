import { test } from 'node:test';
import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { addressText, parseAddress } from '#src/flow/address.js';

const cases: [hex: string, text: string][] = [
  ['c0000201', '192.0.2.1'],
  ['00000000', '0.0.0.0'],
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000000000001', '::1'],
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
  ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['20010000000000010000000000000001', '2001:0:0:1::1'],
  ['00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
  ['fe800000000000000000000000000000', 'fe80::'],
];

test('addresses are written as RFC 5952 asks', () => {
  for (const [hex, text] of cases) {
    const octets = Buffer.from(hex, 'hex');
    assert.equal(addressText(octets, 0, octets.length), text);
    assert.deepEqual(Buffer.from(parseAddress(text)!), octets);
  }
  assert.equal(addressText(new Uint8Array(5), 0, 5), '');
});

test('every address survives text and back', () => {
  const octets = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }).map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(octets, (address) => {
      const text = addressText(address, 0, address.length);
      assert.notEqual(isIP(text), 0, text);
      assert.deepEqual(parseAddress(text), address);
    }),
    { numRuns: 3000 },
  );
});

test('what is no address is refused', () => {
  for (const text of ['', '1.2.3', '1.2.3.256', '01.2.3.4', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '12345::', 'g::']) {
    assert.equal(parseAddress(text), undefined, text);
  }
  assert.deepEqual(parseAddress('::ffff:192.0.2.1', true), Uint8Array.of(192, 0, 2, 1));
  assert.equal(parseAddress('1:2:3:4:5:6:7::8'), undefined, 'no group is left for the double colon');
});

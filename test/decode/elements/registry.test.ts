import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ElementRegistry, parseElements } from '#src/decode/elements/registry.js';

const registry = ElementRegistry.bundled();

test('C-105 the registry of IANA is bundled, with its date, and not asked at run time', () => {
  for (let id = 1; id <= 433; id++) {
    if ([38, 39].includes(id)) continue; // engine type and id: deprecated
    const element = registry.find(0, id);
    if (element !== undefined) assert.equal(element.vendor, 'iana');
  }
  assert.ok(registry.size > 1900, `${registry.size}`);
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
  assert.equal(registry.findName('sourceIPv4Address')?.id, 8);
  assert.equal(registry.findName('iana:octetDeltaCount')?.id, 1);
  assert.equal(registry.findName('nonsense'), undefined);
  assert.equal(registry.findName('__proto__'), undefined);
});

test('a reverse element is that of its forward one (RFC 5103)', () => {
  assert.equal(registry.find(29_305, 1)?.name, 'reverseOctetDeltaCount');
  assert.equal(
    new ElementRegistry(parseElements('titles\n0\tiana\t1\toctets\tunsigned64')).find(29_305, 1)?.name,
    'reverseOctets',
  );
});

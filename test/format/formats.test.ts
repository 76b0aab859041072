import { test } from 'node:test';
import assert from 'node:assert/strict';
import { formats } from '#src/format/formats.js';
import { isRenderer } from '#src/format/renderers.js';

test('formats have the names of the option, and no others', () => {
  assert.deepEqual([...formats.keys()], ['json', 'text', 'bin']);
  assert.equal(formats.get('constructor'), undefined);
});

test('renderers have the names of the mapping file, and no others', () => {
  for (const name of 'none string ip mac etype proto datetime datetimenano network type layer'.split(' ')) {
    assert.ok(isRenderer(name), name);
  }
  for (const name of ['', 'constructor', '__proto__', 'IP']) assert.ok(!isRenderer(name), name);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_UNKNOWN_ELEMENTS } from '#src/decode/limits.js';
import { makeTemplate } from '#src/decode/templates/template.js';
import { UnknownElements } from '#src/produce/templated/unknown-elements.js';
import { fields } from '../../support/exporter.ts';

const template = (version: 9 | 10, scopeCount: number, ...specifiers: string[]) =>
  makeTemplate(
    { version, domain: 1, id: 256, options: scopeCount > 0, scopeCount },
    fields(...specifiers).map(({ id, length, pen = 0 }) => ({ id, length, pen })),
  );

test('C-090 elements that are not understood are noted once each, by enterprise and number', () => {
  const unknown = new UnknownElements();
  assert.equal(unknown.note(template(10, 0, '8/4', '502/1', '503/1', '9.1/4', '29305.1/4', '29305.503/1')), 3);
  assert.equal(unknown.note(template(10, 0, '503/8', '9.1/2', '9.2/2')), 1);
  assert.deepEqual(unknown.list(), [
    { pen: 0, id: 503 },
    { pen: 9, id: 1 },
    { pen: 29_305, id: 503 },
    { pen: 9, id: 2 },
  ]);
});

test('scope types of NetFlow v9 are no elements', () => {
  const unknown = new UnknownElements();
  assert.equal(unknown.note(template(9, 1, '600/4', '601/4')), 1);
  assert.equal(unknown.note(template(10, 1, '600/4', '601/4')), 1);
  assert.deepEqual(
    unknown.list().map(({ id }) => id),
    [601, 600],
  );
});

test('what is noted is bounded', () => {
  const unknown = new UnknownElements();
  const many = Array.from({ length: MAX_UNKNOWN_ELEMENTS + 10 }, (_, i) => `7.${i + 1}/1`);
  assert.equal(unknown.note(template(10, 0, ...many)), MAX_UNKNOWN_ELEMENTS);
  assert.equal(unknown.list().length, MAX_UNKNOWN_ELEMENTS);
  assert.equal(unknown.note(template(10, 0, '8.1/1')), 0);
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseSubjectPattern } from '#src/format/subject-pattern.js';
import { streamCovers, subjectCovers } from '#src/transport/nats/coverage.js';

test('which subjects cover which', () => {
  const cases: [general: string, special: string, covers: boolean][] = [
    ['flows', 'flows', true],
    ['flows', 'flows.a', false],
    ['flows.a', 'flows', false],
    ['flows.*', 'flows.a', true],
    ['flows.*', 'flows.*', true],
    ['flows.*', 'flows', false],
    ['flows.*', 'flows.a.b', false],
    ['flows.>', 'flows.a', true],
    ['flows.>', 'flows.*.*', true],
    ['flows.>', 'flows', false],
    ['>', 'anything.at.all', true],
    ['*', 'one', true],
    ['flows.a', 'flows.*', false],
    ['*.a', 'flows.a', true],
    ['*.a', 'flows.*', false],
    ['flows.*.x', 'flows.>', false],
  ];
  for (const [general, special, covers] of cases) {
    assert.equal(subjectCovers(general, special), covers, `${general} ${special}`);
  }
});

test('a stream that lists every partition covers them', () => {
  const pattern = parseSubjectPattern('flows.p{partition:4}.x', 'subject');
  assert.equal(streamCovers(['flows.p0.x', 'flows.p1.x', 'flows.p2.x', 'flows.p3.x'], pattern), true);
  assert.equal(streamCovers(['flows.p0.x', 'flows.p1.x', 'flows.p3.x'], pattern), false);
  assert.equal(streamCovers(['flows.*.x'], pattern), true);
  assert.equal(streamCovers([], pattern), false);
  assert.equal(streamCovers(['flows.0'], parseSubjectPattern('flows.{proto}', 'subject')), false);
});

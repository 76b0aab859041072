import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ForgedSources } from '../support/forged-sources.ts';
import { skipUnlessRoot } from '../support/requirements.ts';
import { udpFlood } from '../support/udp-flood.ts';

test('S-03 a million forged sources, and one with thousands of the largest templates', () => {
  const forged = new ForgedSources();
  forged.flood(1_000_000);
  forged.floodOfOne(2_000, true);
  assert.ok(process.memoryUsage().rss < 512 * 1024 * 1024, `${process.memoryUsage().rss}`);
});

test('S-03, S-04, S-09 a million forged sources over UDP', skipUnlessRoot(), async (t) => {
  await udpFlood(t, 1_000_000);
});

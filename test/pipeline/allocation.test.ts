import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Octets a flow: a record held as objects takes more than a thousand. What is left is a batch buffer now and then and,
 * for rows, numbers above 2^31 that are boxed on their way into a call: 24 for a warm writer, up to 175 where several
 * writers in one process have kept the compiler from finishing one of them.
 */
const MOST_OCTETS: Record<string, number> = { bin: 16, json: 256, text: 256 };

test('no object a flow: warm, the chain takes next to no heap for a flow', () => {
  const probe = fileURLToPath(new URL('../support/allocation-probe.js', import.meta.url));
  const flags = ['--min-semi-space-size=256', '--max-semi-space-size=256', '--expose-gc'];
  const output = execFileSync(process.execPath, [...flags, probe], { encoding: 'utf8', timeout: 60_000 });
  const octets = JSON.parse(output) as Record<string, number>;
  assert.equal(Object.keys(octets).length, 12);
  for (const [what, each] of Object.entries(octets)) {
    assert.ok(each < MOST_OCTETS[what.split(' ')[1]!]!, `${what}: ${each} octets a flow`);
  }
});
